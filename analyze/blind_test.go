package analyze_test

import (
	"strings"
	"testing"
	"time"

	"winwatch/analyze/cause"
)

// TestBlindToScale: a device that ignores the scale drops all that lies past the bare
// window field, and nothing else. Here the field is 4,000 and the window 16,000 bytes.
func TestBlindToScale(t *testing.T) {
	const (
		begin = handshake + "+0 C > S P. len 1000\n+0.001 S > C . win 4000\n"
		// The fifth of eight segments goes past the field, which begins at 1,001.
		flight = "+0 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n" +
			"+0 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n+0 C > S P. len 1000\n"
		acked  = "+0.001 S > C . ack 5001\n"
		first  = "+0.3 C > S P. seq 5001:6001\n+0.001 S > C . ack 6001\n"
		second = "+0 C > S P. seq 6001:7001\n+0 C > S P. seq 7001:8001\n+0.001 S > C . ack 8001\n"
		third  = "+0 C > S P. seq 8001:9001\n+0.001 S > C . ack 9001\n"
	)
	for _, tc := range []struct {
		name, text string
		wait       time.Duration // 0: no such device
	}{
		{"all past it is lost", begin + flight + acked + first + second + third, 303 * time.Millisecond},
		{"again and again", begin + flight + acked + first + second + third + "+1 C > S .\n" + flight + "+0.001 S > C . ack 13001\n+0.3 C > S P. seq 13001:14001\n+0.001 S > C . ack 14001\n" +
			"+0 C > S P. seq 14001:15001\n+0 C > S P. seq 15001:16001\n+0.001 S > C . ack 16001\n+0 C > S P. seq 16001:17001\n+0.001 S > C . ack 17001\n", 606 * time.Millisecond},
		{"more is sent then", begin + flight + acked + first + second + third + "+5 C > S P. len 1000\n+0.001 S > C .\n", 303 * time.Millisecond},
		{"a copy past it is lost, too", begin + flight + acked + "+0.3 C > S P. seq 5001:6001\n+0 C > S P. seq 6001:7001\n+0 C > S P. seq 7001:8001\n+0 C > S P. seq 8001:9001\n" +
			"+0.001 S > C . ack 6001 win 500\n+0.6 C > S P. seq 6001:6501\n+0.001 S > C . ack 8001 win 4000\n" + third, 0},
		{"something past it arrives", begin + flight + "+0.001 S > C . ack 6001\n+0.3 C > S P. seq 6001:7001\n+0.001 S > C . ack 7001\n" +
			"+0 C > S P. seq 7001:8001\n+0.001 S > C . ack 8001\n+0 C > S P. seq 8001:9001\n+0.001 S > C . ack 9001", 0},
		{"something within it is lost", begin + flight + "+0.001 S > C . ack 3001\n+0.3 C > S P. seq 3001:4001\n+0.001 S > C . ack 4001\n+0 C > S P. seq 4001:5001\n+0.001 S > C . ack 5001\n" + first + second + third, 0},
		{"duplicate ACKs show that more arrives", begin + flight + acked + acked + first + second + third, 0},
		{"a copy fills the hole", begin + flight + acked + "+0.3 C > S P. seq 5001:6001\n+0.001 S > C . ack 9001\n", 0},
		{"a copy within it is lost", begin + flight + acked + "+0.3 C > S P. seq 5001:6001\n+0.6 C > S P. seq 5001:6001\n+0.001 S > C . ack 6001\n" + second + third, 0},
		{"it passed data before", begin + flight + "+0.001 S > C . ack 9001\n" + strings.ReplaceAll(flight, "+0 ", "+0.0001 ") +
			"+0.001 S > C . ack 13001\n+0.3 C > S P. seq 13001:14001\n+0.001 S > C . ack 14001\n+0 C > S P. seq 14001:15001\n+0 C > S P. seq 15001:16001\n+0.001 S > C . ack 16001\n", 0},
		{"no scale", strings.ReplaceAll(begin, " ws 2", "") + flight + acked + first + second + third, 0},
		{"a bare field of one segment", strings.ReplaceAll(begin, "win 4000", "win 1500") + flight + "+0.001 S > C . ack 2001\n+0.3 C > S P. seq 2001:3001\n+0.001 S > C . ack 3001\n" +
			"+0 C > S P. seq 3001:4001\n+0.001 S > C . ack 4001\n+0 C > S P. seq 4001:5001\n+0.001 S > C . ack 5001\n", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			f := causeOf(t, r, cause.MiddleboxScale)
			switch {
			case f == nil && tc.wait != 0:
				t.Errorf("no such device: %+v", r.Stream(0).Causes)
			case f != nil && (f.Wait != tc.wait || f.Confidence != cause.Medium):
				t.Errorf("%v, %s (%s); want %v", f.Wait, f.Confidence, f.Because, tc.wait)
			}
		})
	}
}
