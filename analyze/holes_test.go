package analyze_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/capturetest"
)

// missesOne is 40 round trips of 100 ms with four segments each, of which the capture
// misses the given one.
func missesOne(missed int) string {
	var b strings.Builder
	b.WriteString(handshake)
	for i := range 40 {
		at := 0.1 + 0.1*float64(i)
		for k := range 4 {
			if k != missed {
				fmt.Fprintf(&b, "%.3f C > S P. seq %d:%d\n", at+0.001*float64(k), 1+4000*i+1000*k, 1001+4000*i+1000*k)
			}
		}
		fmt.Fprintf(&b, "%.3f S > C . ack %d win 16000\n", at+0.097, 4001+4000*i)
	}
	return b.String()
}

// TestUnseenTime: in the time before data that the capture missed, the sender was not
// idle, or who knows.
func TestUnseenTime(t *testing.T) {
	const talks = handshake + "0.010 C > S P. len 500\n+0.010 S > C . win 16000\n"
	for _, tc := range []struct {
		name, text string
		least      time.Duration // not judged
		most       time.Duration
		code       cause.Code
	}{
		{"the middle is hidden", talks + "9.0 C > S P. seq 5000001:5000501\n+0.01 S > C . ack 5000501", 8900 * time.Millisecond, 9 * time.Second, cause.CannotTell},
		{"only ACKs come back", talks + "9.0 S > C . ack 5000001 win 16000\n+0.01 C > S P. seq 5000001:5000501\n+0.01 S > C . ack 5000501", 8900 * time.Millisecond, 9 * time.Second, cause.CannotTell},
		{"with the FIN", talks + "9.0 C > S F. seq 5000001\n+0.01 S > C . ack 5000002", 8900 * time.Millisecond, 9 * time.Second, cause.CannotTell},
		{"while data was in flight", talks + "0.050 C > S P. len 500\n9.0 C > S P. seq 5000001:5000501\n+0.01 S > C . ack 5000501", 8900 * time.Millisecond, 9 * time.Second, cause.CannotTell},
		{"part of it is acknowledged when the capture ends", talks + "9.0 C > S P. seq 20001:21001\n+0 C > S P. seq 21001:22001\n+0.01 S > C . ack 8001", 8900 * time.Millisecond, 9 * time.Second, cause.CannotTell},
		{"ACKs overtake the data in the capture", talks + "+0.040 C > S P. seq 501:1001\n+0 S > C . ack 2001 win 16000\n+0.0001 C > S P. seq 1001:2001\n" +
			"+0.5 C > S P. seq 2001:2501\n+0.01 S > C . ack 2501 win 16000", 0, 10 * time.Millisecond, cause.Healthy},
		{"nothing is hidden", talks + "9.0 C > S P. len 500\n+0.01 S > C . ack 1001", 0, 10 * time.Millisecond, cause.Healthy},
		{"the first segment was lost", talks + "9.0 C > S P. seq 1501:2501\n+0.01 S > C . ack 501\n+0.2 C > S P. seq 501:1501\n+0.01 S > C . ack 2501", 0, 10 * time.Millisecond, cause.Healthy},
		{"it was overtaken", talks + "9.0 C > S P. seq 1501:2501\n+0.0001 C > S P. seq 501:1501\n+0.01 S > C . ack 2501", 0, 10 * time.Millisecond, cause.Healthy},
		{"one of four is missed", missesOne(1), 0, 200 * time.Millisecond, cause.Healthy},
		{"the last of four is missed", missesOne(3), 0, 800 * time.Millisecond, cause.Healthy},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := analyzed(t, capturetest.Parse(t, tc.text))
			got := s.Dirs[analyze.ClientToServer].Budget.Unjudged
			if got < tc.least || got > tc.most || s.Verdict.Code != tc.code {
				t.Errorf("%s; %v not judged, want %s and %v to %v", s.Verdict.Code, got, tc.code, tc.least, tc.most)
			}
		})
	}
}

// TestInFlightOfLossyCapture: where the capture misses packets, what exceeds the largest
// window is not in flight: its ACKs were missed too.
func TestInFlightOfLossyCapture(t *testing.T) {
	segments := func(b *strings.Builder, from, to int) {
		for i := from; i < to; i++ {
			fmt.Fprintf(b, "+0.0001 C > S P. seq %d:%d\n", 1+1000*i, 1001+1000*i)
		}
	}
	var b strings.Builder
	b.WriteString(handshake) // at most 16,000 bytes are allowed
	segments(&b, 0, 2)
	segments(&b, 3, 4)
	b.WriteString("+0.01 S > C . ack 4001 win 4000\n")
	segments(&b, 4, 8)
	b.WriteString("+0.01 S > C . ack 8001 win 4000\n")
	segments(&b, 8, 30) // the ACKs in between were missed
	b.WriteString("+0.01 S > C . ack 30001 win 4000\n")
	r, samples := run(t, b.String())
	if most := c2s(t, r).MaxInFlight; most == nil || *most > 16_000 {
		t.Errorf("at most %d bytes in flight", *most)
	}
	for _, m := range samples {
		if m.InFlight > 16_000 {
			t.Errorf("frame %d: %d bytes in flight", m.Segment.Frame, m.InFlight)
		}
	}
}
