package csv

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"winwatch/analyze/proof"
	"winwatch/report"
)

// Sweep writes one row per run: its settings, every quantity of the proof as inferred and
// as the kernel gave it, and what went wrong. Unknown values are empty.
func Sweep(w io.Writer, s *report.Sweep) error {
	names, err := quantities(s)
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
		bw.Write(append(sweepRow(b[:0], &s.Cells[i], names), '\n'))
	}
	return bw.Flush()
}

// quantities returns the rows of the first proof that has any; all proofs list the same.
func quantities(s *report.Sweep) ([]proof.Row, error) {
	var errs []error
	for i := range s.Cells {
		if p := s.Cells[i].Proof; p != nil && len(p.Rows) > 0 {
			return p.Rows, nil
		}
		errs = append(errs, s.Cells[i].Err)
	}
	return nil, errors.Join(errs...)
}

func sweepRow(b []byte, c *report.SweepCell, names []proof.Row) []byte {
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
		r := c.Row(n.Name)
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
