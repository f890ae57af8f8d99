//go:build linux

package experiment

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

var sndbufLimited = Scenario{
	Name: "sndbuf-limited", Chunk: 64 << 10, Teaches: LessonWindow, Link: "delay=20ms", check: checkTransfer, run: runSndbufLimited,
	Summary: "a small send buffer on a long path: no more can be in flight than it holds",
	Expected: kernel.Expected{
		SetUp:  "the send buffer is smaller than what the path could hold",
		Causes: []string{"sender-limited"}, Limit: kernel.LimitSendBuffer,
	},
	Sensitive: append([]Setting{SetChunk, SetRcvBuf, SetSndBuf, SetMTU, SetHold}, reading...),
}

const (
	// fixedSndBuf is the default SO_SNDBUF, far below what the path could hold.
	fixedSndBuf = 32 << 10
	// roomyRcvBuf makes a window with room for several times that. Without it, the kernel
	// makes the window just twice as large as what comes in a round trip.
	roomyRcvBuf = 1 << 20
	// sndbufHold is how long the sender sends: many round trips.
	sndbufHold = 4 * time.Second
	// sndbufPace is 1 Gbit/s, in bytes a second.
	sndbufPace = 125_000_000
	// maxPacket is the most memory of a packet buffer with 64 KB of payload, the most that
	// Linux sends at once.
	maxPacket = 64<<10 + 32<<10
)

// runSndbufLimited sends all it can from a send buffer that is smaller than what the path
// could hold. What was sent stays in it until it is acknowledged, so no more than that
// can be in flight.
func runSndbufLimited(rn *runner) error {
	rn.congestion("reno")
	if rn.cfg.SndBuf == 0 {
		rn.cfg.SndBuf, rn.w.SndBufAsked = fixedSndBuf, fixedSndBuf
	}
	rn.fixRcvBuf(roomyRcvBuf)
	seen := rn.record()
	if err := rn.connect(); err != nil {
		return err
	}
	if err := rn.limitOnlyByBuffer(); err != nil {
		return err
	}
	rn.step("the client sends all it can from a buffer of %d bytes, the server reads at once", rn.cfg.SndBuf)
	r, err := rn.steadyTransfer(sndbufHold)
	if err != nil {
		return err
	}
	if err := rn.closeOrderly(r); err != nil {
		return err
	}
	if rn.paces() {
		rn.alsoRight("BBR spreads what it sends, so that no fixed amount is in flight", "ok")
		rn.w.Expected.Limit = kernel.LimitUnknown
	}
	rn.findBufferInFlight(seen)
	rn.findSndbufLimited()
	rn.findAllRead()
	return nil
}

// limitOnlyByBuffer makes the size of the send buffer hold. By default, the kernel tests
// it only when it needs a new packet buffer (sk_buff), and a last one that Nagle's
// algorithm holds back always has room: small writes fill it again and again.
//
// The kernel counts the time only if something was still to be sent when send() blocked
// (tcp_cwnd_validate), as it is behind a network card. The link takes all at once, so
// that sending is paced like a card would: at 1 Gbit/s.
func (rn *runner) limitOnlyByBuffer() error {
	return errors.Join(
		rn.sender.set(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1, "TCP_NODELAY"),
		rn.sender.set(unix.SOL_SOCKET, unix.SO_MAX_PACING_RATE, sndbufPace, "SO_MAX_PACING_RATE"),
	)
}

// findBufferInFlight checks that what was sent fills the send buffer, and that the window
// has room for more.
func (rn *runner) findBufferInFlight(seen *record) {
	var n, roomy, queued, memory, buffer, window int64
	for _, m := range rn.steadily(seen) {
		s := m.sender
		n++
		if s.SndWnd >= 2*s.SendQueueBytes {
			roomy++
		}
		queued, memory = queued+s.SendQueueBytes, memory+s.WmemQueued
		buffer, window = max(buffer, s.SndBuf), window+s.SndWnd
	}
	n = max(n, 1)
	memory /= n
	// sk_stream_is_writeable wakes send() when a third is free; the last packet buffer
	// may lie beyond the limit, with as much as a packet holds.
	rn.find(memory >= buffer-buffer/3 && memory <= buffer+maxPacket && 10*roomy >= 9*n,
		"what was sent stays in the send buffer until it is acknowledged, and fills it, while the window has room for twice as much",
		"on average %d bytes of payload took %d of %d bytes of the send buffer, and the window was %d bytes",
		queued/n, memory, buffer, window/n)
}

// findSndbufLimited checks what the sender's program and kernel waited for.
func (rn *runner) findSndbufLimited() {
	end, _ := rn.w.At(kernel.MomentEnd)
	s := &end.Sender
	rn.find(2*rn.w.Send.InCall > time.Duration(s.Busy), "send() blocks most of the time, although the receiver reads at once",
		"%d calls took %.3f s in all", rn.w.Send.Calls, rn.w.Send.InCall.Seconds())
	if rn.paces() {
		return
	}
	rn.find(2*s.SndbufLimited > s.Busy && 10*s.RwndLimited < s.Busy,
		"the sender waits for its send buffer most of the time",
		"of %.3f s with data to send, %.3f s limited by the send buffer, %.3f s by the window",
		float64(s.Busy)/1e9, float64(s.SndbufLimited)/1e9, float64(s.RwndLimited)/1e9)
}
