//go:build linux

package experiment

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

var overhead = Scenario{
	Name: "overhead", Chunk: 10, Teaches: LessonWindow, Link: "delay=1ms", run: runOverhead,
	Summary: "tiny segments: each takes far more memory than its payload, and fills the buffer before the window is full",
	Expected: kernel.Expected{
		SetUp:  "the client sends tiny segments, and the server never reads",
		Causes: []string{"receiver-not-reading", "receiver-memory"},
	},
	Sensitive: append([]Setting{SetHold}, filling...),
}

const (
	// overheadRcvBuf is the receiver's SO_RCVBUF: small, so that it fills in seconds.
	overheadRcvBuf = 16 << 10
	// overheadPause is the pause after each write: without it, the sender's kernel would
	// put several into one segment.
	overheadPause = 200 * time.Microsecond
	// overheadLimit is how long filling the buffer may take.
	overheadLimit = 20 * time.Second
)

// runOverhead sends tiny segments that nobody reads. The kernel counts the memory of each
// packet, so that the buffer is full long before the payload fills it. Then it copies the
// payload of many packets into few (tcp_collapse), until nothing more is to be gained.
func runOverhead(rn *runner) error {
	rn.fixRcvBuf(overheadRcvBuf)
	seen := rn.record()
	if err := rn.connect(); err != nil {
		return err
	}
	if err := rn.sender.set(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1, "TCP_NODELAY"); err != nil {
		return err
	}
	rn.step("the client sends segments of %d bytes; the server never reads", rn.cfg.Chunk)
	t := rn.trickle()
	err := rn.await("the window closed", overheadLimit, func() bool { return t.ended() || rn.sender.state().SndWnd == 0 })
	if err != nil {
		return err
	}
	if err := rn.hold(drainProbes); err != nil {
		return err
	}
	if err := rn.read(kernel.MomentStall); err != nil {
		return err
	}
	if err := rn.quiet(); err != nil {
		return err
	}
	rn.sender.shutdown(unix.SHUT_RDWR)
	if err := rn.join(t, "the client stopped", connectTimeout); err != nil {
		return err
	}
	rn.findOverhead(seen)
	rn.findConserved()
	rn.findProbes()
	return nil
}

// trickle starts a thread that sends small segments until the window is closed.
func (rn *runner) trickle() *thread {
	chunk := payload(rn.cfg.Chunk)
	return rn.spawn(func() error {
		for rn.sender.state().SndWnd > 0 {
			if _, errno := rn.sender.send(chunk); errno != 0 {
				return fmt.Errorf("send: %w", errno)
			}
			time.Sleep(overheadPause)
		}
		return nil
	})
}

// findOverhead checks that packets took much more memory than their payload, and that
// the kernel had to make room before the window was full.
func (rn *runner) findOverhead(seen *record) {
	var memory, unread int64
	for _, m := range seen.moments() {
		if r := m.receiver; r.UnreadBytes > 0 && (unread == 0 || r.RmemAlloc*unread > memory*r.UnreadBytes) && 2*r.RmemAlloc > r.RcvBuf {
			memory, unread = r.RmemAlloc, r.UnreadBytes
		}
	}
	end, _ := rn.w.At(kernel.MomentEnd)
	collapsed, _ := rn.w.Counter("TCPRcvCollapsed")
	rn.find(unread > 0 && memory >= 2*unread, "a packet takes more memory than its payload, and the buffer counts the memory",
		"with %d bytes unread, their packets took %d of %d bytes of buffer: %d times as much", unread, memory, end.Receiver.RcvBuf, memory/max(unread, 1))
	rn.find(collapsed > 0, "when the buffer is full although the window is not, the kernel copies the payload of many packets into few",
		"it did away with %d packets (TCPRcvCollapsed), %d segments had come; at the end, %d bytes of payload took %d bytes",
		collapsed, end.Receiver.DataSegsIn, end.Receiver.UnreadBytes, end.Receiver.RmemAlloc)
}
