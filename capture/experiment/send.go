//go:build linux

package experiment

import (
	"fmt"

	"golang.org/x/sys/unix"

	"winwatch/capture"
)

// sendBlocking is the classic demonstration: a client floods a server that
// never reads, until send() blocks.
func sendBlocking(l *lab) error {
	if err := l.connect(); err != nil {
		return err
	}
	l.step("the client sends %d bytes a call; the server never reads", l.cfg.Chunk)
	t := l.flood(0, nil)
	if err := l.stall(t, defaultProbes); err != nil {
		return err
	}
	l.w.Blocked = t.proof(l.sender.sends.entered.Load())
	if err := l.quiet(); err != nil {
		return err
	}
	if err := l.wake(t); err != nil {
		return err
	}
	l.findBlocked("sendto")
	l.findQueues()
	l.findProbes()
	return nil
}

// wake ends a send() that is still blocked. What it then returns is what it had
// handed over to the kernel before: it is added to what was accepted.
func (l *lab) wake(t *thread) error {
	returned := l.sender.sends.bytes.Load()
	l.sender.shutdown(unix.SHUT_RDWR)
	if err := l.join(t, "the blocked send() returned after shutdown()", connectTimeout); err != nil {
		return err
	}
	l.w.BlockedCallBytes = l.sender.sends.bytes.Load() - returned
	l.w.AcceptedBytes += l.w.BlockedCallBytes
	end := &l.w.Readings[len(l.w.Readings)-1]
	end.AcceptedBytes += l.w.BlockedCallBytes
	return nil
}

// findBlocked judges whether the thread slept in the system call.
func (l *lab) findBlocked(name string) {
	b := l.w.Blocked
	known := b.Syscall != ""
	where := "in " + b.Wchan
	if known {
		where = fmt.Sprintf("in %s (system call %d), %s", b.Syscall, b.Number, where)
	}
	l.find(b.State == "S" && (!known || b.Syscall == name),
		fmt.Sprintf("a blocking %s leaves its thread asleep in the kernel", libraryName(name)),
		"thread %d: state %s, %s, for %.3f s", b.TID, b.State, where, float64(b.Seen-b.At)/1e9)
}

// libraryName returns what a program calls the system call.
func libraryName(syscall string) string {
	if syscall == "recvfrom" {
		return "recv()"
	}
	return "send()"
}

// findQueues judges that every accepted byte is in one of the two kernel
// buffers, and both are full.
func (l *lab) findQueues() {
	end, ok := l.w.At(capture.MomentEnd)
	if !ok {
		return
	}
	s, r := &end.Sender, &end.Receiver
	missing := end.AcceptedBytes - end.ReadBytes - r.UnreadBytes - s.SendQueueBytes
	l.find(missing == 0,
		"what send() accepted and recv() did not take lies in the receive queue and the send queue, to the byte",
		"accepted %d − read %d = %d unread at the receiver + %d in the sender's queue (difference %d)",
		end.AcceptedBytes, end.ReadBytes, r.UnreadBytes, s.SendQueueBytes, missing)
	l.find(s.SndWnd == 0,
		"send() blocks because the receiver's window is closed and the send buffer has no room",
		"window %d, receive memory %d of %d, send memory %d of %d bytes", s.SndWnd, r.RmemAlloc, r.RcvBuf, s.WmemQueued, s.SndBuf)
	half := end.AcceptedBytes / 2
	l.find(half != r.UnreadBytes,
		"half of what was sent is not the receiver's buffer",
		"%d / 2 = %d, but the receiver absorbed %d and the sender kept %d",
		end.AcceptedBytes, half, r.UnreadBytes, s.SendQueueBytes)
}

// findProbes judges that the closed window was probed, and that both ways of
// counting agree where both are exact.
func (l *lab) findProbes() {
	count := l.sampler.count()
	evidence := fmt.Sprintf("%d probes (%s)", l.w.Probes, l.w.ProbesFrom)
	holds := l.w.Probes > 0
	if l.w.ProbesFrom == "TCPWinProbe" {
		evidence = fmt.Sprintf("TCPWinProbe rose by %d, the sender's backoff by %d", l.w.Probes, count.total)
		holds = holds && l.w.Probes == count.total
	}
	l.find(holds, "a sender probes a closed window, each time after twice as long", "%s", evidence)
}
