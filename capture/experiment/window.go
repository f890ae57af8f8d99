//go:build linux

package experiment

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

const (
	// shrinkFrom and shrinkTo are the SO_RCVBUF before and after.
	shrinkFrom = 1 << 20
	shrinkTo   = 64 << 10
	// shrinkStep is how many bytes are sent between two readings of the right edge.
	shrinkStep = 1000
	// shrinkWrites is how many times the client writes before that.
	shrinkWrites = 20
)

// checkShrink makes sure that the buffer gets smaller, and that what was sent before still
// fits.
func checkShrink(c *Config, _ *link.Config) error {
	switch {
	case c.RcvBuf != 0 && c.RcvBuf < 2*shrinkTo:
		return fmt.Errorf("receive buffer %d: want %d bytes or more, because it is lowered to %d", c.RcvBuf, 2*shrinkTo, shrinkTo)
	case c.Chunk > shrinkTo/shrinkWrites:
		return fmt.Errorf("chunk size %d: want at most %d bytes, so that %d of them fit into the smaller buffer", c.Chunk, shrinkTo/shrinkWrites, shrinkWrites)
	}
	return nil
}

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
	if err := rn.sendAcknowledged(rn.cfg.Chunk, shrinkWrites); err != nil {
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
	if err := rn.stallShrunk(f); err != nil {
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
	if again := rn.sentAgain(); again > 0 && rn.w.Probes == 0 {
		rn.step("the client had sent data beyond the window that was taken back: it sent that again, %s, instead of probes", words.Times(again))
	} else {
		rn.findProbes()
	}
	return nil
}

// stallShrunk is stall for a sender that may have sent data beyond the window that was taken
// back. It sends that again until it is acknowledged, instead of probes.
func (rn *runner) stallShrunk(f *flood) error {
	if rn.cfg.Hold > 0 {
		return rn.stall(f, drainProbes)
	}
	if err := rn.untilBlocked(f.thread, &rn.sender.sends, unix.SYS_SENDTO, "send"); err != nil {
		return err
	}
	rn.step("send() blocked after %d calls and %d bytes; both ends hold still", rn.sender.sends.n.Load(), rn.sender.sends.bytes.Load())
	limit := max(time.Duration(rn.sender.state().RTO), time.Duration(minProbeInterval))<<drainProbes + settleLimit
	err := rn.await("the closed window was tried twice", limit, func() bool {
		count := rn.sampler.count()
		return count.total+rn.sentAgain() >= drainProbes
	})
	if err != nil {
		return err
	}
	return rn.read(kernel.MomentStall)
}

// sentAgain is how many segments the sender has sent again.
func (rn *runner) sentAgain() int64 { return rn.sender.state().TotalRetrans }

// rightEdge returns how far the peer lets the sender go, in bytes from the
// start of the connection: both numbers change together in tcp_ack.
func rightEdge(sender *kernel.SocketState) int64 { return sender.BytesAcked + sender.SndWnd }

// sendAcknowledged sends n chunks and waits until they are acknowledged.
func (rn *runner) sendAcknowledged(size, n int) error {
	chunk := payload(size)
	for range n {
		if _, errno := rn.sender.send(chunk); errno != 0 {
			return fmt.Errorf("send: %w", errno)
		}
	}
	return rn.await("the data was acknowledged", connectTimeout+10*rn.rtt, func() bool { return rn.sender.state().SendQueueBytes == 0 })
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
