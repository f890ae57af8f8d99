package analyze_test

import (
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// causeOf returns the finding with a code among the causes of the only stream, nil if
// there is none.
func causeOf(t *testing.T, r *analyze.Result, code cause.Code) *cause.Finding {
	t.Helper()
	if r.StreamCount != 1 {
		t.Fatalf("%d streams, want 1", r.StreamCount)
	}
	causes := r.Stream(0).Causes
	for i := range causes {
		if causes[i].Code == code {
			return &causes[i]
		}
	}
	return nil
}

// TestRefused: a copy of data that is answered at once by a repeated ACK was refused; one
// that is answered by nothing was lost.
func TestRefused(t *testing.T) {
	const first = handshake + talk + "+1 C > S P. len 500\n"
	const copyOf = "C > S P. seq 1001:1501\n"
	const again = "+0.001 S > C . ack 1001\n"
	for _, tc := range []struct {
		name, text string
		wait       time.Duration // 0: nothing was refused
		confidence cause.Confidence
	}{
		{"until the end", first + again + "+0.2 " + copyOf + again + "+0.4 " + copyOf + again, 603 * time.Millisecond, cause.High},
		{"two copies", first + again + "+0.2 " + copyOf + again, 202 * time.Millisecond, cause.Medium},
		{"then it is taken", first + again + "+0.2 " + copyOf + again + "+0.4 " + copyOf + again + "+0.8 " + copyOf +
			"+0.001 S > C . ack 1501\n+5 C > S P. len 10\n+0.001 S > C .", 1404 * time.Millisecond, cause.High},
		{"the first copies are lost", first + "+0.2 " + copyOf + "+0.4 " + copyOf + again + "+0.8 " + copyOf + again, 802 * time.Millisecond, cause.Medium},
		{"then the receiver resets", first + again + "+0.2 " + copyOf + again + "+0.4 " + copyOf + again + "+0.01 S > C R.\n+9 C > S R.", 613 * time.Millisecond, cause.High},
		{"many in flight", first + strings.Repeat("+0 C > S P. len 500\n", 5) + strings.Repeat(again, 6) + "+0 " + copyOf + again + "+0.2 " + copyOf + again + "+0.4 " + copyOf + again + "+0.8 " + copyOf + again,
			1203 * time.Millisecond, cause.High},
		{"one stray ACK", first + again + "+0.2 " + copyOf + "+0.001 S > C . ack 1501", 0, ""},
		{"lost", first + "+0.2 " + copyOf + "+0.4 " + copyOf + "+0.8 " + copyOf + "+0.001 S > C . ack 1501", 0, ""},
		{"ACKs too late to be answers", first + "+0.1 S > C . ack 1001\n+0.1 " + copyOf + "+0.1 S > C . ack 1001\n+0.3 " + copyOf + "+0.1 S > C . ack 1001", 0, ""},
		{"D-SACK", first + "+0.001 S > C . ack 1001 sack 501:1001\n+0.2 " + copyOf + "+0.001 S > C . ack 1001 sack 501:1001\n+0.4 " + copyOf +
			"+0.001 S > C . ack 1001 sack 501:1001", 0, ""},
		{"fast retransmissions", first + "+0 C > S P. len 500\n+0 C > S P. len 500\n+0 C > S P. len 500\n" + again + again + again + "+0 " + copyOf + again + "+0 " + copyOf + again + "+0 S > C . ack 3001", 0, ""},
		{"other data in between", first + "+0.2 " + copyOf + "+0 C > S P. len 100\n" + again + "+0.4 " + copyOf + "+0 C > S P. len 100\n" + again, 0, ""},
		{"past the window", handshake + "+0 C > S P. len 3900\n+0 C > S P. len 500\n+0 S > C . ack 3901 win 25\n+0.2 C > S P. seq 3901:4401\n+0 S > C . ack 3901\n+0.4 C > S P. seq 3901:4401\n+0 S > C . ack 3901\n" +
			"+0.8 C > S P. seq 3901:4401\n+0 S > C . ack 3901", 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			f := causeOf(t, r, cause.ReceiverRefuses)
			switch {
			case f == nil && tc.wait != 0:
				t.Errorf("nothing was refused: %+v", r.Stream(0).Causes)
			case f != nil && (f.Wait != tc.wait || f.Confidence != tc.confidence):
				t.Errorf("refused for %v, %s (%s); want %v, %s", f.Wait, f.Confidence, f.Because, tc.wait, tc.confidence)
			}
		})
	}
}

