// Package cause is the catalogue of what can make a sender wait. Each cause is an
// entry in the table; facts go in and a finding comes out. Only this package decides
// what is wrong with a stream: ranking, headlines and reports all use its answer.
package cause

// A Catalogue judges streams by a set of thresholds.
type Catalogue struct{ limits Limits }

// New returns a catalogue that uses the thresholds in limits.
func New(limits Limits) *Catalogue { return &Catalogue{limits} }

// cause is one entry of the table.
type cause struct {
	// codes are the codes that judge may return.
	codes []Code
	// judge decides whether the cause applies to a stream. It must be cheap, since it
	// runs for every stream.
	judge func(l *Limits, f *Facts) (Judgement, bool)
	// explain adds the sentence, confidence and evidence to a finding. stall is the
	// longest stall of the main direction, or nil if there is none.
	explain func(l *Limits, out *Finding, f *Facts, stall *Stall)
}

// table lists the causes in order of precedence: the first one that applies is the
// finding.
var table = [...]cause{
	renumbered,
	neverOpen,
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
func (c *Catalogue) Judge(f *Facts) Judgement {
	out, _ := c.judge(f)
	return out
}

func (c *Catalogue) judge(f *Facts) (Judgement, *cause) {
	for i := range table {
		if out, applies := table[i].judge(&c.limits, f); applies {
			return out, &table[i]
		}
	}
	panic("unreachable: the last cause always applies")
}

// Explain decides what is wrong with a stream and explains it. stall is the longest
// stall of the main direction in which the sender waited, or nil if there is none.
func (c *Catalogue) Explain(f *Facts, stall *Stall) Finding {
	j, found := c.judge(f)
	out := Finding{Severity: j.Severity, Code: j.Code, Wait: j.Wait}
	found.explain(&c.limits, &out, f, stall)
	if f.Dropped {
		out.doubt()
	}
	return out
}
