//go:build linux

package experiment

import (
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

const (
	slowReadSize     = 4 << 10
	slowReadInterval = 10 * time.Millisecond
	slowHold         = 3 * time.Second
)

// openings counts how often a receiver's window opened, as reported by its own
// socket after each recv().
type openings struct {
	last, n, smallest int64
}

func (o *openings) add(window int64) {
	if o.last == 0 && window > 0 {
		o.n++
		if o.n == 1 || window < o.smallest {
			o.smallest = window
		}
	}
	o.last = window
}

// slowReader makes the server read a little now and then while the client floods
// it: the window closes, and opens in steps much larger than the reads.
func slowReader(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	size, interval, hold := rn.cfg.ReadSize, rn.cfg.ReadInterval, rn.cfg.Hold
	if size == 0 {
		size = slowReadSize
	}
	if interval == 0 {
		interval = slowReadInterval
	}
	if hold == 0 {
		hold = slowHold
	}
	rn.step("the client floods; the server reads %s every %v", words.Counted(size, "byte"), interval)
	f := rn.flood()
	seen := openings{last: kernel.Unknown}
	stop := make(chan struct{})
	r := rn.reader(size, interval, stop, func() { seen.add(rn.server.state().RcvWnd) })
	err := rn.pauseSteady(hold)
	close(stop)
	if err != nil {
		return err
	}
	if err := rn.join(r, "the reader stopped", connectTimeout+interval); err != nil {
		return err
	}
	if err := rn.untilBlocked(f.thread, &rn.sender.sends, unix.SYS_SENDTO, "send"); err != nil {
		return err
	}
	if err := rn.read(kernel.MomentStall); err != nil {
		return err
	}
	if err := rn.endBlocked(f); err != nil {
		return err
	}

	end, _ := rn.w.At(kernel.MomentEnd)
	// __tcp_select_window offers no window smaller than one segment, or half the
	// buffer if that is less (RFC 9293 3.8.6.2.2).
	least := min(end.Receiver.RcvMSS, end.Receiver.RcvBuf/2)
	rn.find(seen.n > 0 && seen.smallest >= least/2,
		"a closed window opens in large steps only, however little is read: silly window avoidance",
		"%s of %s opened it %s; the smallest opening was %d bytes, the segment size %d, the buffer %d",
		words.Counted(rn.w.Recv.Calls, "read"), words.Counted(size, "byte"), words.Times(seen.n), seen.smallest, end.Receiver.RcvMSS, end.Receiver.RcvBuf)
	rn.find(rn.w.Recv.Calls > 2*seen.n, "most reads tell the sender nothing",
		"%s, %s, %s from the receiver in all", words.Counted(rn.w.Recv.Calls, "read"), words.Counted(seen.n, "opening"), words.Counted(end.Receiver.SegsOut, "segment"))
	rn.findConserved()
	return nil
}
