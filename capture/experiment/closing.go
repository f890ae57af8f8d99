//go:build linux

package experiment

import (
	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// closeUnread makes the server close while its receive queue holds unread data.
// That aborts the connection, and the client gets an error.
func closeUnread(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client sends %s a call; the server never reads", words.Counted(rn.cfg.Chunk, "byte"))
	f := rn.flood()
	if err := rn.stall(f, 0); err != nil {
		return err
	}
	rn.w.Blocked = f.proof(rn.sender.sends.entered.Load())
	rn.rest()
	rn.step("the server closes its socket with the data unread")
	rn.server.close()
	if err := rn.account(f); err != nil {
		return err
	}
	_, again := rn.sender.send(payload(1))
	after := rn.sender.state()
	if err := rn.quiet(); err != nil {
		return err
	}

	end, _ := rn.w.At(kernel.MomentEnd)
	aborts, _ := rn.w.Counter("TCPAbortOnClose")
	resets, _ := rn.w.Counter("OutRsts")
	// What comes after that, such as a probe that was on its way, is answered with another.
	later := after.SegsOut - end.Sender.SegsOut
	exact := !rn.w.Isolated || aborts == 1 && resets <= 1+later
	rn.find(end.Receiver.UnreadBytes > 0 && aborts >= 1 && resets >= 1 && exact,
		"close() with unread data sends a reset instead of a FIN (RFC 2525 2.17)",
		"%d bytes were unread; TCPAbortOnClose rose by %d, OutRsts by %d; the client sent %s after that",
		end.Receiver.UnreadBytes, aborts, resets, words.Counted(later, "segment"))
	rn.find(f.errno == unix.ECONNRESET && again == unix.EPIPE,
		"the blocked send() fails with ECONNRESET, the next one with EPIPE",
		"they returned %s and %s", errnoName(f.errno), errnoName(again))
	rn.find(after.State == "CLOSED" && end.Sender.SendQueueBytes > 0,
		"what the sender still had queued is lost",
		"%d bytes were accepted by send() and never acknowledged; the socket is %s", end.Sender.SendQueueBytes, after.State)
	rn.findConserved()
	return nil
}
