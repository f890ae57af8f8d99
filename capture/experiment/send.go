//go:build linux

package experiment

import (
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// sendBlocking is the classic demonstration: a client floods a server that
// never reads, until send() blocks.
func sendBlocking(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client sends %s a call; the server never reads", words.Counted(rn.cfg.Chunk, "byte"))
	f := rn.flood()
	if err := rn.stall(f, defaultProbes); err != nil {
		return err
	}
	if err := rn.endBlocked(f); err != nil {
		return err
	}
	rn.findBlocked("sendto")
	rn.findConserved()
	rn.findClosedWindow()
	rn.findHalf()
	rn.findProbes()
	return nil
}

// endBlocked ends a scenario whose last state is a blocked send().
func (rn *runner) endBlocked(f *flood) error {
	rn.w.Blocked = f.proof(rn.sender.sends.entered.Load())
	if err := rn.quiet(); err != nil {
		return err
	}
	rn.sender.shutdown(unix.SHUT_RDWR)
	return rn.account(f)
}

// account waits until the blocked send() returns because the connection is down.
// The bytes it returns then were handed over before: they are added to the accepted
// bytes.
func (rn *runner) account(f *flood) error {
	if err := rn.join(f.thread, "the blocked send() returned", connectTimeout); err != nil {
		return err
	}
	end := &rn.w.Readings[len(rn.w.Readings)-1]
	rn.w.BlockedCallBytes = rn.sender.sends.bytes.Load() - end.AcceptedBytes
	end.AcceptedBytes += rn.w.BlockedCallBytes
	rn.w.AcceptedBytes = end.AcceptedBytes
	return nil
}

// findBlocked checks that the thread slept in the system call.
func (rn *runner) findBlocked(name string) {
	b := rn.w.Blocked
	known := b.Syscall != ""
	where := "in " + b.Wchan
	if known {
		where = fmt.Sprintf("in %s (system call %d), %s", b.Syscall, b.Number, where)
	}
	rn.find(b.State == "S" && (!known || b.Syscall == name),
		fmt.Sprintf("a blocking %s leaves its thread asleep in the kernel", libraryNames[name]),
		"thread %s: state %s, %s, for %.3f s", strconv.Itoa(b.TID), b.State, where, float64(b.Seen-b.At)/1e9)
}

// libraryNames maps system calls to the C library functions that programs call.
var libraryNames = map[string]string{"sendto": "send()", "recvfrom": "recv()"}

// findConserved checks that no byte is missing between the two programs.
func (rn *runner) findConserved() {
	end, ok := rn.w.At(kernel.MomentEnd)
	if !ok {
		return
	}
	missing := end.AcceptedBytes - end.ReadBytes - end.Receiver.UnreadBytes - end.Sender.SendQueueBytes
	rn.find(missing == 0,
		"what send() accepted and recv() did not take lies in the receive queue and the send queue, to the byte",
		"accepted %d − read %d = %d unread at the receiver + %d in the sender's queue (difference %d)",
		end.AcceptedBytes, end.ReadBytes, end.Receiver.UnreadBytes, end.Sender.SendQueueBytes, missing)
}

// findClosedWindow checks why send() blocks.
func (rn *runner) findClosedWindow() {
	end, _ := rn.w.At(kernel.MomentEnd)
	s, r := &end.Sender, &end.Receiver
	rn.find(s.SndWnd == 0 && s.WmemQueued >= s.SndBuf-s.SndBuf/3,
		"send() blocks because the receiver's window is closed and the send buffer is full",
		"window %d, receive memory %d of %d, send memory %d of %d bytes", s.SndWnd, r.RmemAlloc, r.RcvBuf, s.WmemQueued, s.SndBuf)
}

// findHalf refutes an old rule of thumb about the receiver's buffer.
func (rn *runner) findHalf() {
	end, _ := rn.w.At(kernel.MomentEnd)
	half := end.AcceptedBytes / 2
	rn.find(half != end.Receiver.UnreadBytes,
		"half of what was sent is not the receiver's buffer",
		"%d / 2 = %d, but the receiver absorbed %d and the sender kept %d",
		end.AcceptedBytes, half, end.Receiver.UnreadBytes, end.Sender.SendQueueBytes)
}

// findProbes checks that the closed window was probed, and that both ways of
// counting agree where both are exact. It finds nothing if Config.Hold ended the
// stall before the first probe was due.
func (rn *runner) findProbes() {
	count := rn.sampler.count()
	end, _ := rn.w.At(kernel.MomentEnd)
	if rn.cfg.Hold > 0 && rn.w.Probes == 0 && int64(rn.cfg.Hold) < 2*max(end.Sender.RTO, minProbeInterval) {
		return
	}
	evidence := words.Counted(rn.w.Probes, "probe") + " (" + rn.w.ProbesFrom + ")"
	holds := rn.w.Probes > 0
	if rn.w.ProbesFrom == "TCPWinProbe" {
		evidence = fmt.Sprintf("TCPWinProbe rose by %d, the sender's backoff by %d", rn.w.Probes, count.total)
		// The backoff is read now and then, which misses a probe just before a read opens the
		// window.
		missed := rn.w.Probes - count.total
		holds = holds && (missed == 0 || missed > 0 && rn.w.Recv.Bytes > 0)
	}
	rn.find(holds, "a sender probes a closed window, each time after twice as long", "%s", evidence)
}
