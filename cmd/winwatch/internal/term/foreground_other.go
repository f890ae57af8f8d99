//go:build !unix

package term

import "os"

// Foreground reports whether this process runs in the foreground of the terminal: always,
// on a system without job control.
func Foreground(*os.File) bool { return true }
