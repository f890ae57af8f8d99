package text

import (
	"errors"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/report/reporttest"
)

func TestSweep(t *testing.T) {
	var b strings.Builder
	if err := Sweep(&b, reporttest.Sweep(), Options{}); err != nil {
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
		"4096 10 6,184 0 1,993,816 0 5 0 lies within +993,816",
		"4096 1000 6,184 -7 1,993,816 0 5 0 lies within +993,816",
		"4096 64000 – – – – – – – –",
		"worst 7 0 0 2 of 2 993,816",
		"4096 1000: receive queue is WRONG: counted",
		`4096 64000: exit status 1: no, "really"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSummaries(t *testing.T) {
	r := &analyze.Result{StreamCount: 3, StalledStreams: 1, StallTime: 3508e6, Verdicts: []analyze.Verdict{{Finding: cause.Finding{Code: "receiver-not-reading"}}}}
	r.Input.Frames = 1045
	var b strings.Builder
	err := Summaries(&b, []Summary{
		NewSummary("a.pcap", r, nil),
		NewSummary("b\x1b[31m.pcap", nil, errors.New("b\x1b[31m.pcap: not a capture")),
	}, Options{})
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