// TestOutOfMemory: a window that closes by taking back what it had offered is closed for
// lack of memory; one that closes by taking all of it, by an application that does not
// read.
func TestOutOfMemory(t *testing.T) {
	const open = "0 C > S S win 65535 mss 1460 ws 7\n+0.001 S > C S. win 65535 mss 1460 ws 7\n+0.001 C > S . win 512\n"
	const probes = "+0.2 C > S . seq una-1\n+0 S > C . win 0\n+0.4 C > S . seq una-1\n+0 S > C . win 0\n"
	const refusing = "+0.2 C > S P. seq 1001:2001\n+0 S > C . ack 1001 win 0\n+0.4 C > S P. seq 1001:2001\n+0 S > C . ack 1001 win 0\n"
	for _, tc := range []struct {
		name, text string
		code       cause.Code
		wait       time.Duration
	}{
		{"many in flight are refused", open + "+0 C > S P. len 1000\n+0.001 S > C . win 500\n" + strings.Repeat("+0 C > S P. len 1000\n", 3) + strings.Repeat("+0 S > C . ack 1001 win 0\n", 3) + refusing +
			"+0.3 S > C . ack 1001 win 500\n+0.1 C > S P. seq 1001:2001\n+0 S > C . ack 4001 win 500", cause.ReceiverMemory, 1000 * time.Millisecond},
		{"small packets", open + "+0 C > S P. len 50\n+0 S > C . win 400\n+0 C > S P. len 50\n+0 S > C . win 200\n+0 C > S P. len 50\n+0 S > C . win 0\n" + probes, cause.ReceiverMemory, 600 * time.Millisecond},
		{"all that was offered", open + "+0 C > S P. len 51200\n+0 S > C . win 112\n+0 C > S P. len 14336\n+0 S > C . win 0\n" + probes, cause.ReceiverNotReading, 600 * time.Millisecond},
		{"a smaller window after the SYN", open + "+0 C > S P. len 1000\n+0 S > C . win 32\n+0 C > S P. len 4096\n+0 S > C . win 0\n" + probes, cause.ReceiverNotReading, 600 * time.Millisecond},
		{"after much data", open + "+0 C > S P. len 51200\n+0 S > C . win 512\n+0 C > S P. len 65536\n+0 S > C . win 512\n+0 C > S P. len 100\n+0 S > C . win 0\n" + probes, cause.ReceiverMemory, 600 * time.Millisecond},
		{"a window too small for a segment", open + "+0 C > S P. len 1460\n+0 S > C . win 300\n+0 C > S P. len 1460\n+0 S > C . win 5\n+0.3 C > S P. len 640\n+0.01 S > C . win 5\n+0.3 C > S P. len 640\n+0.01 S > C . win 5",
			cause.ReceiverMemory, 610 * time.Millisecond},
		{"the application closes its socket", open + "+0 C > S P. len 100\n+0 S > C . win 500\n+0 S > C F. win 0\n" + probes, cause.ReceiverNotReading, 600 * time.Millisecond},
		{"unknown scale", "0 C > S . win 512\n+0 S > C . win 512\n+0 C > S P. len 50\n+0 S > C . win 0\n" + probes, cause.ReceiverMemory, 600 * time.Millisecond},
		{"unknown scale, and more was taken than the bare window offered", "0 C > S . win 512\n+0 S > C . win 512\n+0 C > S P. len 1000\n+0 S > C . win 0\n" + probes, cause.ReceiverNotReading, 600 * time.Millisecond},
		{"data in flight is refused", open + "+0 C > S P. len 1000\n+0 S > C . win 500\n+0 C > S P. len 1000\n+0 S > C . ack 1001 win 0\n" + refusing +
			"+0.3 S > C . ack 1001 win 500\n+0.5 C > S P. seq 1001:2001\n+0 S > C . win 500", cause.ReceiverMemory, 1400 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			v := r.Stream(0).Verdict
			if v.Wait = v.Wait.Round(10 * time.Millisecond); v.Code != tc.code && tc.code != cause.ReceiverNotReading || v.Wait != tc.wait {
				t.Errorf("%s, %v: %s\nwant %s, %v", v.Code, v.Wait, v.Sentence, tc.code, tc.wait)
			}
			if f := causeOf(t, r, cause.ReceiverMemory); (f != nil) != (tc.code == cause.ReceiverMemory) {
				t.Errorf("memory: %+v", f)
			}
		})
	}
}
