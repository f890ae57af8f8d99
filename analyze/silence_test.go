package analyze_test

import (
	"testing"
	"time"

	"winwatch/analyze"
)

// TestSilent: what is known of a receiver that stops answering ends with its last sign
// of life; one missing answer, or one that is not due, is no silence.
func TestSilent(t *testing.T) {
	const answered = fill + `
		0.230 C > S . seq una-1
		+0    S > C .
		0.650 C > S . seq una-1
		1.490 C > S . seq una-1
		+0    S > C .
	`
	for _, tc := range []struct {
		name, text string
		silent     time.Duration
		unanswered uint32
	}{
		{"answered", answered, 0, 0},
		{"one answer is missing", answered + "3.170 C > S . seq una-1\n6.530 C > S . seq una-1", 0, 1},
		{"two are", answered + "3.170 C > S . seq una-1\n6.530 C > S . seq una-1\n13.25 C > S . seq una-1", 11760 * time.Millisecond, 2},
		{"the last one is late", answered + "3.170 C > S . seq una-1\n6.490 C > S . seq una-1\n13.49 C > S . len 0", 12 * time.Second, 2},
		{"never answered", fill + "0.211 C > S . seq una-1\n0.611 C > S . seq una-1\n1.411 C > S . seq una-1\n3.011 C > S . seq una-1", 3 * time.Second, 3},
		{"the receiver answers again", answered + "3.170 C > S . seq una-1\n6.530 C > S . seq una-1\n13.25 C > S . seq una-1\n+0 S > C .\n26.69 C > S . seq una-1", 0, 0},
		{"it resets the stream", answered + "3.170 C > S . seq una-1\n6.530 C > S . seq una-1\n13.25 C > S . seq una-1\n14 S > C R. seq nxt", 0, 0},
		{"the sender gives up", answered + "3.170 C > S . seq una-1\n6.530 C > S . seq una-1\n13.25 C > S . seq una-1\n13.49 C > S R. seq nxt", 12 * time.Second, 3},
		{"an open window ends it", answered + "3.170 C > S . seq una-1\n6.530 C > S . seq una-1\n13.25 C > S . seq una-1\n14 S > C . win 1000\n+0 C > S P. len 500", 0, 0},
		{"data is sent again and again", handshake + `
			0.010 C > S P. len 1000
			+0    C > S P. len 1000
			0.020 S > C .  ack 1001 win 0
			0.240 C > S P. seq 1001:2001
			0.650 C > S P. seq 1001:2001
			1.500 C > S P. seq 1001:2001
			3.020 C > S R. seq nxt
		`, 3 * time.Second, 2},
		{"but not because a timer expired", handshake + `
			0.010 C > S P. len 1000
			+0    C > S P. len 1000
			0.020 S > C .  ack 1001 win 0
			0.050 C > S P. seq 1001:2001
			0.100 C > S P. seq 1001:2001
			0.150 C > S P. seq 1001:2001
			3.020 C > S R. seq nxt
		`, 0, 0},
		{"a receiver that never answers probes, but opens its window", fill + `
			0.211 C > S . seq una-1
			0.611 C > S . seq una-1
			1.411 C > S . seq una-1
			2.000 S > C . win 1000
			+0    C > S P. len 500
			+0    C > S P. len 500
			2.010 S > C . win 0
			2.211 C > S . seq una-1
			2.611 C > S . seq una-1
			3.411 C > S . seq una-1
			5.011 C > S . seq una-1
		`, 0, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			stalls := c2s(t, r).Stalls
			w := &stalls[len(stalls)-1]
			if w.Silent != tc.silent || w.Unanswered != tc.unanswered {
				t.Errorf("silent for %v after frame %d, %d unanswered; want %v and %d", w.Silent, w.HeardFrame, w.Unanswered, tc.silent, tc.unanswered)
			}
			if (w.NextProbeDue != nil) != (w.EndedBy == analyze.EndCaptureEnded && w.Silent == 0) {
				t.Errorf("the next probe is due at %v, although the receiver was silent for %v", w.NextProbeDue, w.Silent)
			}
		})
	}
}
