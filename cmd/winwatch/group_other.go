//go:build !unix

package main

import "syscall"

// ownGroup does nothing: only root on unix gives anything up.
func ownGroup() *syscall.SysProcAttr { return nil }
