package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"winwatch/analyze"
	"winwatch/analyze/proof"
	"winwatch/analyze/words"
)

// Sweep is one experiment run with every combination of some settings.
type Sweep struct {
	// Settings are the names of what was varied.
	Settings []string
	Cells    []SweepCell
}

// SweepCell is one run.
type SweepCell struct {
	// Values are of the Settings, in their order.
	Values []string
	// Proof is nil if Err is not.
	Proof *proof.Proof
	Err   error
}

// SweepText writes a line for each run, the worst error at the bottom: the
// kernel's number of unread bytes, backlog and probes, and how far the packets'
// was off; whether SO_RCVBUF was in its interval; and how far "everything sent /
// 2" was off.
func SweepText(w io.Writer, s *Sweep, opt TextOptions) error {
	t := newTextReport(&analyze.Result{}, opt)
	header := append(clone(s.Settings), "unread", "off", "backlog", "off", "probes", "off", "SO_RCVBUF", "half off")
	rows := make([][]string, 0, len(s.Cells)+1)
	var worst sweepWorst
	for i := range s.Cells {
		c := &s.Cells[i]
		rows = append(rows, append(clone(c.Values), worst.columns(c)...))
	}
	rows = append(rows, append(append([]string{"worst"}, make([]string, len(s.Settings)-1)...), worst.row()...))
	t.table(header, rows)
	for i := range s.Cells {
		if trouble := s.Cells[i].trouble(); trouble != "" {
			t.section("", strings.Join(s.Cells[i].Values, " ")+": "+trouble)
		}
	}
	return t.flush(w)
}

// trouble says why a run proves nothing, or what it disproves.
func (c *SweepCell) trouble() string {
	switch {
	case c.Err != nil:
		return c.Err.Error()
	case c.Proof.Withheld != "":
		return "nothing is judged: " + c.Proof.Withheld
	}
	var wrong []string
	for _, r := range c.Proof.Failed() {
		wrong = append(wrong, r.Name+" is WRONG: "+r.Method)
	}
	return strings.Join(wrong, "; ")
}

func clone(s []string) []string { return append([]string{}, s...) }

// sweepWorst collects the largest differences.
type sweepWorst struct {
	off            [3]int64
	inside, judged int
	half           int64
}

// columns returns what a run adds to its settings.
func (x *sweepWorst) columns(c *SweepCell) []string {
	var cols []string
	for i, name := range []string{"receive queue", "send queue", "probes"} {
		kernel, off := "–", "–"
		if r := proofRow(c.Proof, name); r != nil && r.Kernel != nil {
			kernel, off = words.Count(*r.Kernel), signed(r.Difference, "count")
			if r.Difference != nil {
				x.off[i] = max(x.off[i], *r.Difference, -*r.Difference)
			}
		}
		cols = append(cols, kernel, off)
	}
	mark := "–"
	if r := proofRow(c.Proof, "receive buffer"); r != nil && r.Judged {
		x.judged++
		if r.OK {
			x.inside++
		}
		mark = proofMark(r)
	}
	return append(cols, mark, x.halfOff(c))
}

// halfOff returns how far half of what was sent is from what lies unread.
func (x *sweepWorst) halfOff(c *SweepCell) string {
	r := proofRow(c.Proof, "receive queue")
	if r == nil || r.Kernel == nil || c.Proof.Accepted == nil {
		return "–"
	}
	off := c.Proof.Accepted.Half - *r.Kernel
	x.half = max(x.half, off, -off)
	return signed(&off, "count")
}

func (x *sweepWorst) row() []string {
	return []string{"", words.Count(x.off[0]), "", words.Count(x.off[1]), "", words.Count(x.off[2]),
		fmt.Sprintf("%d of %d", x.inside, x.judged), words.Count(x.half)}
}

func proofRow(p *proof.Proof, name string) *proof.Row {
	if p == nil {
		return nil
	}
	for i := range p.Rows {
		if p.Rows[i].Name == name {
			return &p.Rows[i]
		}
	}
	return nil
}

// SweepCSV writes a row for each run: its settings, every quantity of the proof
// as inferred and as the kernel says, and what was wrong. What is unknown is
// empty.
func SweepCSV(w io.Writer, s *Sweep) error {
	names, err := sweepRows(s)
	if err != nil {
		return err
	}
	bw := bufio.NewWriter(w)
	b := []byte(strings.Join(s.Settings, ","))
	for _, r := range names {
		column := strings.NewReplacer(" ", "_", "-", "_").Replace(r.Name)
		between := []string{"difference"}
		if !r.Exact {
			between = []string{"low", "high"}
		}
		for _, what := range append([]string{"inferred", "kernel"}, between...) {
			b = append(b, ","+column+"_"+what+"_"+r.Unit...)
		}
		b = append(b, ","+column+"_ok"...)
	}
	bw.Write(append(b, ",accepted_bytes,half_bytes,withheld,error\n"...)) // bufio keeps the error
	for i := range s.Cells {
		bw.Write(append(sweepCSVRow(b[:0], &s.Cells[i], names), '\n'))
	}
	return bw.Flush()
}

// sweepRows returns the quantities, as the first run that has them lists them.
func sweepRows(s *Sweep) ([]proof.Row, error) {
	var errs []error
	for i := range s.Cells {
		if p := s.Cells[i].Proof; p != nil && len(p.Rows) > 0 {
			return p.Rows, nil
		}
		errs = append(errs, s.Cells[i].Err)
	}
	return nil, errors.Join(errs...)
}

func sweepCSVRow(b []byte, c *SweepCell, names []proof.Row) []byte {
	optional := func(v *int64) {
		b = append(b, ',')
		if v != nil {
			b = appendInt(b, *v)
		}
	}
	for i, v := range c.Values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, v)
	}
	for _, n := range names {
		r := proofRow(c.Proof, n.Name)
		if r == nil {
			r = &proof.Row{}
		}
		between := []*int64{r.Difference}
		if !n.Exact {
			between = []*int64{r.Low, r.High}
		}
		for _, v := range append([]*int64{r.Inferred, r.Kernel}, between...) {
			optional(v)
		}
		b = append(b, ',')
		if r.Judged {
			b = strconv.AppendBool(b, r.OK)
		}
	}
	withheld, failed := "", ""
	if c.Proof != nil && c.Proof.Accepted != nil {
		optional(&c.Proof.Accepted.Bytes)
		optional(&c.Proof.Accepted.Half)
	} else {
		b = append(b, ",,"...)
	}
	if c.Proof != nil {
		withheld = c.Proof.Withheld
	}
	if c.Err != nil {
		failed = c.Err.Error()
	}
	return appendText(append(appendText(append(b, ','), withheld), ','), failed)
}
