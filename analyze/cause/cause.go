// Package cause is the catalogue of what can make a sender wait. Each cause has
// a file of its own and a line in the table; facts go in and a finding comes
// out. It is the only place that decides what is wrong with a stream: ranking,
// headlines and reports all use its answer.
package cause

// A Catalogue of causes with its thresholds: see New.
type Catalogue struct{ limits Limits }

// New returns the catalogue with these thresholds.
func New(limits Limits) *Catalogue { return &Catalogue{limits} }

// cause is one entry of the table.
type cause struct {
	// codes are those that judge may return.
	codes []Code
	// judge reports whether this is the cause of what a stream suffered, with code,
	// severity and wait. It must be cheap: it sees every stream.
	judge func(l *Limits, f *Facts) (Finding, bool)
	// explain adds sentence, confidence and evidence. stall is the longest stall of
	// the main direction, nil if there is none.
	explain func(l *Limits, out *Finding, f *Facts, stall *Stall)
}

// table is in the order of precedence: the first cause that applies is the
// finding.
var table = [...]cause{
	stalled,
	pathLoss,
	refused,
	unanswered,
	oneSided,
	windowLimited,
	resent,
	healthy,
}

// Codes lists all codes, for schemas and documentation.
func Codes() (codes []Code) {
	for _, c := range table {
		codes = append(codes, c.codes...)
	}
	return codes
}

// Judge decides what is wrong with a stream, without explaining it.
func (c *Catalogue) Judge(f *Facts) Finding {
	out, _ := c.judge(f)
	return out
}

func (c *Catalogue) judge(f *Facts) (Finding, *cause) {
	for i := range table {
		if out, applies := table[i].judge(&c.limits, f); applies {
			return out, &table[i]
		}
	}
	panic("unreachable: the last cause always applies")
}

// Explain decides what is wrong with a stream, and says so in words. stall is
// the longest stall of the main direction in which the sender waited, nil if
// there is none.
func (c *Catalogue) Explain(f *Facts, stall *Stall) Finding {
	out, found := c.judge(f)
	found.explain(&c.limits, &out, f, stall)
	if f.Dropped {
		out.doubt()
	}
	return out
}
