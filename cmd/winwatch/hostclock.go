package main

import (
	"fmt"
	"time"

	"winwatch/analyze"
)

// A hostClock tells whether this machine's clock was set since: by comparison
// with the one that nobody can set. Both go faster or slower alike where the time
// is corrected little by little.
type hostClock struct {
	wall int64     // Unix time, ns
	mono time.Time // the same moment
}

func readHostClock() hostClock {
	now := time.Now()
	return hostClock{now.UnixNano(), now}
}

// clockTolerance is less than the times differ that a proof compares.
const clockTolerance = 10 * time.Millisecond

// set returns by how much the clock was set, 0 if it was not.
func (c hostClock) set() time.Duration {
	now := readHostClock()
	by := time.Duration(now.wall-c.wall) - now.mono.Sub(c.mono)
	if by.Abs() < clockTolerance {
		return 0
	}
	return by.Round(time.Millisecond)
}

// clockSet is the warning of a report that was made meanwhile. A capture alone
// can't tell a clock that was set forward from a pause.
func clockSet(by time.Duration) analyze.Warning {
	return analyze.Warning{Code: "clock-set", Count: 1,
		Text: fmt.Sprintf("this machine's clock was set by %v during the run: times may count that", by)}
}
