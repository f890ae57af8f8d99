package csv

import (
	"bufio"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"winwatch/analyze/proof"
	"winwatch/report"
)

// Sweep writes one row per run: its settings, what it came to (sweepColumns), every
// quantity of the proofs as inferred and as the kernel gave it, and what went wrong.
// Unknown values are empty. It returns an error if no run has a proof.
func Sweep(w io.Writer, s *report.Sweep) error {
	names, err := quantities(s)
	if err != nil {
		return err
	}
	bw := bufio.NewWriter(w)
	var b []byte
	for _, setting := range s.Settings {
		b = append(append(b, setting.Column...), ',')
	}
	for _, c := range sweepColumns {
		b = append(append(b, c.name...), ',')
	}
	for _, r := range names {
		column := strings.NewReplacer(" ", "_", "-", "_").Replace(r.Name)
		for _, what := range append([]string{"inferred", "kernel"}, between(&r)...) {
			b = append(b, column+"_"+what+"_"+r.Unit+","...)
		}
		b = append(b, column+"_ok,"...)
	}
	bw.Write(append(b, "accepted_bytes,half_bytes,withheld,error\n"...)) // bufio keeps the error
	for i := range s.Cells {
		bw.Write(append(sweepRow(b[:0], &s.Cells[i], names), '\n'))
	}
	return bw.Flush()
}

// between names what lies between the kernel's number and the judgement.
func between(r *proof.Row) []string {
	if r.Exact {
		return []string{"difference"}
	}
	return []string{"low", "high"}
}

// sweepColumns are the columns that every sweep has, whatever was run. Times are in
// nanoseconds, rates in bit/s of payload (of the link: of IP packets).
var sweepColumns = []struct {
	name string
	// put appends the value, nothing if it is unknown.
	put func(b []byte, c *report.SweepCell) []byte
}{
	// cause is the verdict on the packets, cause_ok whether it and the kernel's limit are
	// what the scenario sets up; empty if the settings decide what is right.
	{"cause", func(b []byte, c *report.SweepCell) []byte { return appendText(b, string(c.Measured().Code)) }},
	{"cause_ok", func(b []byte, c *report.SweepCell) []byte {
		if c.Proof == nil || c.Proof.Cause == nil || !c.Proof.Cause.Judged {
			return b
		}
		return strconv.AppendBool(b, c.Proof.Cause.OK)
	}},
	// limit_kernel is one of kernel.Limits.
	{"limit_kernel", func(b []byte, c *report.SweepCell) []byte { return appendText(b, c.Limit()) }},
	// waited_ns is the part of lasted_ns, the stream's duration, that the cause explains.
	{"waited_ns", func(b []byte, c *report.SweepCell) []byte { return lasting(b, c, c.Measured().Waited) }},
	{"lasted_ns", func(b []byte, c *report.SweepCell) []byte { return lasting(b, c, c.Measured().Lasted) }},
	{"steady_ns", func(b []byte, c *report.SweepCell) []byte {
		if span := c.Throughput().Span; span > 0 {
			return appendInt(b, int64(span))
		}
		return b
	}},
	{"throughput_kernel_bit_per_s", func(b []byte, c *report.SweepCell) []byte { return rate(b, c.Throughput().Rate()) }},
	{"throughput_packets_bit_per_s", func(b []byte, c *report.SweepCell) []byte { return rate(b, c.Throughput().PacketRate()) }},
	// window_mean_bytes and rtt_mean_ns are averages of the steady part, rtt_smallest_ns is
	// the smallest in all packets, rtt_kernel_ns is tcpi_rtt at the end.
	{"window_mean_bytes", func(b []byte, c *report.SweepCell) []byte { return number(b, c.Throughput().Window) }},
	{"rtt_mean_ns", func(b []byte, c *report.SweepCell) []byte { return number(b, c.Throughput().RTT) }},
	{"rtt_smallest_ns", func(b []byte, c *report.SweepCell) []byte { return number(b, c.Throughput().SmallestRTT) }},
	{"rtt_kernel_ns", func(b []byte, c *report.SweepCell) []byte { return number(b, c.Throughput().SmoothedRTT) }},
	{"window_over_rtt_bit_per_s", func(b []byte, c *report.SweepCell) []byte { return rate(b, c.Throughput().Ceiling()) }},
	// window_over_rtt_off_percent is by how much throughput_kernel differs from it.
	{"window_over_rtt_off_percent", func(b []byte, c *report.SweepCell) []byte {
		if off := c.Throughput().Off(); off != nil {
			return strconv.AppendFloat(b, *off*100, 'f', 2, 64)
		}
		return b
	}},
	{"link_rate_bit_per_s", func(b []byte, c *report.SweepCell) []byte {
		if c.LinkRate > 0 {
			return appendInt(b, c.LinkRate)
		}
		return b
	}},
	{"request_median_ns", func(b []byte, c *report.SweepCell) []byte { return number(b, c.Measured().Request) }},
}

