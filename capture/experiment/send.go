//go:build linux

package experiment

import (
	"fmt"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// sendBlocking is the classic demonstration: a client floods a server that
// never reads, until send() blocks.
func sendBlocking(l *lab) error {
	if err := l.connect(); err != nil {
		return err
	}
	l.step("the client sends %d bytes a call; the server never reads", l.cfg.Chunk)
	f := l.flood()
	if err := l.stall(f, defaultProbes); err != nil {
		return err
	}
	if err := l.endBlocked(f); err != nil {
		return err
	}
	l.findBlocked("sendto")
	l.findConserved()
	l.findClosedWindow()
	l.findHalf()
	l.findProbes()
	return nil
}

// endBlocked ends a scenario whose last state is a blocked send().
func (l *lab) endBlocked(f *flood) error {
	l.w.Blocked = f.proof(l.sender.sends.entered.Load())
	if err := l.quiet(); err != nil {
		return err
	}
	l.sender.shutdown(unix.SHUT_RDWR)
	return l.account(f)
}

// account waits until a blocked send() has returned, because the connection is
// down. What it returns then it had handed over to the kernel before: it is
// added to what was accepted.
func (l *lab) account(f *flood) error {
	if err := l.join(f.thread, "the blocked send() returned", connectTimeout); err != nil {
		return err
	}
	end := &l.w.Readings[len(l.w.Readings)-1]
	l.w.BlockedCallBytes = l.sender.sends.bytes.Load() - end.AcceptedBytes
	end.AcceptedBytes += l.w.BlockedCallBytes
	l.w.AcceptedBytes = end.AcceptedBytes
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
		fmt.Sprintf("a blocking %s leaves its thread asleep in the kernel", libraryNames[name]),
		"thread %d: state %s, %s, for %.3f s", b.TID, b.State, where, float64(b.Seen-b.At)/1e9)
}

// libraryNames are what programs call the system calls.
var libraryNames = map[string]string{"sendto": "send()", "recvfrom": "recv()"}

// findConserved judges that no byte is missing between the two programs.
func (l *lab) findConserved() {
	end, ok := l.w.At(kernel.MomentEnd)
	if !ok {
		return
	}
	missing := end.AcceptedBytes - end.ReadBytes - end.Receiver.UnreadBytes - end.Sender.SendQueueBytes
	l.find(missing == 0,
		"what send() accepted and recv() did not take lies in the receive queue and the send queue, to the byte",
		"accepted %d − read %d = %d unread at the receiver + %d in the sender's queue (difference %d)",
		end.AcceptedBytes, end.ReadBytes, end.Receiver.UnreadBytes, end.Sender.SendQueueBytes, missing)
}

// findClosedWindow judges why send() blocks.
func (l *lab) findClosedWindow() {
	end, _ := l.w.At(kernel.MomentEnd)
	s, r := &end.Sender, &end.Receiver
	l.find(s.SndWnd == 0 && s.WmemQueued >= s.SndBuf-s.SndBuf/3,
		"send() blocks because the receiver's window is closed and the send buffer is full",
		"window %d, receive memory %d of %d, send memory %d of %d bytes", s.SndWnd, r.RmemAlloc, r.RcvBuf, s.WmemQueued, s.SndBuf)
}

// findHalf sets the old rule of thumb right.
func (l *lab) findHalf() {
	end, _ := l.w.At(kernel.MomentEnd)
	half := end.AcceptedBytes / 2
	l.find(half != end.Receiver.UnreadBytes,
		"half of what was sent is not the receiver's buffer",
		"%d / 2 = %d, but the receiver absorbed %d and the sender kept %d",
		end.AcceptedBytes, half, end.Receiver.UnreadBytes, end.Sender.SendQueueBytes)
}

// findProbes judges that the closed window was probed, and that both ways of
// counting agree where both are exact. A stall that Config.Hold cut short may
// have ended before the first probe was due, and shows nothing.
func (l *lab) findProbes() {
	count := l.sampler.count()
	end, _ := l.w.At(kernel.MomentEnd)
	if l.cfg.Hold > 0 && l.w.Probes == 0 && int64(l.cfg.Hold) < 2*max(end.Sender.RTO, minProbeInterval) {
		return
	}
	evidence := fmt.Sprintf("%d probes (%s)", l.w.Probes, l.w.ProbesFrom)
	holds := l.w.Probes > 0
	if l.w.ProbesFrom == "TCPWinProbe" {
		evidence = fmt.Sprintf("TCPWinProbe rose by %d, the sender's backoff by %d", l.w.Probes, count.total)
		holds = holds && l.w.Probes == count.total
	}
	l.find(holds, "a sender probes a closed window, each time after twice as long", "%s", evidence)
}
