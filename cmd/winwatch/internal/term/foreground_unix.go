//go:build unix

package term

import (
	"os"

	"golang.org/x/sys/unix"
)

// Foreground reports whether this process may write to the terminal without disturbing
// another one: whether it runs in the foreground, or in a session that the terminal does
// not control. In the background, the picture would be drawn over what the user types, and
// a terminal set to "stty tostop" would stop the process (SIGTTOU).
func Foreground(terminal *os.File) bool {
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}