// lasting appends a time of a run that lasted.
func lasting(b []byte, c *report.SweepCell, d time.Duration) []byte {
	if c.Measured().Lasted <= 0 {
		return b
	}
	return appendInt(b, int64(d))
}

func rate(b []byte, v *float64) []byte {
	if v == nil {
		return b
	}
	return appendInt(b, int64(math.Round(*v)))
}

func number[T ~int64](b []byte, v *T) []byte {
	if v == nil {
		return b
	}
	return appendInt(b, int64(*v))
}

// quantities returns the rows that the proofs have, each once.
func quantities(s *report.Sweep) ([]proof.Row, error) {
	var errs []error
	var rows []proof.Row
	proven := false
	for i := range s.Cells {
		errs = append(errs, s.Cells[i].Err)
		if p := s.Cells[i].Proof; p != nil {
			proven = true
			for _, r := range p.Rows {
				if !slices.ContainsFunc(rows, func(o proof.Row) bool { return o.Name == r.Name }) {
					rows = append(rows, r)
				}
			}
		}
	}
	if !proven {
		return nil, errors.Join(errs...)
	}
	return rows, nil
}

func sweepRow(b []byte, c *report.SweepCell, names []proof.Row) []byte {
	for _, v := range c.Values {
		b = append(setting(b, v), ',')
	}
	for _, column := range sweepColumns {
		b = append(column.put(b, c), ',')
	}
	for i := range names {
		b = quantity(b, c.Row(names[i].Name), &names[i])
	}
	withheld, failed := "", ""
	accepted := proof.Accepted{}
	known := false
	if p := c.Proof; p != nil {
		withheld = p.Withheld
		if p.Accepted != nil {
			accepted, known = *p.Accepted, true
		}
	}
	if c.Err != nil {
		failed = c.Err.Error()
	}
	for _, v := range []int64{accepted.Bytes, accepted.Half} {
		if known {
			b = appendInt(b, v)
		}
		b = append(b, ',')
	}
	return appendText(append(appendText(b, withheld), ','), failed)
}

// setting appends the value of a setting: its number if it is one, since programs can't
// read 64k.
func setting(b []byte, v report.Value) []byte {
	if math.IsNaN(v.Number) {
		return appendText(b, v.Text)
	}
	return strconv.AppendFloat(b, v.Number, 'f', -1, 64)
}

// quantity appends the numbers of a row of a proof, nil if the run does not have it. like
// is the row that the columns are named after.
func quantity(b []byte, r, like *proof.Row) []byte {
	if r == nil {
		r = &proof.Row{Exact: like.Exact}
	}
	numbers := []*int64{r.Inferred, r.Kernel, r.Difference}
	if !like.Exact {
		numbers = []*int64{r.Inferred, r.Kernel, r.Low, r.High}
	}
	for _, v := range numbers {
		b = append(number(b, v), ',')
	}
	if r.Judged {
		b = strconv.AppendBool(b, r.OK)
	}
	return append(b, ',')
}
