//go:build unix

package outfile

import (
	"io/fs"
	"syscall"
)

// sameOwner reports whether both files belong to the same user, and to the same
// group.
func sameOwner(a, b fs.FileInfo) (user, group bool) {
	x, okX := a.Sys().(*syscall.Stat_t)
	y, okY := b.Sys().(*syscall.Stat_t)
	if !okX || !okY {
		return false, false
	}
	return x.Uid == y.Uid, x.Gid == y.Gid
}
