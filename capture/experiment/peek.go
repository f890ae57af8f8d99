//go:build linux

package experiment

import (
	"bytes"
	"cmp"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

var peek = Scenario{
	Name: "peek", Chunk: 1000, Teaches: LessonWindow, run: runPeek,
	Summary: "recv() with MSG_PEEK: a program that believes that it reads, and a window that closes",
	Expected: kernel.Expected{
		SetUp:  "the server calls recv() with MSG_PEEK, and takes nothing",
		Causes: []string{"receiver-not-reading"}, Limit: kernel.LimitWindow,
	},
	Sensitive: filling,
}

const (
	// peekSize is how much one recv() asks for.
	peekSize = 4 << 10
	// peekInterval is the pause between two of them.
	peekInterval = 10 * time.Millisecond
)

// peeks sums up recv() calls with MSG_PEEK.
type peeks struct {
	n, bytes, changed atomic.Int64
}

// runPeek makes the server call recv() with MSG_PEEK all the time, which returns data and
// leaves it in the queue: its program believes that it reads, and the window closes.
func runPeek(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	size, interval := cmp.Or(rn.cfg.ReadSize, peekSize), cmp.Or(rn.cfg.ReadInterval, peekInterval)
	rn.step("the client sends %d bytes a call; the server calls recv() with MSG_PEEK every %v", rn.cfg.Chunk, interval)
	f := rn.flood()
	p, stop := &peeks{}, make(chan struct{})
	t := rn.peeker(p, size, interval, stop)
	err := rn.stall(f, drainProbes)
	close(stop)
	if err != nil {
		return err
	}
	if err := rn.join(t, "the server stopped", connectTimeout+interval); err != nil {
		return err
	}
	if err := rn.endBlocked(f); err != nil {
		return err
	}
	stall, _ := rn.w.At(kernel.MomentStall)
	end, _ := rn.w.At(kernel.MomentEnd)
	rn.find(p.n.Load() > 1 && p.changed.Load() == 0, "recv() with MSG_PEEK returns the same bytes again and again",
		"%d calls returned %d bytes in all; %d of them did not begin with the bytes of the one before",
		p.n.Load(), p.bytes.Load(), p.changed.Load())
	rn.find(end.Receiver.UnreadBytes >= stall.Receiver.UnreadBytes && end.Receiver.UnreadBytes == end.Receiver.BytesReceived && end.Sender.SndWnd == 0,
		"what is only looked at stays in the receive queue, and the window closes",
		"%d bytes received, %d unread (FIONREAD), window %d", end.Receiver.BytesReceived, end.Receiver.UnreadBytes, end.Sender.SndWnd)
	rn.findConserved()
	rn.findProbes()
	return nil
}

// peeker calls recv() with MSG_PEEK until stop is closed or the peer closes.
func (rn *runner) peeker(p *peeks, size int, interval time.Duration, stop <-chan struct{}) *thread {
	buf, first := make([]byte, size), []byte(nil)
	return rn.spawn(func() error {
		for {
			n, errno := rn.receiver.peek(buf)
			switch {
			case errno == unix.EINTR:
				continue
			case errno != 0:
				return fmt.Errorf("recv with MSG_PEEK: %w", errno)
			case n == 0:
				return nil
			}
			p.n.Add(1)
			p.bytes.Add(int64(n))
			if !bytes.HasPrefix(buf[:n], first) {
				p.changed.Add(1)
			}
			first = bytes.Clone(buf[:n])
			select {
			case <-stop:
				return nil
			case <-time.After(interval):
			}
		}
	})
}

// peek calls recvfrom(2) with MSG_PEEK. It is not among the socket's calls: it takes
// nothing.
func (s *socket) peek(b []byte) (int, unix.Errno) {
	r, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))),
		uintptr(len(b)), unix.MSG_PEEK, 0, 0)
	return result(r, errno), errno
}
