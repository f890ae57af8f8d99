//go:build linux

package experiment

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

var deadlock = Scenario{
	Name: "deadlock", Chunk: 1000, Teaches: LessonApps, run: runDeadlock,
	Summary: "both programs send, and neither reads: each waits for the other, for ever",
	Expected: kernel.Expected{
		SetUp: "both programs send without end, and neither reads", Causes: []string{"deadlock"}, Limit: kernel.LimitWindow,
	},
	Sensitive: append([]Setting{SetHold}, filling...),
}

// runDeadlock makes both programs send until both are blocked. Either of them would
// read next, if only its send() came back.
func runDeadlock(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("client and server both send %d bytes a call; neither reads", rn.cfg.Chunk)
	there, back := rn.flood(), rn.floodFrom(rn.receiver)
	err := errors.Join(
		rn.untilBlocked(there.thread, &rn.sender.sends, unix.SYS_SENDTO, "the client's send"),
		rn.untilBlocked(back.thread, &rn.receiver.sends, unix.SYS_SENDTO, "the server's send"))
	if err != nil {
		return err
	}
	rn.step("both are blocked in send(), so neither will ever call recv()")
	err = rn.await("both windows were closed", connectTimeout, func() bool {
		return rn.sender.state().SndWnd == 0 && rn.receiver.state().SndWnd == 0
	})
	if err != nil {
		return err
	}
	if err := rn.read(kernel.MomentStall); err != nil {
		return err
	}
	if err := rn.hold(defaultProbes); err != nil {
		return err
	}
	other := back.proof(rn.receiver.sends.entered.Load())
	if err := rn.endBothBlocked(there, back); err != nil {
		return err
	}
	rn.findBothBlocked(other)
	rn.findBothClosed()
	rn.findNothingMoves()
	rn.findConserved()
	rn.findConservedBack()
	rn.findBothProbe()
	return nil
}

// endBothBlocked ends a scenario whose last state is a blocked send() at both ends.
func (rn *runner) endBothBlocked(there, back *flood) error {
	rn.w.Blocked = there.proof(rn.sender.sends.entered.Load())
	if err := rn.quiet(); err != nil {
		return err
	}
	rn.sender.shutdown(unix.SHUT_RDWR)
	rn.receiver.shutdown(unix.SHUT_RDWR)
	if err := rn.account(there); err != nil {
		return err
	}
	if err := rn.join(back.thread, "the other blocked send() returned", connectTimeout); err != nil {
		return err
	}
	rn.w.Readings[len(rn.w.Readings)-1].BackAcceptedBytes = rn.receiver.sends.bytes.Load()
	return nil
}

// findBothBlocked checks that both threads sleep in send(). The other one is the
// receiver's.
func (rn *runner) findBothBlocked(other *kernel.BlockedCall) {
	asleep := func(b *kernel.BlockedCall) bool { return b.State == "S" && (b.Syscall == "" || b.Syscall == "sendto") }
	b := rn.w.Blocked
	rn.find(asleep(b) && asleep(other), "both programs sleep in send(), at the same time",
		"the client's thread for %v, the server's for %v; both in %s",
		time.Duration(b.Seen-b.At), time.Duration(other.Seen-other.At), b.Wchan)
}

// findBothClosed checks that each end has closed its window to the other, because
// nobody reads what fills its receive buffer.
func (rn *runner) findBothClosed() {
	end, _ := rn.w.At(kernel.MomentEnd)
	s, r := &end.Sender, &end.Receiver
	rn.find(s.SndWnd == 0 && r.SndWnd == 0 && s.UnreadBytes > 0 && r.UnreadBytes > 0,
		"each has closed its window to the other, because nobody reads what it has received",
		"window %d and %d; %d bytes lie unread at the server, %d at the client", s.SndWnd, r.SndWnd, r.UnreadBytes, s.UnreadBytes)
}

// findNothingMoves checks that neither time nor the probes help.
func (rn *runner) findNothingMoves() {
	stall, _ := rn.w.At(kernel.MomentStall)
	end, _ := rn.w.At(kernel.MomentEnd)
	moved := end.Receiver.BytesReceived - stall.Receiver.BytesReceived + end.Sender.BytesReceived - stall.Sender.BytesReceived
	rn.find(moved == 0 && end.ReadBytes == 0 && end.BackReadBytes == 0,
		"nothing inside TCP ends it: the probes are answered, and the windows stay closed until a program reads",
		"%d bytes moved in %v; the server has read %d bytes and the client %d",
		moved, time.Duration(end.Time-stall.Time), end.ReadBytes, end.BackReadBytes)
}

// findBothProbe checks that both ends probe the other's window, and that both ways of
// counting agree where both are exact.
func (rn *runner) findBothProbe() {
	there, back := rn.sampler.count(), rn.sampler.countBack()
	sum := there.total + back.total
	counted, ok := rn.w.Counter("TCPWinProbe")
	rn.find(there.total > 0 && back.total > 0 && (!rn.w.Isolated || !ok || counted == sum),
		"both senders probe: that both have data to send is what makes this a deadlock",
		"the client sent %d probes and the server %d; TCPWinProbe rose by %d", there.total, back.total, counted)
}

// findConservedBack is findConserved for the other direction.
func (rn *runner) findConservedBack() {
	end, _ := rn.w.At(kernel.MomentEnd)
	missing := end.BackAcceptedBytes - end.BackReadBytes - end.Sender.UnreadBytes - end.Receiver.SendQueueBytes
	rn.find(missing == 0, "the same holds the other way round",
		"accepted %d − read %d = %d unread at the client + %d in the server's queue (difference %d)",
		end.BackAcceptedBytes, end.BackReadBytes, end.Sender.UnreadBytes, end.Receiver.SendQueueBytes, missing)
}
