//go:build linux

package experiment

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// recvBlocking shows a client that waits in recv(), and what wakes it: data and
// the peer's FIN, but not a signal.
func recvBlocking(l *lab) error {
	if err := l.connect(); err != nil {
		return err
	}
	l.step("the client calls recv(); the server has nothing to say")
	var woke time.Time // when the last recv() returned
	t := l.reader(max(l.cfg.Chunk, 1), 0, nil, func() { woke = time.Now() })
	inRecv := func() error { return l.untilBlocked(t, &l.client.recvs, unix.SYS_RECVFROM, "recv") }
	if err := inRecv(); err != nil {
		return err
	}
	if err := l.pause(l.cfg.Hold); err != nil {
		return err
	}
	l.w.Blocked = t.proof(l.client.recvs.entered.Load())

	if err := t.interrupt(); err != nil {
		return err
	}
	if err := l.pause(blockedFor); err != nil {
		return err
	}
	afterSignal := l.client.recvs.stats()

	l.step("the server sends %d bytes", l.cfg.Chunk)
	sent := time.Now()
	n, errno := l.server.send(payload(l.cfg.Chunk))
	if errno != 0 {
		return fmt.Errorf("send: %w", errno)
	}
	if err := errors.Join(l.readAll(connectTimeout), inRecv()); err != nil {
		return err
	}
	afterData := l.client.recvs.stats()
	latency := woke.Sub(sent)

	l.step("the server closes its direction")
	if err := l.closeOrderly(t); err != nil {
		return err
	}
	l.findBlocked("recvfrom")
	l.find(afterSignal.Calls == 0 && afterSignal.Interrupted == 0,
		"a signal whose handler was installed with SA_RESTART does not end a recv()", "%d calls had returned after it", afterSignal.Calls)
	l.find(afterData.Bytes == int64(n) && afterData.Calls == afterSignal.Calls+1, "data wakes it: recv() returns what is there",
		"%d bytes sent, %d returned by %d call, %v after send() was called", n, afterData.Bytes, afterData.Calls, latency.Round(time.Microsecond))
	l.find(l.w.Recv.EOFs == 1, "the peer's FIN wakes it: recv() returns 0", "%d calls returned 0", l.w.Recv.EOFs)
	l.findAllRead()
	return nil
}

// recvNonblocking shows the results of recv() that are not data: EAGAIN, EINTR
// and 0.
func recvNonblocking(l *lab) error {
	if err := l.connect(); err != nil {
		return err
	}
	if err := l.client.nonblocking(true); err != nil {
		return err
	}
	l.step("the client calls recv() with O_NONBLOCK; there is nothing to read")
	buf := make([]byte, max(2*l.cfg.Chunk, l.cfg.ReadSize))
	_, empty := l.client.recv(buf)
	if err := l.pause(l.cfg.Hold); err != nil {
		return err
	}

	l.step("the server sends %d bytes", l.cfg.Chunk)
	sent, errno := l.server.send(payload(l.cfg.Chunk))
	if errno != 0 {
		return fmt.Errorf("send: %w", errno)
	}
	err := l.await("all of it has arrived", connectTimeout, func() bool { return l.client.state().UnreadBytes == int64(sent) })
	if err != nil {
		return err
	}
	readable, err := pollNow(l.client.fd, unix.POLLIN)
	if err != nil {
		return err
	}
	got, dataErrno := l.client.recv(buf)
	_, emptyAgain := l.client.recv(buf)

	l.step("a signal arrives while recv() blocks")
	interrupted, err := l.interruptRecv(buf)
	if err != nil {
		return err
	}

	l.step("the server closes its direction")
	if err := l.closeOrderly(); err != nil {
		return err
	}
	eof, eofErrno := l.client.recv(buf)
	l.w.Recv = l.client.recvs.stats()

	l.find(empty == unix.EAGAIN && emptyAgain == unix.EAGAIN, "a non-blocking recv() says EAGAIN when nothing is there",
		"before the data %s, after it %s", errnoName(empty), errnoName(emptyAgain))
	l.find(readable && dataErrno == 0 && got == sent, "poll() says readable when data is there, and recv() returns all of it if it fits",
		"%d bytes sent, %d returned", sent, got)
	l.find(interrupted == unix.EINTR, "a signal ends a blocking recv() that has a time-out with EINTR",
		"SO_RCVTIMEO was set, the call returned %s", errnoName(interrupted))
	l.find(eof == 0 && eofErrno == 0, "after the peer's FIN recv() returns 0, which is no error and no EAGAIN", "recv() returned %d", eof)
	l.findAllRead()
	return nil
}

// interruptRecv blocks in recv() on a thread with a time-out set, which makes
// the kernel return EINTR instead of restarting the call (signal(7)), and sends
// it a signal.
func (l *lab) interruptRecv(buf []byte) (unix.Errno, error) {
	err := errors.Join(l.client.nonblocking(false), l.client.timeouts(connectTimeout))
	if err != nil {
		return 0, err
	}
	var errno unix.Errno
	t := l.spawn(func() error {
		_, errno = l.client.recv(buf)
		return nil
	})
	if err := l.untilBlocked(t, &l.client.recvs, unix.SYS_RECVFROM, "recv"); err != nil {
		return 0, err
	}
	l.w.Blocked = t.proof(l.client.recvs.entered.Load())
	if err := t.interrupt(); err != nil {
		return 0, err
	}
	if err := l.join(t, "recv() returned", connectTimeout); err != nil {
		return 0, err
	}
	return errno, errors.Join(l.client.timeouts(0), l.client.nonblocking(true))
}
