//go:build linux

package experiment

import (
	"cmp"
	"fmt"
	"time"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

var appLimited = Scenario{
	Name: "app-limited", Chunk: 8 << 10, Teaches: LessonWindow, Link: "delay=10ms", check: checkPauses, run: runAppLimited,
	Summary: "a sending program that has little to send: nobody waits for TCP",
	Expected: kernel.Expected{
		SetUp:  "the client's program sends a little now and then",
		Causes: []string{"sender-idle"}, Limit: kernel.LimitApplication,
	},
	Sensitive: []Setting{SetChunk, SetRcvBuf, SetSndBuf, SetHold},
	OwnLink:   true,
}

const (
	// appInterval is the pause after each send(): ten round trips on the link of the
	// scenario.
	appInterval = 200 * time.Millisecond
	// appHold is how long the sender's program goes on.
	appHold = 4 * time.Second
)

// checkPauses makes sure that what was sent is acknowledged long before the program sends
// again.
func checkPauses(c *Config, l *link.Config) error {
	interval := appInterval
	if c.ReadInterval > 0 {
		interval = c.ReadInterval
	}
	if rtt := l.RTT(); rtt > interval/4 {
		return fmt.Errorf("a link with a round trip of %v: want at most %v, a quarter of the pause between two writes", rtt, interval/4)
	}
	return nil
}

// runAppLimited sends a little now and then: the sending program sets the pace.
func runAppLimited(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	interval, hold := cmp.Or(rn.cfg.ReadInterval, appInterval), cmp.Or(rn.cfg.Hold, appHold)
	rn.step("the client sends %d bytes every %v, the server reads at once", rn.cfg.Chunk, interval)
	r := rn.reader(rn.readSize(), 0, nil, nil)
	begin := time.Now()
	for time.Since(begin) < hold {
		if err := rn.write(1); err != nil {
			return err
		}
		if err := rn.pause(interval); err != nil {
			return err
		}
	}
	took := time.Since(begin)
	if err := rn.closeOrderly(r); err != nil {
		return err
	}
	end, _ := rn.w.At(kernel.MomentEnd)
	s := &end.Sender
	rn.find(2*s.Busy < int64(took) && s.RwndLimited == 0 && s.SndbufLimited == 0,
		"most of the time the sender has nothing to send: neither the window nor the send buffer is the limit",
		"data to send for %.3f of %.3f s, %.3f s limited by the window, %.3f s by the send buffer",
		float64(s.Busy)/1e9, took.Seconds(), float64(s.RwndLimited)/1e9, float64(s.SndbufLimited)/1e9)
	rn.find(rn.w.Send.InCall < took/100, "send() returns at once: it only copies the data into the send buffer",
		"%d calls took %v in all, the longest %v", rn.w.Send.Calls, rn.w.Send.InCall, rn.w.Send.Longest)
	rn.findAllRead()
	return nil
}
