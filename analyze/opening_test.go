package analyze_test

import (
	"testing"
	"time"

	"winwatch/analyze"
)

// TestAsked: a window opens of the receiver's own accord, or only because it was asked.
func TestAsked(t *testing.T) {
	const small = handshake + `
		0.010  C > S  P.  len 1460
		+0     C > S  P.  len 1460
		+0.001 S > C  .   win 300
		0.220  C > S  P.  len 1200
	`
	for _, tc := range []struct {
		name, text string
		asked      bool
		opened     int64
		ended      analyze.StallEnd
	}{
		{"a window update", fill + "0.230 C > S . seq una-1\n+0 S > C .\n0.5 S > C . win 500\n+0 C > S P. len 1000", false, 2000, analyze.EndWindowUpdate},
		{"the answer to a probe", fill + "0.230 C > S . seq una-1\n+0.001 S > C . win 1000\n+0 C > S P. len 1000", true, 4000, analyze.EndProbeAnswer},
		{"the ACK of a probe byte", fill + "5.011 C > S . seq nxt len 1\n+0 S > C . ack 4002 win 1000\n+0 C > S P. len 999", true, 4000, analyze.EndDataAccepted},
		{"the ACK of what a timer sent", small + "+0.001 S > C . win 1000\n+0 C > S P. len 1460\n+0 C > S P. len 1460", true, 4000, analyze.EndDataAccepted},
		{"a window update after it", small + "+0.001 S > C . win 30\n+0.1 S > C . win 1000\n+0 C > S P. len 1460\n+0 C > S P. len 1460", false, 4000, analyze.EndWindowUpdate},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			w := &c2s(t, r).Stalls[0]
			if w.OpenedTo == nil {
				t.Fatalf("it ended by %s without a window", w.EndedBy)
			}
			if w.Asked != tc.asked || *w.OpenedTo != tc.opened || w.EndedBy != tc.ended {
				t.Errorf("asked %v, opened to %d by %s; want %v, %d, %s", w.Asked, *w.OpenedTo, w.EndedBy, tc.asked, tc.opened, tc.ended)
			}
		})
	}
}

// TestMutual: two windows that are closed at the same time.
func TestMutual(t *testing.T) {
	const both = handshake + `
		0.010 C > S P. len 4000
		+0    S > C P. len 8000
		+0    S > C P. len 8000
		0.020 S > C . win 0
		0.120 C > S . win 0
	`
	for _, tc := range []struct {
		name, text string
		mutual     [2]time.Duration
	}{
		{"until the end", both + "0.33 C > S . seq una-1 win 0\n+0 S > C . win 0\n2.120 C > S . win 0", [2]time.Duration{2 * time.Second, 2 * time.Second}},
		{"until one opens", both + "1.120 C > S . win 1000\n2.120 S > C . win 0", [2]time.Duration{time.Second, time.Second}},
		{"one after the other", handshake + "0.010 C > S P. len 4000\n+0 S > C . win 0\n1 S > C . win 1000\n2 S > C P. len 8000\n+0 S > C P. len 8000\n+0 C > S . win 0\n3 C > S .", [2]time.Duration{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			var got [2]time.Duration
			for dir := range got {
				for _, w := range r.Stream(0).Dirs[dir].Stalls {
					got[dir] += w.Mutual
				}
			}
			if got != tc.mutual {
				t.Errorf("both closed for %v, want %v", got, tc.mutual)
			}
		})
	}
}
