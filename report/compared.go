package report

import (
	"strings"

	"winwatch/analyze/proof"
)

// Compared is a proof as reports for people show it.
type Compared struct {
	// Rows are worth a line each.
	Rows []*proof.Row
	// Notes are sentences about the others.
	Notes []string
}

// NewCompared sorts the rows of a proof. Rows about what did not happen, and rows that
// can't be compared, are told in a sentence, so that the rest can be read at a glance. A
// row about what the packets can't show is left out, unless all is set.
func NewCompared(p *proof.Proof, all bool) Compared {
	var c Compared
	var zero, reasons []string
	because := map[string][]string{}
	for i := range p.Rows {
		switch r := &p.Rows[i]; {
		case all || p.Withheld != "" && r.Unjudged == "" || r.Judged && !bothZero(r):
			c.Rows = append(c.Rows, r)
		case r.Judged:
			zero = append(zero, r.Name)
		case r.Inferred != nil && r.Kernel != nil:
			if because[r.Unjudged] == nil {
				reasons = append(reasons, r.Unjudged)
			}
			because[r.Unjudged] = append(because[r.Unjudged], r.Name)
		}
	}
	if len(zero) > 0 {
		c.Notes = append(c.Notes, "also the same, both 0: "+strings.Join(zero, ", "))
	}
	for _, why := range reasons {
		note := "not compared: " + strings.Join(because[why], ", ") + ", because " + why
		if why == proof.HostWide {
			note += " (winwatch run --isolate compares them)"
		}
		c.Notes = append(c.Notes, note)
	}
	return c
}

// bothZero reports whether a row is about something that did not happen. A window of 0
// did.
func bothZero(r *proof.Row) bool {
	return r.OK && r.Name != "window seen" && r.Inferred != nil && *r.Inferred == 0 && *r.Kernel == 0
}

// Agreement says how the two numbers of a row compare.
func Agreement(r *proof.Row) string {
	switch {
	case !r.Judged:
		return "not compared"
	case r.OK && r.Exact:
		return "the same"
	case r.OK:
		return "lies within"
	case r.Exact:
		return "WRONG by " + Signed(r.Difference, r.Unit)
	default:
		return "WRONG, lies outside"
	}
}

// HalfIsMyth reports whether p can show that half of everything sent is not what the
// receiver took: some of it must be left at both ends, and nothing read. It returns what
// the receiver's kernel holds.
func HalfIsMyth(p *proof.Proof) (held int64, ok bool) {
	if p.Accepted == nil || p.Accepted.Backlog == 0 {
		return 0, false
	}
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Name == "receive queue" && r.Kernel != nil {
			return *r.Kernel, *r.Kernel > 0 && *r.Kernel == p.Accepted.Absorbed
		}
	}
	return 0, false
}
