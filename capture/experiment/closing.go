//go:build linux

package experiment

import (
	"fmt"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// closeUnread has the server close while data lies unread in its queue: that
// is an abort, and the client learns of it as an error.
func closeUnread(l *lab) error {
	if err := l.connect(); err != nil {
		return err
	}
	l.step("the client sends %d bytes a call; the server never reads", l.cfg.Chunk)
	f := l.flood()
	if err := l.stall(f, 0); err != nil {
		return err
	}
	l.w.Blocked = f.proof(l.sender.sends.entered.Load())
	l.rest()
	l.step("the server closes its socket with the data unread")
	l.server.close()
	if err := l.account(f); err != nil {
		return err
	}
	_, again := l.sender.send(payload(1))
	after := l.sender.state()
	if err := l.quiet(); err != nil {
		return err
	}

	end, _ := l.w.At(kernel.MomentEnd)
	aborts, _ := l.w.Counter("TCPAbortOnClose")
	resets, _ := l.w.Counter("OutRsts")
	exact := !l.w.Isolated || aborts == 1 && resets == 1
	l.find(end.Receiver.UnreadBytes > 0 && aborts >= 1 && resets >= 1 && exact,
		"close() with unread data sends a reset instead of a FIN (RFC 2525 2.17)",
		"%d bytes were unread; TCPAbortOnClose rose by %d, OutRsts by %d", end.Receiver.UnreadBytes, aborts, resets)
	l.find(f.errno == unix.ECONNRESET && again == unix.EPIPE,
		"the blocked send() fails with ECONNRESET, the next one with EPIPE",
		"they returned %s and %s", errnoName(f.errno), errnoName(again))
	l.find(after.State == "CLOSED" && end.Sender.SendQueueBytes > 0,
		"what the sender still had queued is lost",
		"%s", fmt.Sprintf("%d bytes were accepted by send() and never acknowledged; the socket is %s", end.Sender.SendQueueBytes, after.State))
	l.findConserved()
	return nil
}
