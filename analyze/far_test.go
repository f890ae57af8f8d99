package analyze_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

const millisecond = int64(time.Millisecond)

// opened is a handshake of 40 ms with windows of 8 segments.
const opened = "0 C > S S mss 1000 ws 0 win 8000\n+0.04 S > C S. mss 1000 ws 0 win 8000\n+0 C > S .\n"

// inRoundTrips are the packets of trips round trips of 40 ms, captured at the sender C: in
// each of them it fills the window at once, and S acknowledges all together.
func inRoundTrips(t *testing.T, trips int) []capture.Segment {
	var b strings.Builder
	b.WriteString(opened)
	for trip := range trips {
		for i := range 8 {
			seq := 1000*(8*trip+i) + 1
			fmt.Fprintf(&b, "+0 C > S . seq %d:%d\n", seq, seq+1000)
		}
		fmt.Fprintf(&b, "+0.040 S > C . ack %d win 8000\n", 8000*(trip+1)+1)
	}
	return capturetest.Parse(t, b.String())
}

// clocked are the same where each ACK lets one segment go, in round trips of 72 ms: the data
// waits in a queue for 32 of them. It has time stamps.
func clocked(t *testing.T, trips int) []capture.Segment {
	var b strings.Builder
	b.WriteString(opened)
	for i := range 8 {
		fmt.Fprintf(&b, "+0 C > S . seq %d:%d\n", 1000*i+1, 1000*i+1001)
	}
	b.WriteString("+0.063 C > S . seq 8001\n")
	for i := range 8 * trips {
		fmt.Fprintf(&b, "+0.009 S > C . ack %d win 8000\n+0 C > S . seq %d:%d\n", 1000*(i+1)+1, 1000*(i+8)+1, 1000*(i+9)+1)
	}
	segs := capturetest.Parse(t, b.String())
	stamp(segs)
	return segs
}

// stamp adds time stamps to packets captured at C.
func stamp(segs []capture.Segment) {
	var newest uint32
	for i := range segs {
		s := &segs[i]
		s.Options |= capture.HasTimestamps
		s.TSVal = uint32(s.Time / millisecond)
		if s.SrcPort == 3000 {
			newest = s.TSVal
		} else {
			s.TSEcr = newest
		}
	}
}

// seenAt returns what a capture shows that is taken away from C, one way of delay later. Data
// has waited in the queue by then.
func seenAt(segs []capture.Segment, delay, queue int64) []capture.Segment {
	out := slices.Clone(segs)
	for i := range out {
		s := &out[i]
		switch {
		case s.SrcPort == 3000:
			s.Time -= delay
		case s.Len > 0:
			s.Time += delay + queue
		default:
			s.Time += delay
		}
	}
	slices.SortStableFunc(out, func(a, b capture.Segment) int { return int(a.Time - b.Time) })
	for i := range out {
		out[i].Frame = uint64(i + 1)
	}
	return out
}

// TestAwayFromSender: the window that holds a sender back is full wherever the packets are
// captured, although it has room there whenever data passes.
func TestAwayFromSender(t *testing.T) {
	const trips = 60
	for _, tc := range []struct {
		name         string
		segs         []capture.Segment
		delay, queue int64
	}{
		{"at the sender", inRoundTrips(t, trips), 0, 0},
		{"half-way", inRoundTrips(t, trips), 10 * millisecond, 0},
		{"at the receiver", inRoundTrips(t, trips), 19 * millisecond, 0},
		{"at the sender, with a queue", clocked(t, trips), 0, 0},
		{"before the queue", clocked(t, trips), 10 * millisecond, 0},
		{"behind the queue", clocked(t, trips), 19 * millisecond, 32 * millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := analyzed(t, seenAt(tc.segs, tc.delay, tc.queue))
			if s.Verdict.Code != cause.WindowLimited {
				t.Fatalf("%s: %s", s.Verdict.Code, s.Verdict.Sentence)
			}
			all := time.Duration(tc.segs[len(tc.segs)-1].Time - tc.segs[0].Time - 40*millisecond)
			if full := s.Dirs[analyze.ClientToServer].Budget.WindowFull; full < all*9/10 || full > all {
				t.Errorf("the window was full for %v of %v", full, all)
			}
			if high := s.Verdict.Confidence == cause.High; high != (tc.delay == 0) {
				t.Errorf("%s confidence", s.Verdict.Confidence)
			}
		})
	}
}

// TestIdleAwayFromSender: a sender that sends a full window now and then, whenever its
// application has that much, is not held back by the window, wherever that is seen.
func TestIdleAwayFromSender(t *testing.T) {
	var b strings.Builder
	b.WriteString(opened)
	for trip := range 60 {
		for i := range 4 {
			seq := 1000*(4*trip+i) + 1
			fmt.Fprintf(&b, "+0 C > S . seq %d:%d\n", seq, seq+1000)
		}
		fmt.Fprintf(&b, "+0.04 S > C . ack %d win 8000\n+0.02 C > S . seq %d\n", 4000*(trip+1)+1, 4000*(trip+1)+1)
	}
	segs := capturetest.Parse(t, b.String())
	for _, delay := range []int64{0, 10 * millisecond, 20 * millisecond} {
		s := analyzed(t, seenAt(segs, delay, 0))
		if b := &s.Dirs[analyze.ClientToServer].Budget; b.WindowFull+b.SmallWindow > 0 {
			t.Errorf("%v away, the window was full for %v and too small for %v", time.Duration(delay), b.WindowFull, b.SmallWindow)
		}
	}
}
