package main

import (
	"fmt"
	"time"

	"winwatch/analyze"
)

// A hostClock detects that this machine's clock was set: it compares the wall clock
// with the monotonic clock, which can't be set. A gradual correction (adjtime)
// changes the rate of both.
type hostClock struct {
	wall int64     // Unix time, ns
	mono time.Time // the monotonic reading at the same time
}

func readHostClock() hostClock {
	now := time.Now()
	return hostClock{now.UnixNano(), now}
}

// clockTolerance is below the differences in time that a proof tolerates.
const clockTolerance = 10 * time.Millisecond

// set returns by how much the clock was set since the reading, 0 if it was not.
func (c hostClock) set() time.Duration {
	now := readHostClock()
	by := time.Duration(now.wall-c.wall) - now.mono.Sub(c.mono)
	if by.Abs() < clockTolerance {
		return 0
	}
	return by.Round(time.Millisecond)
}

// clockSet returns the warning for a report on a run during which the clock was
// set. In a capture alone, a clock set forward looks like a pause.
func clockSet(by time.Duration) analyze.Warning {
	return analyze.Warning{Code: analyze.WarnClockSet, Count: 1,
		Text: fmt.Sprintf("this machine's clock was set by %v during the run: times may include that step", by)}
}
