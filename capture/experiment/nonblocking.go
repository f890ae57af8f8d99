//go:build linux

package experiment

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// sendNonblocking fills both buffers with O_NONBLOCK set, then drains the receiver
// step by step until poll() reports room again.
func sendNonblocking(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	if err := errors.Join(rn.sender.nonblocking(true), rn.receiver.nonblocking(true)); err != nil {
		return err
	}
	rn.step("the client sends %s a call with O_NONBLOCK; the server does not read", words.Counted(rn.cfg.Chunk, "byte"))
	first, err := rn.fill()
	if err != nil {
		return err
	}
	if err := rn.read(kernel.MomentStall); err != nil {
		return err
	}
	if rn.cfg.Hold > 0 {
		if err := rn.pause(rn.cfg.Hold); err != nil {
			return err
		}
	}
	full := rn.sender.sends.stats()
	rn.step("send() says EAGAIN after %d bytes; the server reads until poll() says that there is room", full.Bytes)
	drain, err := rn.drainUntilWritable()
	if err != nil {
		return err
	}
	n, errno := rn.sender.send(payload(rn.cfg.Chunk))
	if err := rn.quiet(); err != nil {
		return err
	}

	rn.find(full.WouldBlock > 0 && full.Errors == 0, "a non-blocking send() says EAGAIN where a blocking one would wait",
		"first EAGAIN at byte %d, %d in all until nothing more fitted at byte %d; the longest call took %v",
		first, full.WouldBlock, full.Bytes, full.Longest)
	rn.find(full.Calls >= full.WouldBlock+full.Partial, "a non-blocking send() takes as much as fits and returns that number",
		"%d of %s took only a part", full.Partial, words.Counted(full.Calls, "call"))
	rn.findConserved()
	rn.find(drain.rule(), "poll() says writable when a third of the send buffer is free, not when the first byte is (sk_stream_is_writeable)",
		"%d bytes were read first: not writable with %d of %d bytes of memory in use, writable with %d of %d",
		drain.read, drain.before.WmemQueued, drain.before.SndBuf, drain.after.WmemQueued, drain.after.SndBuf)
	rn.find(errno == 0 && n > 0, "after that send() accepts data again", "send() returned %d", n)
	return nil
}

const (
	// fillTries is how many times in a row, fillPause apart, send() must return
	// EAGAIN before both buffers count as full. Together that is longer than the
	// 200 ms after which a sender uses a small open window.
	fillTries = 5
	fillPause = 100 * time.Millisecond
)

// fill sends until nothing more fits and returns the number of bytes accepted before
// the first EAGAIN.
func (rn *runner) fill() (first int64, err error) {
	chunk := payload(rn.cfg.Chunk)
	first = kernel.Unknown
	for tries := 0; tries < fillTries; {
		_, errno := rn.sender.send(chunk)
		switch errno {
		case 0:
			tries = 0
			if err := rn.ctx.Err(); err != nil {
				return first, err
			}
		case unix.EAGAIN:
			tries++
			if first == kernel.Unknown {
				first = rn.sender.sends.bytes.Load()
			}
			if err := rn.pause(fillPause); err != nil {
				return first, err
			}
		default:
			return first, fmt.Errorf("send: %w", errno)
		}
	}
	return first, nil
}

// drained describes what made poll() report writable.
type drained struct {
	read int64
	// before and after are the sender's states at the last step where it was not
	// writable and at the first where it was.
	before, after kernel.SocketState
}

// rule reports whether the kernel followed its rule: free memory is at least half
// of the used memory (sk_stream_wspace >= sk_stream_min_wspace).
func (d *drained) rule() bool {
	writable := func(s *kernel.SocketState) bool { return s.SndBuf-s.WmemQueued >= s.WmemQueued/2 }
	return writable(&d.after) && !writable(&d.before)
}

// drainStep is how much is read between two polls.
const drainStep = 32 << 10

// drainUntilWritable reads a little at a time and, once both ends have come to rest,
// polls the sender.
func (rn *runner) drainUntilWritable() (drained, error) {
	var d drained
	size := rn.cfg.ReadSize
	if size == 0 {
		size = drainStep
	}
	buf := make([]byte, size)
	for {
		if err := rn.restBriefly(); err != nil {
			return d, err
		}
		state := rn.sender.state()
		ready, err := pollNow(rn.sender.fd, unix.POLLOUT)
		if err != nil {
			return d, err
		}
		if ready {
			d.after = state
			return d, nil
		}
		d.before = state
		n, errno := rn.receiver.recv(buf)
		if errno != 0 && errno != unix.EAGAIN {
			return d, fmt.Errorf("recv: %w", errno)
		}
		d.read += int64(n)
		if err := rn.pause(rn.cfg.ReadInterval); err != nil {
			return d, err
		}
	}
}

// restBriefly waits until nothing is in flight and two readings agree.
func (rn *runner) restBriefly() error {
	last := rn.reading("")
	return rn.await("the connection came to rest", settleLimit, func() bool {
		r := rn.reading("")
		still := stillReading(&last, &r) && r.Sender.Unacked <= 0
		last = r
		return still
	})
}

// pollNow calls poll() without waiting.
func pollNow(fd int, events int16) (bool, error) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: events}}
	for {
		_, err := unix.Poll(fds, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("poll: %w", err)
		}
		return fds[0].Revents&events != 0, nil
	}
}
