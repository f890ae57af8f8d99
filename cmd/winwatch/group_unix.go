//go:build unix

package main

import "syscall"

// ownGroup keeps a process from the signals that a terminal sends.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
