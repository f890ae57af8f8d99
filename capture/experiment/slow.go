//go:build linux

package experiment

import (
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

const (
	slowReadSize     = 4 << 10
	slowReadInterval = 10 * time.Millisecond
	slowHold         = 3 * time.Second
)

// openings are the times that a receiver's window grew from closed, as its own
// socket told after each recv().
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

// slowReader has the server read a little now and then while the client floods
// it: the window closes and opens in steps that are much larger than the reads.
func slowReader(l *lab) error {
	if err := l.connect(); err != nil {
		return err
	}
	size, interval, hold := l.cfg.ReadSize, l.cfg.ReadInterval, l.cfg.Hold
	if size == 0 {
		size = slowReadSize
	}
	if interval == 0 {
		interval = slowReadInterval
	}
	if hold == 0 {
		hold = slowHold
	}
	l.step("the client floods; the server reads %d bytes every %v", size, interval)
	f := l.flood()
	seen := openings{last: kernel.Unknown}
	stop := make(chan struct{})
	r := l.reader(size, interval, stop, func() { seen.add(l.server.state().RcvWnd) })
	err := l.pause(hold)
	close(stop)
	if err != nil {
		return err
	}
	if err := l.join(r, "the reader stopped", connectTimeout+interval); err != nil {
		return err
	}
	if err := l.untilBlocked(f.thread, &l.sender.sends, unix.SYS_SENDTO, "send"); err != nil {
		return err
	}
	if err := l.read(kernel.MomentStall); err != nil {
		return err
	}
	if err := l.endBlocked(f); err != nil {
		return err
	}

	end, _ := l.w.At(kernel.MomentEnd)
	// __tcp_select_window: a window below one segment, or below half the buffer
	// if that is less, is not offered (RFC 9293 3.8.6.2.2).
	least := min(end.Receiver.RcvMSS, end.Receiver.RcvBuf/2)
	l.find(seen.n > 0 && seen.smallest >= least/2,
		"a closed window opens in large steps only, however little is read: silly window avoidance",
		"%d reads of %d bytes opened it %d times; the smallest opening was %d bytes, the segment size %d, the buffer %d",
		l.w.Recv.Calls, size, seen.n, seen.smallest, end.Receiver.RcvMSS, end.Receiver.RcvBuf)
	l.find(l.w.Recv.Calls > 2*seen.n, "most reads tell the sender nothing",
		"%d reads, %d openings, %d segments from the receiver in all", l.w.Recv.Calls, seen.n, end.Receiver.SegsOut)
	l.findConserved()
	return nil
}
