//go:build !linux

package kernel

import "errors"

// ReadCounts returns errors.ErrUnsupported: it needs Linux.
func ReadCounts() (Counts, error) {
	return nil, opError("read", "the kernel's counters", errors.ErrUnsupported)
}
