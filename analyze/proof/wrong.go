package proof

import (
	"fmt"
	"strings"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// Failed returns the rows in which winwatch was wrong.
func (p *Proof) Failed() []Row {
	var failed []Row
	for _, r := range p.Rows {
		if r.Judged && !r.OK {
			failed = append(failed, r)
		}
	}
	return failed
}

// Wrong reports whether winwatch was wrong on a row or on the cause.
func (p *Proof) Wrong() bool { return len(p.Failed()) > 0 || p.Cause.wrong() }

// wrong reports whether the verdict or the kernel disagrees with what was set up.
func (c *Cause) wrong() bool { return c != nil && c.Judged && !c.OK }

// Disagreements says with whom winwatch disagrees, and on what: "the kernel on probes:
// inferred 1, kernel 2 (count)".
func (p *Proof) Disagreements() (all []string) {
	for _, r := range p.Failed() {
		all = append(all, "the kernel on "+r.String())
	}
	if p.Cause.wrong() {
		all = append(all, "the experiment on the cause: "+p.Cause.String())
	}
	return all
}

// String returns both numbers: "probes: inferred 1, kernel 2 (count)".
func (r *Row) String() string {
	inferred := number(r.Inferred)
	if !r.Exact {
		inferred = number(r.Low) + " to " + number(r.High)
	}
	return fmt.Sprintf("%s: inferred %s, kernel %s (%s)", r.Name, inferred, number(r.Kernel), r.Unit)
}

func number(v *int64) string {
	if v == nil {
		return "unknown"
	}
	return words.Count(*v)
}

// String returns all three answers: what was set up, what the packets say, and what the
// kernel says.
func (c *Cause) String() string {
	limited := ""
	if c.ExpectedLimit != kernel.LimitUnknown {
		limited = ", limited by " + c.ExpectedLimit.Words()
	}
	return fmt.Sprintf("set up %s%s (%s); the packets say %s; the kernel says: %s",
		strings.Join(c.Expected, " or "), limited, c.SetUp, c.Code, c.Kernel)
}
