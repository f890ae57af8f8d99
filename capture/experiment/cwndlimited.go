//go:build linux

package experiment

import (
	"fmt"
	"math"
	"time"

	"winwatch/capture"
	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

var cwndLimited = Scenario{
	Name: "cwnd-limited", Chunk: 64 << 10, Teaches: LessonPath, check: checkCwnd, run: runCwndLimited,
	Summary: "rare losses on a long path: the congestion window stays far below the receiver's",
	Link:    "delay=25ms,rate=100mbit,queue=1M",
	Expected: kernel.Expected{
		SetUp:  "a path with a round trip of 50 ms loses one data segment in 1,000",
		Causes: []string{"congestion-window"}, Limit: kernel.LimitNetwork,
	},
	Sensitive: transferSettings,
	OwnLink:   true,
}

const (
	// cwndLossEvery is of how many segments with data one is lost. Between two losses,
	// Reno's congestion window grows by a segment each round trip, from half of W to W,
	// and so many segments leave: 3/8 W². So W is about 50 segments, far below the window.
	cwndLossEvery = 1000
	// cwndHold is how long the sender sends. What is in its buffer then takes as long
	// again to arrive.
	cwndHold = 4 * time.Second
)

// checkCwnd makes sure that the first loss is one of the scenario: until then the sender is in
// slow start, and all that it has sent may be on the way or in the queue.
func checkCwnd(c *Config, l *link.Config) error {
	way, mtu := l.Ways[kernel.ClientEnd], link.DefaultMTU
	if c.MTU != 0 {
		mtu = c.MTU
	}
	queue := way.Queue
	if queue == 0 {
		queue = l.DefaultQueue(way)
	}
	holds := int64(float64(way.Rate)/8*l.RTT().Seconds()) + queue
	if sent := int64(cwndLossEvery * mtu); way.Rate != 0 && holds < sent {
		return fmt.Errorf("a path that holds %d bytes, with its queue: want %d or more, so that the queue does not overflow in slow start", holds, sent)
	}
	return checkTransfer(c, l)
}

// runCwndLimited loses a segment now and then on a long path: the congestion window
// never becomes large.
func runCwndLimited(rn *runner) error {
	rn.congestion("reno")
	seen := rn.record()
	if err := rn.connect(); err != nil {
		return err
	}
	rn.hidden()
	rn.step("the client sends, the server reads; the link loses every %dth segment with data", cwndLossEvery)
	n := 0
	rn.dropIf(rn.w.Sender, func(s *capture.Segment) bool {
		if s.Len > 0 {
			n++
		}
		return s.Len > 0 && n%cwndLossEvery == 0
	})
	r, err := rn.transfer(cwndHold)
	if err != nil {
		return err
	}
	if err := rn.closeOrderly(r); err != nil {
		return err
	}
	if rn.w.Congestion == "bbr" {
		return rn.findPastLosses(seen)
	}
	rn.findCwndFull(seen)
	rn.findCwndCuts(seen)
	rn.findNetworkLimited()
	rn.findAllRead()
	return nil
}

// findCwndFull checks that what is in flight is what the congestion window allows, and
// that the receiver's window would allow more.
func (rn *runner) findCwndFull(seen *record) {
	var all, full, roomy, flight, window int64
	for _, m := range seen.sending() {
		all++
		s := m.sender
		if 10*s.Unacked >= 9*s.Cwnd { // sending and reading the socket take turns
			full++
		}
		if s.SndWnd >= 2*s.Unacked*s.SndMSS {
			roomy++
		}
		flight += s.Unacked * s.SndMSS
		window += s.SndWnd
	}
	all = max(all, 1)
	rn.find(10*full >= 9*all && 10*roomy >= 9*all,
		"what is in flight is what the congestion window allows, and the receiver's window has room for at least as much again",
		"in %d of %d samples at least 90%% of the congestion window was in flight, in %d the window had that room; on average %d bytes were in flight, and the window was %d bytes",
		full, all, roomy, flight/all, window/all)
}

// findCwndCuts checks that each loss cuts the congestion window.
func (rn *runner) findCwndCuts(seen *record) {
	var losses, cuts, until, highest int64
	var before, after int64 // the congestion window before a loss, 0 between losses, and the least since
	var last *kernel.SocketState
	lowest := int64(math.MaxInt64)
	for _, m := range seen.sending() {
		s := m.sender
		after = min(after, s.Cwnd)
		if before != 0 && s.Time > until {
			losses++
			if 4*after <= 3*before { // Reno cuts to a half, CUBIC to seven tenths
				cuts++
			}
			lowest, before = min(lowest, after), 0
		}
		if last != nil && before == 0 && s.TotalRetrans > last.TotalRetrans {
			// It takes a round trip to recover from a loss, and up to another until it shows.
			before, after, until = last.Cwnd, s.Cwnd, s.Time+3*s.RTT
		}
		highest = max(highest, s.Cwnd)
		last = s
	}
	rn.find(losses >= 2 && cuts == losses, "each loss cuts the congestion window, which grows slowly in between",
		"the link dropped %d segments, and %d of %d times the sender noticed, the congestion window was cut: from up to %d segments to %d at the least",
		dropped(rn.way(rn.w.Sender)), cuts, losses, highest, lowest)
}

// findNetworkLimited checks that neither the window nor the send buffer held the sender
// back.
func (rn *runner) findNetworkLimited() {
	end, _ := rn.w.At(kernel.MomentEnd)
	s := &end.Sender
	rn.find(10*(s.RwndLimited+s.SndbufLimited) < s.Busy,
		"neither the receiver's window nor the send buffer is the limit",
		"of %.3f s with data to send, %.3f s limited by the window, %.3f s by the send buffer",
		float64(s.Busy)/1e9, float64(s.RwndLimited)/1e9, float64(s.SndbufLimited)/1e9)
}

// findPastLosses checks that a congestion control that does not take loss for
// congestion fills the path in spite of it.
func (rn *runner) findPastLosses(seen *record) error {
	rn.w.Expected.SetUp += "; BBR does not take the losses for congestion, and fills the path"
	rn.w.Expected.Causes = []string{"path-loss", "path-rate", "path-queue"}
	got, most, err := rn.goodput(seen)
	if err != nil {
		return err
	}
	rn.find(got > 0.8*most, "BBR keeps the path busy although packets are lost",
		"%.1f Mbit/s of %.1f, %d packets dropped", got/1e6, most/1e6, dropped(rn.way(rn.w.Sender)))
	rn.findAllRead()
	return nil
}
