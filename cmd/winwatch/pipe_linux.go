package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// widenPipe gives a pipe the largest size that ordinary users may set (pipe(7):
// /proc/sys/fs/pipe-max-size), so that the writer and the reader wait for each
// other less often. A failure costs nothing but speed.
func widenPipe(in io.Reader) {
	f, ok := in.(*os.File)
	if !ok {
		return
	}
	if c, err := f.SyscallConn(); err == nil {
		c.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, 1<<20) })
	}
}
