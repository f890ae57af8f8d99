//go:build !linux

package kernel

import "time"

// ReadBlockedCall returns only its arguments: it needs Linux.
func ReadBlockedCall(tid int, at int64) *BlockedCall {
	return &BlockedCall{At: at, Seen: time.Now().UnixNano(), TID: tid, Number: Unknown}
}

// SleepsIn reports false: it needs Linux.
func SleepsIn(int, int64) bool { return false }
