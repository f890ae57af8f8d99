//go:build linux && cgo && !race

package limits

// The constructor in limits_linux.c is all there is: it runs before Go's runtime.

import "C"
