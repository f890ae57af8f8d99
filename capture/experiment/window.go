//go:build linux

package experiment

import (
	"fmt"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

const (
	// shrinkFrom and shrinkTo are the SO_RCVBUF before and after.
	shrinkFrom = 1 << 20
	shrinkTo   = 64 << 10
	// shrinkStep is how many bytes are sent between two readings of the right edge.
	shrinkStep = 1000
)

// windowShrink lowers the receive buffer of a socket whose window is wide open, in a
// kernel that may take back offered window.
func windowShrink(rn *runner) error {
	restore, err := rn.sysctl("tcp_shrink_window", "1")
	if err != nil {
		return err
	}
	defer restore()
	if rn.cfg.RcvBuf == 0 {
		rn.cfg.RcvBuf = shrinkFrom
		rn.w.RcvBufAsked = shrinkFrom
	}
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the server's receive buffer is %d bytes and its window open", rn.cfg.RcvBuf)
	if err := rn.sendAcknowledged(rn.cfg.Chunk, 20); err != nil {
		return err
	}
	wide := rn.sender.state()
	rn.step("the server sets SO_RCVBUF to %d", shrinkTo)
	if err := rn.server.set(unix.SOL_SOCKET, unix.SO_RCVBUF, shrinkTo, "SO_RCVBUF"); err != nil {
		return err
	}
	if err := rn.sendAcknowledged(shrinkStep, 1); err != nil {
		return err
	}
	narrow := rn.sender.state()
	f := rn.flood()
	if err := rn.stall(f, drainProbes); err != nil {
		return err
	}
	if err := rn.endBlocked(f); err != nil {
		return err
	}

	before, after := rightEdge(&wide), rightEdge(&narrow)
	rn.find(narrow.BytesAcked > wide.BytesAcked && after < before,
		"with net.ipv4.tcp_shrink_window a receiver takes back window it has offered (RFC 9293 3.8.6 says it should not)",
		"right edge %d (window %d) before, %d (window %d) after %d more bytes: moved back by %d",
		before, wide.SndWnd, after, narrow.SndWnd, narrow.BytesAcked-wide.BytesAcked, before-after)
	rn.findConserved()
	rn.findProbes()
	return nil
}

// rightEdge returns how far the peer lets the sender go, in bytes from the
// start of the connection: both numbers change together in tcp_ack.
func rightEdge(sender *kernel.SocketState) int64 { return sender.BytesAcked + sender.SndWnd }

// sendAcknowledged sends n chunks and waits after each until it is acknowledged.
func (rn *runner) sendAcknowledged(size, n int) error {
	chunk := payload(size)
	for range n {
		if _, errno := rn.sender.send(chunk); errno != 0 {
			return fmt.Errorf("send: %w", errno)
		}
		err := rn.await("the data was acknowledged", connectTimeout, func() bool { return rn.sender.state().SendQueueBytes == 0 })
		if err != nil {
			return err
		}
	}
	return nil
}

// noScaling runs the classic demonstration in a kernel that does not offer the
// window scale option.
func noScaling(rn *runner) error {
	restore, err := rn.sysctl("tcp_window_scaling", "0")
	if err != nil {
		return err
	}
	defer restore()
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client sends %s a call; neither end scales its window", words.Counted(rn.cfg.Chunk, "byte"))
	f := rn.flood()
	if err := rn.stall(f, drainProbes); err != nil {
		return err
	}
	if err := rn.endBlocked(f); err != nil {
		return err
	}

	end, _ := rn.w.At(kernel.MomentEnd)
	largest := rn.sampler.largestWindow()
	rn.find(end.Sender.WindowScaling == 0 && end.Receiver.WindowScaling == 0 && largest <= 0xffff,
		"without the window scale option no window is larger than 65,535 bytes",
		"scaling in use: %d and %d; the largest window the sender saw was %d", end.Sender.WindowScaling, end.Receiver.WindowScaling, largest)
	rn.find(end.Receiver.UnreadBytes >= largest,
		"the receiver absorbs at least its largest window, usually more: a window is not a buffer size",
		"%d bytes unread, receive buffer %d", end.Receiver.UnreadBytes, end.Receiver.RcvBuf)
	rn.findBlocked("sendto")
	rn.findConserved()
	rn.findProbes()
	return nil
}
