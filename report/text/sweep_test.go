package text

import (
	"errors"
	"io"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/report/reporttest"
)

func TestSweep(t *testing.T) {
	for name, s := range reporttest.Sweeps() {
		reporttest.Golden(t, "sweep/"+name+".txt", func(w io.Writer) error {
			var b strings.Builder
			err := Sweep(&b, s, Options{})
			for line := range strings.Lines(b.String()) {
				if len([]rune(line)) > 81 {
					t.Errorf("%s: wider than a terminal: %q", name, line)
				}
			}
			return errors.Join(err, writeString(w, b.String()))
		})
	}
}

// TestSweepWrongCause: a run with another cause than was set up is named, unless the
// settings decide what is right.
func TestSweepWrongCause(t *testing.T) {
	for _, judged := range []bool{false, true} {
		s := reporttest.Sweeps()["law"]
		c := s.Cells[1].Proof.Cause
		c.Code, c.OK, c.Judged = cause.SenderIdle, false, judged
		var b strings.Builder
		if err := Sweep(&b, s, Options{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "the cause is WRONG: set up window-limited"); got != judged {
			t.Errorf("judged %v:\n%s", judged, &b)
		}
	}
}

func writeString(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
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
