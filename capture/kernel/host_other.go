//go:build !linux

package kernel

import "time"

// Release returns "": it needs Linux.
func Release() string { return "" }

// Tick returns 0: it needs Linux.
func Tick() time.Duration { return 0 }
