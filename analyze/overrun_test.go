package analyze_test

import (
	"strings"
	"testing"
	"time"

	"winwatch/analyze/cause"
)

// TestOverrun: data past the furthest right edge is the sender's fault, if the capture
// did not just miss the ACK that moved the edge, and if it cost anything.
func TestOverrun(t *testing.T) {
	const half = "0 C > S S win 65535 mss 1000 ws 7\n+0.001 S > C S. win 4000 mss 1000\n+0.001 C > S . win 16000\n"
	const past = "+1 C > S P. seq 1:2001\n+0 C > S P. seq 2001:4001\n+0 C > S P. seq 4001:6001\n"
	const edge = "+0.001 S > C . ack 1 win 1000\n" // the edge is at 4,001, the scale 2
	const again = "+0.3 C > S P. seq 1:2001\n+0 C > S P. seq 2001:4001\n+0 C > S P. seq 4001:6001\n"
	const taken = "+0.1 S > C . ack 6001 win 1000\n"
	for _, tc := range []struct {
		name, text string
		wait       time.Duration // 0: no finding
		confidence cause.Confidence
	}{
		{"one SYN without scale, and the sender does not scale", strings.ReplaceAll(half, "win 16000", "win 65535") + past + "+0.001 S > C . ack 1 win 4000\n+0.001 S > C . ack 1 win 4000\n" + again + taken, 402 * time.Millisecond, cause.High},
		{"one SYN without scale, and the sender scales", strings.ReplaceAll(half, "win 16000", "win 512") + past + "+0.001 S > C . ack 1 win 4000\n+0.001 S > C . ack 1 win 4000\n" + again + taken, 402 * time.Millisecond, cause.Medium},
		{"dropped", handshake + past + edge + edge + again + taken, 402 * time.Millisecond, cause.High},
		{"not taken until the end", handshake + past + edge + edge + again, 302 * time.Millisecond, cause.High},
		{"one answer", handshake + past + edge + again + taken, 401 * time.Millisecond, cause.Medium},
		{"one SYN without scale", half + past + "+0.001 S > C . ack 1 win 4000\n+0.001 S > C . ack 1 win 4000\n" + again + taken, 402 * time.Millisecond, cause.Medium},
		{"captured at the sender", handshake + "+1 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n" +
			"+0.1 S > C . ack 1001 win 1000\n+0 S > C . ack 2001 win 1000\n+0 S > C . ack 2001 win 1000\n+0 S > C . ack 2001 win 1000\n+0.3 C > S P. seq 2001:3001\n+0.1 S > C . ack 7001 win 1000", 500 * time.Millisecond, cause.High},
		{"taken all the same", handshake + past + edge + edge + taken, 0, ""},
		{"the capture missed an ACK", handshake + past + "+0.1 S > C . ack 6001 win 1000\n+0.2 C > S P. seq 4001:6001\n" + taken, 0, ""},
		{"the ACK is captured late", handshake + past + "+0.001 S > C . ack 4001 win 1000\n+0.1 C > S P. seq 4001:6001\n" + taken, 0, ""},
		{"within the window", handshake + "+1 C > S P. seq 1:4001\n" + edge + edge + "+0.3 C > S P. seq 1:4001\n+0.1 S > C .", 0, ""},
		{"the edge moved back", handshake + "+1 C > S P. seq 1:1001\n+0 S > C . win 1000\n+0 S > C . win 100\n+0 C > S P. seq 1001:4001\n+0 S > C . ack 1001 win 100\n+0 S > C . ack 1001 win 100\n" +
			"+0.3 C > S P. seq 1001:4001\n+0.1 S > C . win 1000", 0, ""},
		{"a FIN past the edge", handshake + "+1 C > S FP. seq 1:4001\n" + edge + edge + "+0.3 C > S FP. seq 1:4001\n+0.1 S > C .", 0, ""},
		{"a probe", fill + "+0.2 C > S . len 1\n+0 S > C . ack 4001 win 0\n+0.4 C > S . seq 4001:4002\n+0 S > C . ack 4001 win 0\n+1 S > C . ack 4001 win 1000\n", 0, ""},
		{"unknown scale", "0 C > S . win 16000\n+0 S > C . win 1000\n" + past + edge + edge + again + taken, 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			f := causeOf(t, r, cause.SenderOverruns)
			if misled := causeOf(t, r, cause.MiddleboxScale); strings.Contains(tc.name, "sender scales") {
				f = misled
			} else if misled != nil {
				t.Errorf("a device: %s", misled.Sentence)
			}
			switch {
			case f == nil && tc.wait != 0:
				t.Errorf("no overrun: %+v", r.Stream(0).Causes)
			case f != nil && (f.Wait != tc.wait || f.Confidence != tc.confidence):
				t.Errorf("%v, %s (%s); want %v, %s", f.Wait, f.Confidence, f.Because, tc.wait, tc.confidence)
			}
		})
	}
}
