//go:build linux

package experiment

import (
	"cmp"
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

// openings counts how often a receiver's window opened after it had been too small for a
// segment, as reported by its own socket after each recv().
type openings struct {
	last, n, smallest int64
}

// add adds a window; least is the smallest that is large enough.
func (o *openings) add(window, least int64) {
	if o.last != kernel.Unknown && o.last < least && window > o.last {
		o.n++
		if o.n == 1 || window < o.smallest {
			o.smallest = window
		}
	}
	o.last = window
}

// worthwhile returns the smallest window that a receiver opens to: __tcp_select_window
// offers no window smaller than one segment, or half the buffer if that is less (RFC 9293
// 3.8.6.2.2). The kernel's size of a segment is an estimate, which follows what comes.
func worthwhile(receiver *kernel.SocketState) int64 {
	return min(receiver.RcvMSS, receiver.RcvBuf/2) / 2
}

// slowReader makes the server read a little now and then while the client floods
// it: the window closes, and opens in steps much larger than the reads.
func slowReader(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	size, interval := cmp.Or(rn.cfg.ReadSize, slowReadSize), cmp.Or(rn.cfg.ReadInterval, slowReadInterval)
	rn.step("the client floods; the server reads %s every %v", words.Counted(size, "byte"), interval)
	f := rn.flood()
	seen := openings{last: kernel.Unknown}
	stop := make(chan struct{})
	r := rn.reader(size, interval, stop, func() {
		now := rn.receiver.state()
		seen.add(now.RcvWnd, worthwhile(&now))
	})
	err := rn.pauseSteady(cmp.Or(rn.cfg.Hold, slowHold))
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

	rn.findOpenings(&seen, size)
	rn.findConserved()
	return nil
}

// findOpenings checks by how much the window opened, and after how many reads. There is
// nothing to check if it was never too small for a segment, or never opened again.
func (rn *runner) findOpenings(seen *openings, size int) {
	if seen.n == 0 {
		rn.step("the server's reads never opened a closed window: they come too fast for it to close, or are too small and few")
		return
	}
	end, _ := rn.w.At(kernel.MomentEnd)
	least := worthwhile(&end.Receiver)
	reads := words.Counted(rn.w.Recv.Calls, "read") + " of " + words.Counted(size, "byte")
	rn.find(seen.smallest >= least,
		"a window too small for a segment opens by a whole segment or more, however little is read: silly window avoidance",
		"%s opened it %s; the smallest window then was %d bytes, the segment size %d, the buffer %d",
		reads, words.Times(seen.n), seen.smallest, end.Receiver.RcvMSS, end.Receiver.RcvBuf)
	rn.find(end.ReadBytes >= (seen.n-1)*least, "the sender does not learn of each read: it takes a segment's worth or more for the next opening",
		"%s, %s, %s from the receiver in all", reads, words.Counted(seen.n, "opening"), words.Counted(end.Receiver.SegsOut, "segment"))
}
