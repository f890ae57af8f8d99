package kernel

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Release returns what uname -r prints, or "".
func Release() string {
	b, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return strings.TrimSpace(string(b))
}

// Tick returns the interval between two ticks of the kernel's clock, which is the
// resolution of its coarse clocks (TICK_NSEC); 0 if unknown.
func Tick() time.Duration {
	var resolution unix.Timespec
	if err := unix.ClockGetres(unix.CLOCK_MONOTONIC_COARSE, &resolution); err != nil {
		return 0
	}
	return time.Duration(resolution.Nano())
}
