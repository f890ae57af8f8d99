//go:build linux

package experiment

import (
	"time"

	"winwatch/capture/kernel"
)

const (
	// drainProbes is how many probes the stall lasts before the reader wakes.
	drainProbes = 2
	// drainMore is how much the sender sends after the stall.
	drainMore = 2 << 20
	// defaultReadSize is the size of one recv() of a reader that keeps up.
	defaultReadSize = 64 << 10
)

// drain stalls a flood, and then the server reads everything: the window opens,
// send() comes back, and the flood runs on.
func drain(l *lab) error {
	if err := l.connect(); err != nil {
		return err
	}
	l.step("the client sends %d bytes a call; the server does not read yet", l.cfg.Chunk)
	f := l.flood()
	if err := l.stall(f, drainProbes); err != nil {
		return err
	}
	blockedAt := l.sender.sends.entered.Load()
	l.w.Blocked = f.proof(blockedAt)
	stall, _ := l.w.At(kernel.MomentStall)

	l.step("the server reads everything")
	f.limit.Store(stall.AcceptedBytes + drainMore)
	size := l.cfg.ReadSize
	if size == 0 {
		size = defaultReadSize
	}
	wake := time.Now()
	before := l.sender.sends.n.Load()
	r := l.reader(size, l.cfg.ReadInterval, nil, nil)
	if err := l.await("send() came back", l.cfg.Timeout, func() bool { return l.sender.sends.n.Load() > before }); err != nil {
		return err
	}
	cameBack := time.Since(wake)
	if err := l.join(f.thread, "the client has sent all", l.cfg.Timeout); err != nil {
		return err
	}
	if err := l.readAll(l.cfg.Timeout); err != nil {
		return err
	}
	took := time.Since(wake)
	if err := l.closeOrderly(r); err != nil {
		return err
	}

	end, _ := l.w.At(kernel.MomentEnd)
	first, _ := l.w.At(kernel.MomentEstablished)
	l.find(stall.Sender.SndWnd == 0 && end.Sender.SndWnd > 0, "reading opens the window again",
		"the sender saw a window of %d in the stall and %d bytes after it", stall.Sender.SndWnd, end.Sender.SndWnd)
	l.find(end.Sender.SegsOut > stall.Sender.SegsOut && l.w.Send.Calls > before, "the blocked send() comes back by itself, as soon as there is room",
		"it had lasted %.3f s; it returned %v after the reader woke", float64(wake.UnixNano()-blockedAt)/1e9, cameBack.Round(time.Millisecond))
	l.find(end.ReadBytes-stall.ReadBytes >= drainMore, "the flood runs on at the reader's pace",
		"before: %d bytes in %.3f s until send() blocked; after: %d bytes in %.3f s",
		stall.AcceptedBytes, float64(blockedAt-first.Time)/1e9, end.ReadBytes, took.Seconds())
	l.findProbes()
	l.findAllRead()
	return nil
}
