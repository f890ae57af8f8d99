//go:build unix

package confine

import "syscall"

// ownGroup shields a process from the signals that a terminal sends.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
