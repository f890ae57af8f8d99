//go:build linux

package experiment

import (
	"cmp"
	"slices"
	"time"

	"winwatch/capture/kernel"
)

var windowLimited = Scenario{
	Name: "window-limited", Chunk: 64 << 10, Teaches: LessonWindow, Link: "delay=20ms", check: checkTransfer, run: runWindowLimited,
	Summary: "a small receive buffer on a long path: throughput is window ÷ round trip",
	Expected: kernel.Expected{
		SetUp:  "the receive buffer is smaller than what the path could hold, and the server reads at once",
		Causes: []string{"window-limited"}, Limit: kernel.LimitWindow,
	},
	Sensitive: append([]Setting{SetRcvBuf, SetSndBuf, SetMTU, SetHold}, reading...),
}

const (
	// fixedRcvBuf is the default SO_RCVBUF of the experiments about a receive buffer that
	// is too small for the path.
	fixedRcvBuf = 64 << 10
	// windowHold is how long the sender sends: many round trips.
	windowHold = 3 * time.Second
	// steadyRounds is how many round trips a transfer takes to become steady: in slow
	// start, of the congestion window and of the receiver's, what is in flight doubles
	// with each, and ten of them make a thousand times as much.
	steadyRounds = 10
)

// runWindowLimited sends all it can to a receiver that reads at once, but whose receive
// buffer is smaller than what the path could hold: the window is full in every round
// trip.
func runWindowLimited(rn *runner) error {
	rn.congestion("reno")
	rn.fixRcvBuf(fixedRcvBuf)
	seen := rn.record()
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client sends all it can, the server reads at once; its receive buffer is %d bytes", rn.cfg.RcvBuf)
	r, err := rn.steadyTransfer(windowHold)
	if err != nil {
		return err
	}
	if err := rn.closeOrderly(r); err != nil {
		return err
	}
	rn.findWindowRate(seen)
	if rn.paces() {
		rn.w.Expected.Limit = kernel.LimitUnknown // while it waits for its timer, the kernel does not look at the window
	} else {
		rn.findWindowLimited()
	}
	rn.findAllRead()
	return nil
}

// fixRcvBuf sets the receiver's SO_RCVBUF unless Config does.
func (rn *runner) fixRcvBuf(bytes int) {
	if rn.cfg.RcvBuf == 0 {
		rn.cfg.RcvBuf, rn.w.RcvBufAsked = bytes, int64(bytes)
	}
}

// steadyTransfer is like transfer, and reads the sockets when the transfer has become
// steady and when the sender stops.
func (rn *runner) steadyTransfer(d time.Duration) (*thread, error) {
	f := rn.flood()
	r := rn.reader(rn.readSize(), rn.cfg.ReadInterval, nil, nil)
	for _, part := range []struct {
		moment string
		lasts  time.Duration
	}{{kernel.MomentSteady, steadyRounds * rn.rtt}, {kernel.MomentStop, cmp.Or(rn.cfg.Hold, d)}} {
		if err := rn.pause(part.lasts); err != nil {
			return nil, err
		}
		rn.mark(part.moment)
	}
	return r, rn.finish(f)
}

// findWindowRate checks that about a window's worth was acknowledged in each round trip,
// or no more than that by a sender that paces itself.
func (rn *runner) findWindowRate(seen *record) {
	// Segments are whole, and a busy host takes its time between an ACK and what that lets it
	// send, which is part of no round trip.
	// The round trips are smoothed (RFC 6298), so that their mean lags as well.
	least := 0.85
	if rn.paces() {
		least = 0
	}
	rn.findRate(seen, least)
}

// findRate checks that what was acknowledged in a round trip is no more than a window,
// and at least that share of it.
func (rn *runner) findRate(seen *record, least float64) {
	from, _ := rn.w.At(kernel.MomentSteady)
	to, _ := rn.w.At(kernel.MomentStop)
	took := time.Duration(to.Sender.Time - from.Sender.Time)
	window, rtt := rn.steady(seen)
	if took <= 0 || rtt == 0 {
		return
	}
	rate := float64(to.Sender.BytesAcked-from.Sender.BytesAcked) / took.Seconds()
	ceiling := float64(window) / rtt.Seconds()
	claim := "in each round trip a window is acknowledged: throughput is window ÷ round trip"
	if least == 0 {
		claim = "no more than a window is acknowledged in a round trip"
	}
	rn.find(rate >= least*ceiling && rate <= 1.15*ceiling, claim,
		"%d bytes/s were acknowledged; a window of %d bytes in a round trip of %.1f ms makes %d bytes/s: %.0f%% of that",
		int64(rate), window, float64(rtt)/1e6, int64(ceiling), 100*rate/ceiling)
}

// steady returns the mean window and the mean round trip while the transfer was steady.
func (rn *runner) steady(seen *record) (window int64, rtt time.Duration) {
	list := rn.steadily(seen)
	for _, m := range list {
		window += m.sender.SndWnd
		rtt += time.Duration(m.sender.RTT)
	}
	n := max(len(list), 1)
	return window / int64(n), rtt / time.Duration(n)
}

// steadily returns the moments at which the transfer was steady.
func (rn *runner) steadily(seen *record) []moment {
	from, _ := rn.w.At(kernel.MomentSteady)
	to, _ := rn.w.At(kernel.MomentStop)
	return slices.DeleteFunc(seen.moments(), func(m moment) bool { return m.sender.Time < from.Time || m.sender.Time > to.Time })
}

// paces reports whether the sender's congestion control spreads what it sends over the
// round trip: then it seldom waits for the window, although the window is the limit.
func (rn *runner) paces() bool { return rn.w.Congestion == "bbr" }

// findWindowLimited checks what the sender's kernel says that it waited for.
func (rn *runner) findWindowLimited() {
	end, _ := rn.w.At(kernel.MomentEnd)
	s := &end.Sender
	rn.find(2*s.RwndLimited > s.Busy && s.SndbufLimited == 0,
		"the sender waits for the window most of the time",
		"of %.3f s with data to send, %.3f s limited by the window, %.3f s by the send buffer",
		float64(s.Busy)/1e9, float64(s.RwndLimited)/1e9, float64(s.SndbufLimited)/1e9)
}
