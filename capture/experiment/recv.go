//go:build linux

package experiment

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/experiment/link"
	"winwatch/capture/words"
)

// answerMost is how much the server sends at the most: so much fits into the first window,
// together with the memory that segments of Ethernet's size take, and the server's send() does
// not wait.
const answerMost = 32 << 10

// checkAnswer makes sure that the receive buffer holds all that the server sends.
func checkAnswer(c *Config, _ *link.Config) error {
	most := answerMost
	if c.RcvBuf != 0 {
		most = max(min(most, c.RcvBuf/2), 1)
	}
	if c.Chunk > most {
		return fmt.Errorf("chunk size %d: want at most %d bytes, so that the receive buffer takes all of it at once", c.Chunk, most)
	}
	return nil
}

// recvBlocking shows what wakes a client that waits in recv(): data and the peer's
// FIN, but not a signal.
func recvBlocking(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	rn.step("the client calls recv(); the server sends nothing yet")
	var woke time.Time // when the last recv() returned
	t := rn.reader(max(rn.cfg.Chunk, 1), 0, nil, func() { woke = time.Now() })
	inRecv := func() error { return rn.untilBlocked(t, &rn.client.recvs, unix.SYS_RECVFROM, "recv") }
	if err := inRecv(); err != nil {
		return err
	}
	if err := rn.pause(rn.cfg.Hold); err != nil {
		return err
	}
	rn.w.Blocked = t.proof(rn.client.recvs.entered.Load())

	if err := t.interrupt(); err != nil {
		return err
	}
	if err := rn.pause(blockedFor + 2*rn.rtt); err != nil {
		return err
	}
	afterSignal := rn.client.recvs.stats()

	rn.step("the server sends %s", words.Counted(rn.cfg.Chunk, "byte"))
	sent := time.Now()
	mss := rn.server.state().SndMSS
	n, errno := rn.server.send(payload(rn.cfg.Chunk))
	if errno != 0 {
		return fmt.Errorf("send: %w", errno)
	}
	if err := errors.Join(rn.readAll(connectTimeout), inRecv()); err != nil {
		return err
	}
	afterData := rn.client.recvs.stats()
	latency := woke.Sub(sent)

	rn.step("the server closes its direction")
	if err := rn.closeOrderly(t); err != nil {
		return err
	}
	rn.findBlocked("recvfrom")
	rn.find(afterSignal.Calls == 0 && afterSignal.Interrupted == 0,
		"a signal whose handler was installed with SA_RESTART does not end a recv()", "%s had returned after it", words.Counted(afterSignal.Calls, "call"))
	// What does not fit into one segment may come in several parts.
	once := afterData.Calls == afterSignal.Calls+1 || afterData.Calls > 0 && int64(n) > mss
	rn.find(afterData.Bytes == int64(n) && once, "data wakes it: recv() returns what is there",
		"%s sent, %d returned by %s, %v after send() was called", words.Counted(n, "byte"), afterData.Bytes, words.Counted(afterData.Calls, "call"), latency)
	rn.find(rn.w.Recv.EOFs == 1, "the peer's FIN wakes it: recv() returns 0", "%s returned 0", words.Counted(rn.w.Recv.EOFs, "call"))
	rn.findAllRead()
	return nil
}

// recvNonblocking shows the results of recv() other than data: EAGAIN, EINTR and 0.
func recvNonblocking(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	if err := rn.client.nonblocking(true); err != nil {
		return err
	}
	rn.step("the client calls recv() with O_NONBLOCK; there is nothing to read")
	buf := make([]byte, max(2*rn.cfg.Chunk, rn.cfg.ReadSize))
	_, empty := rn.client.recv(buf)
	if err := rn.pause(rn.cfg.Hold); err != nil {
		return err
	}

	rn.step("the server sends %s", words.Counted(rn.cfg.Chunk, "byte"))
	sent, errno := rn.server.send(payload(rn.cfg.Chunk))
	if errno != 0 {
		return fmt.Errorf("send: %w", errno)
	}
	err := rn.await("all of it has arrived", connectTimeout, func() bool { return rn.client.state().UnreadBytes == int64(sent) })
	if err != nil {
		return err
	}
	readable, err := pollNow(rn.client.fd, unix.POLLIN)
	if err != nil {
		return err
	}
	got, dataErrno := rn.client.recv(buf)
	_, emptyAgain := rn.client.recv(buf)

	rn.step("a signal arrives while recv() blocks")
	interrupted, err := rn.interruptRecv(buf)
	if err != nil {
		return err
	}

	rn.step("the server closes its direction")
	if err := rn.closeOrderly(); err != nil {
		return err
	}
	eof, eofErrno := rn.client.recv(buf)
	rn.w.Recv = rn.client.recvs.stats()

	rn.find(empty == unix.EAGAIN && emptyAgain == unix.EAGAIN, "a non-blocking recv() says EAGAIN when nothing is there",
		"before the data %s, after it %s", errnoName(empty), errnoName(emptyAgain))
	rn.find(readable && dataErrno == 0 && got == sent, "poll() says readable when data is there, and recv() returns all of it if it fits",
		"%s sent, %d returned", words.Counted(sent, "byte"), got)
	rn.find(interrupted == unix.EINTR, "a signal ends a blocking recv() that has a time-out with EINTR",
		"SO_RCVTIMEO was set, the call returned %s", errnoName(interrupted))
	rn.find(eof == 0 && eofErrno == 0, "after the peer's FIN recv() returns 0, which is neither an error nor EAGAIN", "recv() returned %d", eof)
	rn.findAllRead()
	return nil
}

// interruptRecv sends a signal to a thread that blocks in recv() with a time-out
// set, which makes the kernel return EINTR instead of restarting the call
// (signal(7)).
func (rn *runner) interruptRecv(buf []byte) (unix.Errno, error) {
	err := errors.Join(rn.client.nonblocking(false), rn.client.timeouts(connectTimeout))
	if err != nil {
		return 0, err
	}
	var errno unix.Errno
	var sent atomic.Bool // a signal of Go's own is not meant
	t := rn.spawn(func() error {
		for {
			if _, errno = rn.client.recv(buf); errno != unix.EINTR || sent.Load() {
				return nil
			}
		}
	})
	if err := rn.untilBlocked(t, &rn.client.recvs, unix.SYS_RECVFROM, "recv"); err != nil {
		return 0, err
	}
	rn.w.Blocked = t.proof(rn.client.recvs.entered.Load())
	sent.Store(true)
	if err := t.interrupt(); err != nil {
		return 0, err
	}
	if err := rn.join(t, "recv() returned", connectTimeout); err != nil {
		return 0, err
	}
	return errno, errors.Join(rn.client.timeouts(0), rn.client.nonblocking(true))
}
