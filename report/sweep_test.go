package report

import (
	"errors"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/proof"
)

// sweepOf is a sweep of three runs: one that agrees, one that is off by 7, and
// one that failed.
func sweepOf() *Sweep {
	exact := func(name, unit string, inferred, kernel int64) proof.Row {
		off := inferred - kernel
		return proof.Row{Name: name, Unit: unit, Inferred: &inferred, Kernel: &kernel, Difference: &off,
			Exact: true, Judged: true, OK: off == 0, Method: "counted"}
	}
	low, high, rcvbuf := int64(4000), int64(9000), int64(8192)
	buffer := proof.Row{Name: "receive buffer", Unit: "bytes", Low: &low, High: &high, Kernel: &rcvbuf, Judged: true, OK: true}
	proof := func(off int64) *proof.Proof {
		return &proof.Proof{Accepted: &proof.Accepted{Bytes: 2000000, Half: 1000000}, Rows: []proof.Row{
			exact("receive queue", "bytes", 6184+off, 6184), exact("send queue", "bytes", 1993816, 1993816),
			exact("probes", "count", 5, 5), buffer,
		}}
	}
	return &Sweep{Settings: []string{"rcvbuf", "chunk"}, Cells: []SweepCell{
		{Values: []string{"4096", "10"}, Proof: proof(0)},
		{Values: []string{"4096", "1000"}, Proof: proof(-7)},
		{Values: []string{"4096", "64000"}, Err: errors.New("exit status 1: no, \"really\"")},
	}}
}

func TestSweepText(t *testing.T) {
	var b strings.Builder
	if err := SweepText(&b, sweepOf(), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(b.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
		if len([]rune(line)) > 81 {
			t.Errorf("wider than a terminal: %q", line)
		}
	}
	want := []string{
		"rcvbuf chunk unread off backlog off probes off SO_RCVBUF half off",
		"4096 10 6,184 0 1,993,816 0 5 0 inside +993,816",
		"4096 1000 6,184 -7 1,993,816 0 5 0 inside +993,816",
		"4096 64000 – – – – – – – –",
		"worst 7 0 0 2 of 2 993,816",
		"4096 1000: receive queue is WRONG: counted",
		`4096 64000: exit status 1: no, "really"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSweepCSV(t *testing.T) {
	var b strings.Builder
	if err := SweepCSV(&b, sweepOf()); err != nil {
		t.Fatal(err)
	}
	want := "rcvbuf,chunk," +
		"receive_queue_inferred_bytes,receive_queue_kernel_bytes,receive_queue_difference_bytes,receive_queue_ok," +
		"send_queue_inferred_bytes,send_queue_kernel_bytes,send_queue_difference_bytes,send_queue_ok," +
		"probes_inferred_count,probes_kernel_count,probes_difference_count,probes_ok," +
		"receive_buffer_inferred_bytes,receive_buffer_kernel_bytes,receive_buffer_low_bytes,receive_buffer_high_bytes,receive_buffer_ok," +
		"accepted_bytes,half_bytes,withheld,error\n" +
		"4096,10,6184,6184,0,true,1993816,1993816,0,true,5,5,0,true,,8192,4000,9000,true,2000000,1000000,,\n" +
		"4096,1000,6177,6184,-7,false,1993816,1993816,0,true,5,5,0,true,,8192,4000,9000,true,2000000,1000000,,\n" +
		`4096,64000,,,,,,,,,,,,,,,,,,,,,"exit status 1: no, ""really"""` + "\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestSweepThatFailed: no run has told anything.
func TestSweepThatFailed(t *testing.T) {
	s := &Sweep{Settings: []string{"chunk"}, Cells: []SweepCell{{Values: []string{"10"}, Err: errors.New("no")}}}
	var b strings.Builder
	if err := SweepCSV(&b, s); err == nil || b.Len() > 0 {
		t.Errorf("error %v, %q", err, b.String())
	}
}

func TestSummaries(t *testing.T) {
	r := &analyze.Result{StreamCount: 3, StalledStreams: 1, StallTime: 3508e6, Verdicts: []analyze.Verdict{{Code: "receiver-not-reading"}}}
	r.Input.Frames = 1045
	var b strings.Builder
	err := Summaries(&b, []Summary{
		NewSummary("a.pcap", r, nil),
		NewSummary("b\x1b[31m.pcap", nil, errors.New("b\x1b[31m.pcap: not a capture")),
	}, TextOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a.pcap", "1,045", "3.508 s", "receiver-not-reading", "not a capture"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &b)
		}
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Errorf("a file name reached the terminal: %q", &b)
	}
}
