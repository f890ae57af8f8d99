package analyze_test

import (
	"strings"
	"testing"

	"winwatch/analyze/cause"
)

// TestHowSure: what a capture shows too little of is said with less confidence.
func TestHowSure(t *testing.T) {
	const even = "+1 C > S . seq una-1\n+0 S > C .\n"
	const oneByte = "+0.040 C > S P. len 1\n+0.010 S > C . win 1\n"
	for _, tc := range []struct {
		name, text string
		code       cause.Code
		confidence cause.Confidence
	}{
		{"the first probe was answered", fill + "+0.211 C > S . seq una-1\n+0 S > C .", cause.ReceiverNotReading, cause.High},
		{"nothing has come since the window closed", fill + "+0.211 C > S . seq una-1", cause.ReceiverNotReading, cause.Medium},
		{"the last probe that was due an answer got none", fill + "+0.211 C > S . seq una-1\n+0 S > C .\n+0.4 C > S . seq una-1\n+0.8 C > S . seq una-1\n+1.6 C > S . seq una-1\n", cause.ReceiverNotReading, cause.Medium},
		{"the window was closed when the capture began", "0 S > C . win 0\n+0.2 C > S . seq una-1\n+0 S > C .\n+0.4 C > S . seq una-1\n+0 S > C .\n+0.8 C > S . seq una-1\n+0 S > C .", cause.ReceiverNotReading, cause.Medium},
		{"the first ACK closes the window", handshake + "+0 C > S P. len 1000\n+0.001 S > C . win 0\n+0.2 C > S . seq una-1\n+0 S > C .", cause.ReceiverNotReading, cause.Medium},
		{"the scale is unknown", "0 C > S . win 500\n+0 S > C . win 500\n+0 C > S P. len 4000\n+0 S > C . win 0\n+0.2 C > S . seq una-1\n+0 S > C .\n+0.4 C > S . seq una-1\n+0 S > C .", cause.ReceiverNotReading, cause.Medium},
		{"evenly spaced but for one that was missed", fill + even + "+2 C > S . seq una-1\n+0 S > C .\n" + strings.Repeat(even, 4), cause.ReceiverNotReading, cause.Low},
		{"probes after keep-alives, for data or a FIN", fill + strings.Repeat(even, 4) + "+0.3 C > S . seq una-1\n+0.6 C > S . seq una-1\n+0 S > C .", cause.ReceiverNotReading, cause.Low},
		{"an OK where two segments were missed", handshake + "+0.1 C > S P. len 1000\n+0.001 S > C .\n+1 C > S P. seq 3001:4001\n+0.001 S > C .\n" + strings.Repeat("+1 C > S P. len 1000\n+0.001 S > C .\n", 9), cause.Healthy, cause.Medium},
		{"bytes that fill a window of unknown scale", strings.Repeat(oneByte, 30), cause.CannotTell, cause.Low},
		{"one SYN", "0 C > S S win 65535", cause.Unanswered, cause.Low},
		{"two SYNs", "0 C > S S win 65535\n+1 C > S S win 65535", cause.Unanswered, cause.Medium},
		{"three SYNs", "0 C > S S win 65535\n+1 C > S S win 65535\n+2 C > S S win 65535", cause.Unanswered, cause.High},
		{"an RST after an ACK of a SYN-ACK that was missed", "0 C > S S win 65535\n+0.1 C > S . ack 5001\n+1 S > C R. seq 5001 ack 1", cause.Healthy, cause.High},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			if v := r.Stream(0).Verdict; v.Code != tc.code || v.Confidence != tc.confidence {
				t.Errorf("%s, %s: %s (%s)\nwant %s, %s", v.Code, v.Confidence, v.Sentence, v.Because, tc.code, tc.confidence)
			}
		})
	}
}
