//go:build unix

package main

import (
	"io/fs"
	"syscall"
)

// sameOwner reports whether both files belong to one user.
func sameOwner(a, b fs.FileInfo) bool {
	x, okX := a.Sys().(*syscall.Stat_t)
	y, okY := b.Sys().(*syscall.Stat_t)
	return okX && okY && x.Uid == y.Uid
}
