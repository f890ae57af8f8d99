package analyze_test

import (
	"path/filepath"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture"
)

// real analyzes a capture of testdata/real, whose name begins with prefix.
func real(t *testing.T, prefix string) (*analyze.Stream, []analyze.Sample) {
	t.Helper()
	names, err := filepath.Glob("testdata/real/" + prefix + "_*.pcap")
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %q, %v", prefix, names, err)
	}
	var samples []analyze.Sample
	r := analyzeFile(t, names[0], func(s *analyze.Sample) {
		c, seg := *s, *s.Segment
		c.Segment = &seg
		samples = append(samples, c)
	})
	return r.Stream(0), samples
}

// TestRealVerdicts: the verdicts and stalls of real captures that are easily misjudged.
func TestRealVerdicts(t *testing.T) {
	for _, tc := range []struct {
		name       string
		code       cause.Code
		severity   cause.Severity
		confidence cause.Confidence
		stalls     int // listed, in the direction that the verdict is about
		longest    time.Duration
	}{
		{"01", cause.Refused, cause.Note, cause.High, 0, 0},
		{"02a", cause.WindowNeverOpen, cause.Problem, cause.Medium, 1, 94418704 * time.Microsecond},
		{"06a", cause.Healthy, cause.OK, cause.High, 0, 0},
		{"07", cause.MiddleboxISN, cause.Note, cause.Medium, 0, 0},
		{"09", cause.ReceiverSlow, cause.Problem, cause.Medium, 6, 5000416 * time.Microsecond},
		{"11", cause.Healthy, cause.OK, cause.High, 0, 0},
		{"16", cause.CannotTell, cause.Note, cause.Low, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, _ := real(t, tc.name)
			v, d := s.Verdict, &s.Dirs[s.Verdict.Dir]
			if v.Code != tc.code || v.Severity != tc.severity || v.Confidence != tc.confidence {
				t.Errorf("%s, %s, %s: %s\nwant %s, %s, %s", v.Code, v.Severity, v.Confidence, v.Sentence, tc.code, tc.severity, tc.confidence)
			}
			longest := time.Duration(0)
			if w := d.WorstStall(); w != nil {
				longest = w.Duration
			}
			if len(d.Stalls) != tc.stalls || longest != tc.longest {
				t.Errorf("%d stalls, the longest %v; want %d, %v", len(d.Stalls), longest, tc.stalls, tc.longest)
			}
		})
	}
}

// TestRealAllSent: after both FINs, a closed window keeps nobody waiting.
func TestRealAllSent(t *testing.T) {
	s, _ := real(t, "05")
	for _, d := range s.Dirs {
		if len(d.Stalls) > 0 || d.StallCount > 0 || d.StallTime > 0 || d.Budget.ReceiverLimited() > 0 || s.Verdict.Severity > cause.Note {
			t.Errorf("%d stalls, %d listed, budget %+v: %s", d.StallCount, len(d.Stalls), d.Budget, s.Verdict.Sentence)
		}
	}
}

// TestRealRTT: a think time is no round trip.
func TestRealRTT(t *testing.T) {
	if s, _ := real(t, "06a"); s.RTT == nil || *s.RTT != 3858*time.Microsecond {
		t.Errorf("RTT %v, want 3.858 ms", s.RTT)
	}
}

// TestRealUnacknowledged: nothing is acknowledged until an ACK was seen.
func TestRealUnacknowledged(t *testing.T) {
	for _, name := range []string{"01", "16"} {
		s, _ := real(t, name)
		if d := &s.Dirs[analyze.ClientToServer]; d.AckedBytes != 0 {
			t.Errorf("%s: %d bytes acknowledged", name, d.AckedBytes)
		}
	}
}

// TestRealRewrittenISN: what lies between two numberings is not shown.
func TestRealRewrittenISN(t *testing.T) {
	s, samples := real(t, "07")
	for _, m := range samples {
		if m.InFlight > 65_535 || m.RightEdge != analyze.Unknown && (m.RightEdge < 0 || m.RightEdge > 100_000) {
			t.Errorf("frame %d: %d in flight, right edge %d", m.Segment.Frame, m.InFlight, m.RightEdge)
		}
	}
	for _, d := range s.Dirs {
		if d.MaxInFlight != nil || d.Retransmissions != 0 || d.Budget.Unjudged != s.Span {
			t.Errorf("%d retransmissions, at most %v in flight, %v of %v not judged", d.Retransmissions, d.MaxInFlight, d.Budget.Unjudged, s.Span)
		}
	}
	if d := &s.Dirs[analyze.ServerToClient]; d.UniqueBytes != 2624 || d.AckedBytes != 2624 {
		t.Errorf("%d bytes, %d acknowledged; want 2624", d.UniqueBytes, d.AckedBytes)
	}
}

// TestRealGarbageFlags: a segment with SYN, RST and FIN changes nothing.
func TestRealGarbageFlags(t *testing.T) {
	s, samples := real(t, "11")
	for _, m := range samples {
		garbage := m.Segment.Frame == 9
		if garbage != (m.Shift == analyze.Unknown) || !garbage && m.Segment.Flags&capture.SYN == 0 && m.Shift != 6 {
			t.Errorf("frame %d: shift %d", m.Segment.Frame, m.Shift)
		}
	}
	if s.Closed != "open" || s.Dirs[1].Window.Scale.Shift != 6 {
		t.Errorf("closed: %s, scale %+v", s.Closed, s.Dirs[1].Window.Scale)
	}
}
