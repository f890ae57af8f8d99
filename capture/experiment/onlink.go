//go:build linux

package experiment

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"winwatch/capture"
	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

// longPath is the shortest round trip that shows in a throughput, because a host takes some
// time to wake its threads: a busy one a few milliseconds.
const longPath = 20 * time.Millisecond

// checkLongPath makes sure that the path, not the hosts, decides how long a round trip takes.
func checkLongPath(_ *Config, l *link.Config) error {
	if rtt := l.RTT(); rtt < longPath {
		return fmt.Errorf("a link with a round trip of %v: want %v or more, so that the path decides and not the hosts", rtt, longPath)
	}
	return nil
}

// checkTransfer makes sure that nothing but what the scenario sets up makes the sender slow
// down: each lost or late packet does, too.
func checkTransfer(c *Config, l *link.Config) error {
	for i := range l.Ways {
		if w := &l.Ways[i]; w.Loss > 0 || w.Reorder > 0 {
			return errors.New("a link that loses or reorders packets: want one that doesn't, because each time the sender slows down, and that would be the limit")
		}
	}
	return checkLongPath(c, l)
}

// dropIf makes the link drop the segments from one end for which is returns true. is
// is called by one thread at a time.
func (rn *runner) dropIf(from kernel.End, is func(*capture.Segment) bool) {
	var d capture.Decoder
	var s capture.Segment
	rn.link.Drop(func(p link.Packet) bool {
		return p.From == from && d.Decode(capture.LinkRaw, p.Data, len(p.Data), &s) == capture.Kept && is(&s)
	})
}

// way returns what the link has done so far to what one end sent.
func (rn *runner) way(from kernel.End) kernel.Way { return rn.link.Report().Ways[from] }

// receiverEnd is the end that receives.
func (rn *runner) receiverEnd() kernel.End { return rn.w.Sender.Peer() }

// dropped is the number of packets that a link did not deliver on purpose.
func dropped(w kernel.Way) int64 { return w.QueueFull + w.Lost + w.Filtered }

// at is where the capture is taken that is analyzed.
func (rn *runner) at() Point {
	if len(rn.cfg.At) > 0 {
		return rn.cfg.At[0]
	}
	return AtClient
}

// hidden adds a cause that is right as well if the capture is not taken at the sender:
// away from it, it does not show what keeps the sender from sending faster.
func (rn *runner) hidden() {
	if rn.at() != Point(rn.w.Sender) {
		rn.alsoRight("away from the sender, what limits it does not show", "ok")
	}
}

// alsoRight adds a cause that is right as well, and why.
func (rn *runner) alsoRight(why, code string) {
	e := &rn.w.Expected
	e.SetUp += "; " + why
	e.Causes = append(slices.Clone(e.Causes), code)
}
