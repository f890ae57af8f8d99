//go:build unix

package main

import (
	"io/fs"
	"syscall"
)

// sameOwner reports whether both files belong to one user, and to one group.
func sameOwner(a, b fs.FileInfo) (user, group bool) {
	x, okX := a.Sys().(*syscall.Stat_t)
	y, okY := b.Sys().(*syscall.Stat_t)
	if !okX || !okY {
		return false, false
	}
	return x.Uid == y.Uid, x.Gid == y.Gid
}
