package reporttest

import (
	"errors"
	"fmt"
	"math"
	"time"

	"winwatch/analyze/cause"
	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
	"winwatch/report"
)

// Sweeps returns sweeps of all kinds by name.
func Sweeps() map[string]*report.Sweep {
	return map[string]*report.Sweep{
		"stall":  Sweep(),
		"law":    LawSweep(20 * time.Millisecond),
		"delays": LawSweep(5*time.Millisecond, 20*time.Millisecond),
		"cure":   CureSweep(),
		"wide":   WideSweep(),
	}
}

// WideSweep returns a sweep of four settings.
func WideSweep() *report.Sweep {
	s := LawSweep(20*time.Millisecond, 100*time.Millisecond)
	s.Settings = append(s.Settings, report.Setting{Name: "congestion", Column: "congestion", Label: "congestion control"},
		report.Setting{Name: "loss", Column: "loss_percent", Label: "packets lost", Unit: "%"})
	s.Cells = append(s.Cells[:3], s.Cells[len(s.Cells)-2:]...)
	for i := range s.Cells {
		s.Cells[i].Values = append(s.Cells[i].Values, text("cubic"), report.Value{Text: "0.1%", Number: 0.1})
	}
	return s
}

func text(s string) report.Value { return report.Value{Text: s, Number: math.NaN()} }

// Sweep returns a sweep of stalls in three runs: one that agrees with the kernel, one that
// is off by 7 bytes, and one that failed.
func Sweep() *report.Sweep {
	exact := func(name, unit string, inferred, kernel int64) proof.Row {
		off := inferred - kernel
		return proof.Row{Name: name, Unit: unit, Inferred: &inferred, Kernel: &kernel, Difference: &off,
			Exact: true, Judged: true, OK: off == 0, Method: "counted"}
	}
	low, high, rcvbuf := int64(4000), int64(9000), int64(8192)
	buffer := proof.Row{Name: "receive buffer", Unit: "bytes", Low: &low, High: &high, Kernel: &rcvbuf, Judged: true, OK: true}
	proof := func(off int64) *proof.Proof {
		return &proof.Proof{Accepted: &proof.Accepted{Bytes: 2000000, Half: 1000000, Absorbed: 6184 + off}, Rows: []proof.Row{
			exact("receive queue", "bytes", 6184+off, 6184), exact("send queue", "bytes", 1993816, 1993816),
			exact("probes", "count", 5, 5), buffer,
		}, Measured: &proof.Measured{Code: cause.ReceiverNotReading, Waited: 6 * time.Second, Lasted: 7 * time.Second}}
	}
	values := func(chunk int) []report.Value {
		return []report.Value{{Text: "4k", Number: 4096}, {Text: fmt.Sprint(chunk), Number: float64(chunk)}}
	}
	return &report.Sweep{Title: "winwatch run send-blocking", Settings: []report.Setting{
		{Name: "rcvbuf", Column: "rcvbuf", Label: "SO_RCVBUF at the receiver", Unit: "bytes"},
		{Name: "chunk", Column: "chunk", Label: "size of one send()", Unit: "bytes"},
	}, Cells: []report.SweepCell{
		{Values: values(10), Proof: proof(0)},
		{Values: values(1000), Proof: proof(-7)},
		{Values: values(64000), Err: errors.New("exit status 1: no, \"really\"")},
	}}
}

// LawSweep returns a sweep of SO_RCVBUF over a link of 100 Mbit/s and 40 ms for each of the
// delays, which follows throughput = window ÷ RTT up to the rate of the link. The run with
// the smallest buffer failed for the last delay.
func LawSweep(delays ...time.Duration) *report.Sweep {
	s := &report.Sweep{Title: "winwatch run window-limited --link=rate=100mbit", Settings: []report.Setting{
		{Name: "rcvbuf", Column: "rcvbuf", Label: "SO_RCVBUF at the receiver", Unit: "bytes"},
		{Name: "delay", Column: "delay_ns", Label: "delay of the link each way", Unit: "ns"},
	}}
	if len(delays) < 2 {
		s.Settings = s.Settings[:1]
	}
	for k := 16; k <= 4096; k *= 2 {
		for _, d := range delays {
			c := lawCell(int64(k)<<10, 2*d)
			c.Values = []report.Value{{Text: fmt.Sprintf("%dk", k), Number: float64(k << 10)}}
			if len(delays) > 1 {
				c.Values = append(c.Values, report.Value{Text: d.String(), Number: float64(d)})
			}
			s.Cells = append(s.Cells, c)
		}
	}
	last := &s.Cells[len(delays)-1]
	last.Proof, last.Err = nil, errors.New("exit status 1: no link")
	return s
}

// lawCell returns a run with a window of the given size.
func lawCell(window int64, rtt time.Duration) report.SweepCell {
	const rate, share = 100e6, 1448.0 / 1500 // payload of an IP packet
	span := 4 * time.Second
	t := &proof.Throughput{Span: span, Window: &window, RTT: &rtt, SmallestRTT: &rtt}
	c := &proof.Cause{Limit: kernel.LimitWindow, ExpectedLimit: kernel.LimitWindow, Expected: []string{"window-limited"},
		Code: cause.WindowLimited, Judged: true, OK: true}
	through := *t.Ceiling() * 0.985
	smoothed := rtt + rtt/100
	m := &proof.Measured{Code: cause.WindowLimited, Waited: 3900 * time.Millisecond, Lasted: span, Throughput: t, Link: "rate=100mbit"}
	if through > rate*share {
		t.RTT = new(rtt + 5*time.Millisecond) // a queue of 64 KB
		through, smoothed = rate*share, *t.RTT
		m.Code, m.Waited = cause.PathRate, 3*time.Second
		c.Code, c.Limit, c.OK, c.Judged = cause.PathRate, kernel.LimitNetwork, false, false // the settings decide
	}
	t.Kernel = new(int64(through * span.Seconds() / 8))
	t.Packets, t.SmoothedRTT = t.Kernel, &smoothed
	return report.SweepCell{LinkRate: rate, Proof: &proof.Proof{Measured: m, Cause: c, Rows: []proof.Row{{
		Name: "acknowledged while steady", Unit: "bytes", Inferred: t.Packets, Kernel: t.Kernel, Difference: new(int64(0)),
		Low: new(*t.Kernel * 95 / 100), High: new(*t.Kernel * 105 / 100), Judged: true, OK: true, Method: "rise of the acknowledgment number"}}}}
}

// CureSweep returns a sweep of two scenarios, one of which cures the other.
func CureSweep() *report.Sweep {
	run := func(name string, request, waited time.Duration, code cause.Code) report.SweepCell {
		return report.SweepCell{Values: []report.Value{text(name)}, Proof: &proof.Proof{
			Measured: &proof.Measured{Code: code, Waited: waited, Lasted: 2 * time.Second, Request: &request}}}
	}
	return &report.Sweep{Title: "winwatch run", Settings: []report.Setting{{Name: "scenario", Column: "scenario", Label: "scenario"}}, Cells: []report.SweepCell{
		run("nagle", 41200*time.Microsecond, 412*time.Millisecond, cause.DelayedACK), run("nodelay", 180*time.Microsecond, 0, "ok"),
	}}
}
