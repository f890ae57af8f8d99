//go:build linux

package experiment

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// calls sums up one kind of call on one socket. One thread makes the calls; others
// may read the sums at any time.
type calls struct {
	n, bytes, partial, wouldBlock, interrupted, eofs, errors atomic.Int64
	inCall, longest                                          atomic.Int64
	lastErrno                                                atomic.Int32
	// entered is the time the current call was made (Unix, ns); 0 between calls.
	entered atomic.Int64
}

// stats returns the sums so far. It reads them one by one: they are consistent
// only between calls.
func (c *calls) stats() kernel.CallStats {
	s := kernel.CallStats{
		Calls:       c.n.Load(),
		Bytes:       c.bytes.Load(),
		Partial:     c.partial.Load(),
		WouldBlock:  c.wouldBlock.Load(),
		Interrupted: c.interrupted.Load(),
		EOFs:        c.eofs.Load(),
		Errors:      c.errors.Load(),
		InCall:      time.Duration(c.inCall.Load()),
		Longest:     time.Duration(c.longest.Load()),
		Pending:     c.entered.Load(),
	}
	if e := unix.Errno(c.lastErrno.Load()); e != 0 {
		s.LastError = errnoName(e)
	}
	return s
}

// count records the result of one call that requested want bytes.
func (c *calls) count(begin time.Time, n, want int, errno unix.Errno) {
	took := int64(time.Since(begin))
	c.inCall.Add(took)
	if took > c.longest.Load() {
		c.longest.Store(took)
	}
	switch {
	case errno == unix.EAGAIN:
		c.wouldBlock.Add(1)
	case errno == unix.EINTR:
		c.interrupted.Add(1)
	case errno != 0:
		c.errors.Add(1)
		c.lastErrno.Store(int32(errno))
	case n < want && n > 0:
		c.partial.Add(1)
	}
	c.bytes.Add(int64(n))
	c.n.Add(1)
	c.entered.Store(0)
}

// send calls sendto(2), like the C library's send().
func (s *socket) send(b []byte) (int, unix.Errno) {
	begin := time.Now()
	s.sends.entered.Store(begin.UnixNano())
	r, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))),
		uintptr(len(b)), unix.MSG_NOSIGNAL, 0, 0)
	n := result(r, errno)
	s.sends.count(begin, n, len(b), errno)
	return n, errno
}

// recv calls recvfrom(2), like the C library's recv().
func (s *socket) recv(b []byte) (int, unix.Errno) {
	begin := time.Now()
	s.recvs.entered.Store(begin.UnixNano())
	r, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))),
		uintptr(len(b)), 0, 0, 0)
	n := result(r, errno)
	if n == 0 && errno == 0 && len(b) > 0 {
		s.recvs.eofs.Add(1)
	}
	s.recvs.count(begin, n, len(b), errno)
	return n, errno
}

// result turns a system call's return value into a number of bytes.
func result(r uintptr, errno unix.Errno) int {
	if errno != 0 {
		return 0
	}
	return int(r)
}

// errnoName returns a name such as "ECONNRESET".
func errnoName(e unix.Errno) string {
	if name := unix.ErrnoName(e); name != "" {
		return name
	}
	return e.Error()
}
