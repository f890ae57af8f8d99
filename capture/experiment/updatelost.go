//go:build linux

package experiment

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture"
	"winwatch/capture/kernel"
)

var updateLost = Scenario{
	Name: "update-lost", Chunk: 1000, Teaches: LessonPath, check: checkLongPath, run: runUpdateLost,
	Summary: "window updates get lost: only the next probe finds the window open",
	Link:    "delay=40ms",
	Expected: kernel.Expected{
		SetUp:  "the server reads during each stall, and its window update is lost",
		Causes: []string{"update-lost"}, Limit: kernel.LimitWindow,
	},
	Sensitive: slices.Concat(filling, reading),
}

const (
	// updateRcvBuf is the default SO_RCVBUF: it keeps the stalls alike.
	updateRcvBuf = 64 << 10
	// updateStalls is how many window updates get lost. One or two could be chance.
	updateStalls = 4
)

// runUpdateLost makes the server read everything during a stall, while the link loses the
// window updates and the answers to the probes for some time: the window is open, and
// the client does not know.
func runUpdateLost(rn *runner) error {
	rn.fixRcvBuf(updateRcvBuf)
	if rn.at() != AtServer {
		rn.w.Expected.SetUp += "; where the packets were captured, that looks like a server that announces nothing"
		rn.w.Expected.Causes = []string{"receiver-no-update"}
	}
	seen := rn.record()
	if err := rn.connect(); err != nil {
		return err
	}
	f := rn.flood()
	var reader *thread
	for i := range updateStalls {
		if err := rn.probeAnswered(); err != nil {
			return err
		}
		rn.step("the server reads everything; the link loses its window update")
		rn.dropIf(rn.receiverEnd(), func(s *capture.Segment) bool { return s.Len == 0 && s.Window > 0 })
		if i == updateStalls-1 {
			reader = rn.reader(rn.readSize(), rn.cfg.ReadInterval, nil, nil)
		} else if err := rn.readUnread(); err != nil {
			return err
		}
		if err := rn.untilOpen(); err != nil {
			return err
		}
	}
	if err := rn.finish(f); err != nil {
		return err
	}
	if err := rn.closeOrderly(reader); err != nil {
		return err
	}
	rn.doubtAnswers()
	rn.findUnaware(seen)
	rn.findProbes()
	rn.findAllRead()
	return nil
}

// doubtAnswers withholds what is right if the link was late by a round trip: an answer
// that takes two looks like a window update of the receiver's own accord.
func (rn *runner) doubtAnswers() {
	late := rn.way(rn.w.Sender).Latest + rn.way(rn.receiverEnd()).Latest
	if rn.rtt > 0 && late >= rn.rtt {
		rn.w.Expected.Void = "this machine was busy: packets left the link so late that the answers to probes do not show as such"
	}
}

// probeAnswered waits until the window is closed and the first probe of the stall was
// answered.
func (rn *runner) probeAnswered() error {
	before := rn.sampler.count()
	err := rn.await("the closed window was probed", floodLimit, func() bool {
		now := rn.sampler.count()
		return now.total > before.total && rn.sender.state().SndWnd == 0
	})
	if err != nil {
		return err
	}
	return rn.pause(rn.rtt + settleFor)
}

// readUnread makes the receiver read what it has, and nothing that comes later.
func (rn *runner) readUnread() error {
	buf := make([]byte, rn.readSize())
	for rn.receiver.state().UnreadBytes > 0 {
		if _, errno := rn.receiver.recv(buf); errno != 0 && errno != unix.EINTR {
			return fmt.Errorf("recv: %w", errno)
		}
	}
	return nil
}

// untilOpen lets the answers through again once the sender has probed in vain, and
// waits until it knows that the window is open.
func (rn *runner) untilOpen() error {
	before := rn.sampler.count()
	limit := time.Duration(rn.sender.state().RTO)<<3 + settleLimit // of the second and the third probe
	err := rn.await("the open window was probed", limit, func() bool { now := rn.sampler.count(); return now.total > before.total })
	if err != nil {
		return err
	}
	if err := rn.pause(rn.rtt + settleFor); err != nil { // the answer is lost
		return err
	}
	rn.link.Drop(nil)
	rn.step("the link loses nothing any more: the next probe will be answered")
	return rn.await("the sender knows that the window is open", limit, func() bool { return rn.sender.state().SndWnd > 0 })
}

// findUnaware checks that the receiver's window was open while the sender's was closed.
func (rn *runner) findUnaware(seen *record) {
	var unaware, closed time.Duration
	for _, m := range seen.moments() {
		if m.sender.SndWnd == 0 {
			closed += m.lasted
			if m.receiver.RcvWnd > 0 {
				unaware += m.lasted
			}
		}
	}
	lost := rn.way(rn.receiverEnd()).Filtered
	// Most of each stall is the wait for the second and the third probe.
	rn.find(2*unaware > closed && lost >= updateStalls,
		"a receiver's window is open, and its sender does not know: the only message about it was lost",
		"for %.3f s of the %.3f s for which the sender saw a window of 0, the receiver offered more; the link dropped %d ACKs",
		unaware.Seconds(), closed.Seconds(), lost)
}
