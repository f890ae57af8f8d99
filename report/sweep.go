package report

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"winwatch/analyze"
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
	Proof *analyze.Proof
	Err   error
}

// sweepColumns are the rows of a proof that the table shows.
var sweepColumns = []string{"receive queue", "send queue", "probes", "receive buffer"}

// SweepText writes a line for each run, the worst error at the bottom. Of each
// quantity it shows the kernel's number and how far the packets' was off.
func SweepText(w io.Writer, s *Sweep, opt TextOptions) error {
	header := append([]string{}, s.Settings...)
	for _, name := range sweepColumns {
		header = append(header, name, "off")
	}
	header = append(header, "all sent / 2 off")
	rows := make([][]string, 0, len(s.Cells)+1)
	worst := sweepWorst{max: make([]int64, len(sweepColumns))}
	for i := range s.Cells {
		rows = append(rows, append(clone(s.Cells[i].Values), worst.cells(&s.Cells[i])...))
	}
	t := newTextReport(&analyze.Result{}, opt)
	rows = append(rows, worst.row(len(s.Settings)))
	t.table(header, rows)
	for i := range s.Cells {
		c := &s.Cells[i]
		where := strings.Join(c.Values, " ")
		switch {
		case c.Err != nil:
			t.line(clean(where + ": " + c.Err.Error()))
		case c.Proof.Withheld != "":
			t.line(clean(where + ": nothing is judged: " + c.Proof.Withheld))
		default:
			for _, r := range c.Proof.Failed() {
				t.line(clean(where + ": " + r.Name + " is WRONG: " + r.Method))
			}
		}
	}
	return t.flush(w)
}

func clone(s []string) []string { return append([]string{}, s...) }

// sweepWorst collects the largest differences.
type sweepWorst struct {
	max             []int64
	outside, judged int
	half            int64
}

// cells returns the columns of a run after its settings.
func (x *sweepWorst) cells(c *SweepCell) []string {
	var cols []string
	for i, name := range sweepColumns {
		r := proofRow(c.Proof, name)
		switch {
		case r == nil:
			cols = append(cols, "–", "–")
		case r.Exact:
			cols = append(cols, inUnit(r.Kernel, r.Unit), signed(r.Difference, r.Unit))
			if r.Difference != nil {
				x.max[i] = max(x.max[i], *r.Difference, -*r.Difference)
			}
		default:
			cols = append(cols, inUnit(r.Kernel, r.Unit), proofMark(r))
			if r.Judged {
				x.judged++
				if !r.OK {
					x.outside++
				}
			}
		}
	}
	q := proofRow(c.Proof, "receive queue")
	if q == nil || q.Kernel == nil || c.Proof.Accepted == nil {
		return append(cols, "–")
	}
	off := c.Proof.Accepted.Half - *q.Kernel
	x.half = max(x.half, off, -off)
	return append(cols, signed(&off, q.Unit))
}

// row returns the line of the worst errors, below n settings.
func (x *sweepWorst) row(n int) []string {
	row := make([]string, n)
	row[0] = "worst"
	for i, name := range sweepColumns {
		switch name {
		case "receive buffer":
			row = append(row, "", strconv.Itoa(x.judged-x.outside)+" of "+strconv.Itoa(x.judged)+" inside")
		default:
			row = append(row, "", groupDigits(x.max[i]))
		}
	}
	return append(row, "+"+groupDigits(x.half)+" B")
}

func proofRow(p *analyze.Proof, name string) *analyze.ProofRow {
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
func sweepRows(s *Sweep) ([]analyze.ProofRow, error) {
	var errs []error
	for i := range s.Cells {
		if p := s.Cells[i].Proof; p != nil && len(p.Rows) > 0 {
			return p.Rows, nil
		}
		errs = append(errs, s.Cells[i].Err)
	}
	return nil, errors.Join(errs...)
}

func sweepCSVRow(b []byte, c *SweepCell, names []analyze.ProofRow) []byte {
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
			r = &analyze.ProofRow{}
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
