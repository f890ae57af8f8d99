//go:build unix

package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// ready waits until f can be read, or has ended, but no longer than that, and
// reports whether a read would tell.
func ready(f *os.File, wait time.Duration) bool {
	c, err := f.SyscallConn()
	if err != nil {
		return true
	}
	fds := []unix.PollFd{{Events: unix.POLLIN}}
	var n int
	var pollErr error
	err = c.Control(func(fd uintptr) {
		fds[0].Fd = int32(fd)
		n, pollErr = unix.Poll(fds, int(wait.Milliseconds()))
	})
	return n > 0 || err != nil || pollErr != nil && pollErr != unix.EINTR
}
