//go:build linux

package experiment

import (
	"time"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

const (
	// drainProbes is how many probes the stall lasts before the reader wakes.
	drainProbes = 2
	// drainMore is how much the sender sends after the stall.
	drainMore = 2 << 20
	// defaultReadSize is the size of one recv() of a reader that keeps up.
	defaultReadSize = 64 << 10
)

// drain stalls a flood and then lets the server read everything: the window opens,
// send() returns, and the flood continues.
func drain(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client sends %s a call; the server does not read yet", words.Counted(rn.cfg.Chunk, "byte"))
	f := rn.flood()
	if err := rn.stall(f, drainProbes); err != nil {
		return err
	}
	blockedAt := rn.sender.sends.entered.Load()
	rn.w.Blocked = f.proof(blockedAt)
	stall, _ := rn.w.At(kernel.MomentStall)

	rn.step("the server reads everything")
	f.limit.Store(stall.AcceptedBytes + drainMore)
	wake := time.Now()
	before := rn.sender.sends.n.Load()
	r := rn.reader(rn.readSize(), rn.cfg.ReadInterval, nil, nil)
	if err := rn.await("send() came back", rn.cfg.Timeout, func() bool { return rn.sender.sends.n.Load() > before }); err != nil {
		return err
	}
	cameBack := time.Since(wake)
	if err := rn.join(f.thread, "the client has sent all", rn.cfg.Timeout); err != nil {
		return err
	}
	if err := rn.readAll(rn.cfg.Timeout); err != nil {
		return err
	}
	took := time.Since(wake)
	if err := rn.closeOrderly(r); err != nil {
		return err
	}

	end, _ := rn.w.At(kernel.MomentEnd)
	first, _ := rn.w.At(kernel.MomentEstablished)
	rn.find(stall.Sender.SndWnd == 0 && end.Sender.SndWnd > 0, "reading opens the window again",
		"the sender saw a window of %d in the stall and %d bytes after it", stall.Sender.SndWnd, end.Sender.SndWnd)
	rn.find(end.Sender.SegsOut > stall.Sender.SegsOut && rn.w.Send.Calls > before, "the blocked send() comes back by itself, as soon as there is room",
		"it had lasted %.3f s; it returned %v after the reader woke", float64(wake.UnixNano()-blockedAt)/1e9, cameBack)
	rn.find(end.ReadBytes-stall.ReadBytes >= drainMore, "the flood runs on at the reader's pace",
		"before: %d bytes in %.3f s until send() blocked; after: %d bytes in %.3f s",
		stall.AcceptedBytes, float64(blockedAt-first.Time)/1e9, end.ReadBytes, took.Seconds())
	rn.findProbes()
	rn.findAllRead()
	return nil
}
