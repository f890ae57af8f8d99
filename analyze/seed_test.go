package analyze_test

import (
	"math"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/proof"
)

// TestSeedFlood checks the known facts of the demonstration that the project grew from:
// 355,390 sends of 10 bytes to a server that never reads.
//
// The text printed by tcpdump gives the same results. It lacks the sequence numbers of
// empty segments, but probes can be recognized by their timing.
func TestSeedFlood(t *testing.T) {
	for _, name := range []string{"seed-flood.pcap", "seed-flood.txt"} {
		t.Run(name, func(t *testing.T) { seedFlood(t, analyzeFile(t, "testdata/"+name)) })
	}
}

func seedFlood(t *testing.T, r *analyze.Result) {
	if r.StreamCount != 1 {
		t.Fatalf("%d streams, want 1", r.StreamCount)
	}
	s := r.Stream(0)
	d := &s.Dirs[analyze.ClientToServer]
	for _, dir := range s.Dirs {
		if sc := dir.Window.Scale; sc.State != analyze.ScaleKnown || sc.Shift != 7 {
			t.Errorf("scale of %v: %+v, want 7", dir.Receiver, sc)
		}
	}
	wantValue(t, "largest window", d.Buffer.LargestWindow, 465_280)
	wantValue(t, "absorbed", d.Buffer.Absorbed, 934_544)
	if len(d.Stalls) != 1 || d.Probes != 6 || d.Stalls[0].ProbeCount != 6 {
		t.Fatalf("%d stalls and %d probes, want 1 and 6", len(d.Stalls), d.Probes)
	}
	unanswered := 0
	gaps := []float64{0.235, 0.471, 0.942, 1.884, 3.772, 7.537}
	for i, p := range d.Stalls[0].Probes {
		if math.Abs(p.Gap.Seconds()-gaps[i]) > 0.0006 {
			t.Errorf("gap %d is %v, want %v s", i, p.Gap, gaps[i])
		}
		if p.AnswerFrame == 0 {
			unanswered++
			if i != 1 || p.Silence != "rate-limited" {
				t.Errorf("probe %d has no answer: %q", i, p.Silence)
			}
		}
	}
	if unanswered != 1 {
		t.Errorf("%d probes are unanswered, want 1", unanswered)
	}
	if b := d.Stalls[0].Backoff; b < 1.95 || b > 2.05 {
		t.Errorf("back-off factor %v, want about 2", b)
	}
	if len(r.Warnings) != 1 || r.Warnings[0].Code != "clock-jump" || r.Warnings[0].Count != 1 {
		t.Errorf("warnings: %+v, want one clock jump", r.Warnings)
	}
	if s.Span > time.Minute || d.Budget.Total > time.Minute || r.Span > time.Minute {
		t.Errorf("spans %v, %v, %v include the clock jump", s.Span, d.Budget.Total, r.Span)
	}
	acc, err := proof.NewAccepted(s, analyze.ClientToServer, 3_553_900)
	if err != nil {
		t.Fatal(err)
	}
	if acc.Backlog != 2_619_356 || acc.Half != 1_776_950 {
		t.Errorf("backlog %d and half %d, want 2619356 and 1776950", acc.Backlog, acc.Half)
	}
}

func wantValue(t *testing.T, what string, e analyze.Estimate, want int64) {
	t.Helper()
	if v := e.Value(); v == nil || *v != want {
		t.Errorf("%s: %s, want %d", what, show(e), want)
	}
}
