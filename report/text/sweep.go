package text

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// Sweep writes one line per run and the largest errors at the bottom. A line has the
// kernel's numbers of unread bytes, backlog and probes, each with the error of the number
// inferred from packets; whether SO_RCVBUF was within its interval; and the error of
// "everything sent / 2".
func Sweep(w io.Writer, s *report.Sweep, opt Options) error {
	t := newWriter(&report.Material{Result: &analyze.Result{}}, opt)
	header := append(slices.Clone(s.Settings), "unread", "off", "backlog", "off", "probes", "off", "SO_RCVBUF", "half off")
	rows := make([][]string, 0, len(s.Cells)+1)
	var worst sweepWorst
	for i := range s.Cells {
		c := &s.Cells[i]
		rows = append(rows, append(slices.Clone(c.Values), worst.columns(c)...))
	}
	rows = append(rows, append(append([]string{"worst"}, make([]string, len(s.Settings)-1)...), worst.row()...))
	t.table(header, rows)
	for i := range s.Cells {
		if trouble := trouble(&s.Cells[i]); trouble != "" {
			t.section("", strings.Join(s.Cells[i].Values, " ")+": "+trouble)
		}
	}
	return t.flush(w)
}

// trouble returns why a run proves nothing, or what it disproves.
func trouble(c *report.SweepCell) string {
	switch {
	case c.Err != nil:
		return c.Err.Error()
	case c.Proof.Withheld != "":
		return "not judged: " + c.Proof.Withheld
	}
	var wrong []string
	for _, r := range c.Proof.Failed() {
		wrong = append(wrong, r.Name+" is WRONG: "+r.Method)
	}
	return strings.Join(wrong, "; ")
}

// sweepWorst collects the largest differences.
type sweepWorst struct {
	off            [3]int64
	inside, judged int
	half           int64
}

// columns returns the columns that follow the settings of a run.
func (x *sweepWorst) columns(c *report.SweepCell) []string {
	var cols []string
	for i, name := range []string{"receive queue", "send queue", "probes"} {
		kernel, off := "–", "–"
		if r := c.Row(name); r != nil && r.Kernel != nil {
			kernel, off = words.Count(*r.Kernel), report.Signed(r.Difference, r.Unit)
			if r.Difference != nil {
				x.off[i] = max(x.off[i], *r.Difference, -*r.Difference)
			}
		}
		cols = append(cols, kernel, off)
	}
	mark := "–"
	if r := c.Row("receive buffer"); r != nil && r.Judged {
		x.judged++
		if r.OK {
			x.inside++
		}
		mark = proofMark(r)
	}
	return append(cols, mark, x.halfOff(c))
}

// halfOff returns the difference between half of what was sent and what is unread.
func (x *sweepWorst) halfOff(c *report.SweepCell) string {
	r := c.Row("receive queue")
	if r == nil || r.Kernel == nil || c.Proof.Accepted == nil {
		return "–"
	}
	off := c.Proof.Accepted.Half - *r.Kernel
	x.half = max(x.half, off, -off)
	return report.Signed(&off, r.Unit)
}

func (x *sweepWorst) row() []string {
	return []string{"", words.Count(x.off[0]), "", words.Count(x.off[1]), "", words.Count(x.off[2]),
		fmt.Sprintf("%d of %d", x.inside, x.judged), words.Count(x.half)}
}
