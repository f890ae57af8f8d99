package analyze_test

import (
	"testing"
	"time"
)

// TestGoOn: after a stall, a sender that goes on probing does not know that the window
// is open, and one that had data and sends nothing at all is stuck.
func TestGoOn(t *testing.T) {
	const (
		probed = fill + `
			0.211 C > S . seq una-1
			+0    S > C .
			0.611 C > S . seq una-1
			+0    S > C .
		`
		bsd = fill + `
			5.011 C > S . seq nxt len 1
			+0    S > C . ack 4001
		`
	)
	for _, tc := range []struct {
		name, text     string
		unaware, stuck time.Duration
	}{
		{"it goes on at once", probed + "1.000 S > C . win 1000\n+0.001 C > S P. len 1000", 0, 0},
		{"it probes once more", probed + "1.000 S > C . win 1000\n1.411 C > S . seq una-1\n+0 S > C .\n+0.001 C > S P. len 1000", 411 * time.Millisecond, 0},
		{"they cross on the way", probed + "1.409 S > C . win 1000\n1.411 C > S . seq una-1\n+0 S > C .\n+0.001 C > S P. len 1000", 0, 0},
		{"and again", probed + "1.000 S > C . win 1000\n1.411 C > S . seq una-1\n3.011 C > S . seq una-1\n+0 S > C .\n+0.001 C > S P. len 1000", 2011 * time.Millisecond, 0},
		{"until the end", probed + "1.000 S > C . win 1000\n1.411 C > S . seq una-1\n3.011 C > S . seq una-1", 2011 * time.Millisecond, 0},
		{"a byte at a time", bsd + "6.000 S > C . ack 4001 win 1000\n10.011 C > S . seq 4001 len 1\n+0 S > C . ack 4002\n+0 C > S P. len 999", 4011 * time.Millisecond, 0},
		{"but a byte before its timer is due is data", bsd + "6.000 S > C . ack 4001 win 1000\n6.001 C > S . seq 4001 len 1\n+0 S > C . ack 4002\n+0 C > S P. len 999", 0, 0},
		{"it sends nothing", probed + "1.000 S > C . win 1000\n9.000 S > C .", 0, 8 * time.Second},
		{"for a long time", probed + "1.000 S > C . win 1000\n9.000 C > S P. len 1000", 0, 8 * time.Second},
		{"it probes once more, and sends nothing", probed + "1.000 S > C . win 1000\n1.411 C > S . seq una-1\n+0 S > C .\n9.411 S > C .", 411 * time.Millisecond, 8 * time.Second},
		{"the next probe is not due yet", probed + "1.000 S > C . win 1000\n1.400 S > C .", 0, 0},
		{"the window opens little by little", probed + "1.000 S > C . win 25\n8.998 S > C . win 1000\n9.000 C > S P. len 1000", 0, 0},
		{"it had only a FIN", probed + "1.000 S > C . win 1000\n+0 C > S F.\n9.000 S > C .", 0, 0},
		{"it had nothing", fill + "4.000 S > C . win 1000\n9.000 S > C .", 0, 0},
		{"keep-alives", fill + "1.011 C > S . seq una-1\n+0 S > C .\n2.011 C > S . seq una-1\n+0 S > C .\n4 S > C . win 1000\n9.000 S > C .", 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			w := &c2s(t, r).Stalls[0]
			if w.Unaware != tc.unaware || w.Stuck != tc.stuck {
				t.Errorf("unaware for %v, stuck for %v; want %v and %v", w.Unaware, w.Stuck, tc.unaware, tc.stuck)
			}
		})
	}
}
