//go:build linux

package experiment

import (
	"fmt"
	"time"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

var windowBelowMSS = Scenario{
	Name: "window-below-mss", Chunk: 4 << 10, Teaches: LessonWindow, Link: "delay=20ms", check: checkTiny, run: runWindowBelowMSS,
	Summary: "a window smaller than a segment: small segments, one or two a round trip",
	// Such a window is closed as soon as the server is late by a moment.
	Expected: kernel.Expected{
		SetUp:  "the receive buffer has no room for a full segment, and the server reads at once",
		Causes: []string{"window-limited", "receiver-slow"}, Limit: kernel.LimitWindow,
	},
	Sensitive: append([]Setting{SetRcvBuf, SetSndBuf, SetMTU, SetHold}, reading...),
}

const (
	// tinyRcvBuf is about the smallest SO_RCVBUF that Linux takes (SOCK_MIN_RCVBUF).
	tinyRcvBuf = 2304
	// tinyHold is how long the sender sends.
	tinyHold = 4 * time.Second
	// headers are those of a segment over IPv4 with timestamps, in bytes.
	headers = 20 + 20 + 12
)

// checkTiny makes sure that the smallest buffer has no room for a segment.
func checkTiny(c *Config, _ *link.Config) error {
	if c.MTU != 0 && c.MTU < link.DefaultMTU {
		return fmt.Errorf("MTU %d: want %d or more, because the smallest receive buffer has room for a smaller segment", c.MTU, link.DefaultMTU)
	}
	return nil
}

// runWindowBelowMSS sends to a receiver that reads at once, but whose buffer is so small that
// the window is never as large as a segment.
func runWindowBelowMSS(rn *runner) error {
	rn.congestion("reno")
	rn.fixRcvBuf(tinyRcvBuf)
	seen := rn.record()
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client sends all it can, the server reads at once; its receive buffer is %d bytes", rn.cfg.RcvBuf)
	r, err := rn.steadyTransfer(tinyHold)
	if err != nil {
		return err
	}
	if err := rn.closeOrderly(r); err != nil {
		return err
	}
	stop, _ := rn.w.At(kernel.MomentStop)
	if rn.paces() {
		rn.w.Expected.Limit = kernel.LimitUnknown
	}
	full := rn.w.MTU - headers
	rn.find(stop.Sender.SndWnd < full && stop.Sender.SndMSS <= full/2,
		"a window below a segment makes the segments small: none is larger than half of the largest window",
		"the MTU of %d bytes has room for segments of %d, the largest window was %d, and the sender sends %d at a time",
		rn.w.MTU, full, rn.sampler.largestWindow(), stop.Sender.SndMSS)
	rn.findRate(seen, 0) // a reader that is late by a moment already closes such a window
	if !rn.paces() {
		rn.findWindowLimited()
	}
	rn.findAllRead()
	return nil
}
