//go:build unix

package capture

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// nonblock is the flag that keeps opening a pipe from waiting.
const nonblock = unix.O_NONBLOCK

// readable waits at most wait, and reports whether a read of f would return at
// once: with data, the end of file or an error.
func readable(f *os.File, wait time.Duration) bool {
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
