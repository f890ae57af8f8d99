package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// widenPipe gives a pipe the largest size that users may have without more ado
// (pipe(7): /proc/sys/fs/pipe-max-size), so that who writes and who reads wait for
// one another less often. Where that can't be, all works as before.
func widenPipe(in io.Reader) {
	f, ok := in.(*os.File)
	if !ok {
		return
	}
	if c, err := f.SyscallConn(); err == nil {
		c.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, 1<<20) })
	}
}
