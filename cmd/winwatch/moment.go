package main

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A moment is a point of time in a capture: seconds from its first segment, or
// a date.
type moment struct {
	text     string
	set      bool
	absolute bool
	// ns is Unix time if absolute, else the distance from the first segment.
	ns int64
}

// Set parses "12.5" or "2024-05-01T12:00:00.5Z" (RFC 3339).
func (m *moment) Set(s string) error {
	if seconds, err := strconv.ParseFloat(s, 64); err == nil {
		if !(seconds >= 0 && seconds < math.MaxInt64/1e9) { // NaN is neither
			return usageErrorf("%q is outside of any capture", s)
		}
		*m = moment{text: s, set: true, ns: int64(math.Round(seconds * 1e9))}
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(s, " ", "T", 1))
	if err == nil && (t.Before(time.Unix(0, math.MinInt64)) || t.After(time.Unix(0, math.MaxInt64))) {
		return usageErrorf("%q is outside of any capture", s)
	}
	if err != nil {
		return usageErrorf("%q is neither seconds from the start nor a date such as 2024-05-01T12:00:00Z", s)
	}
	*m = moment{text: s, set: true, absolute: true, ns: t.UnixNano()}
	return nil
}

func (m *moment) String() string { return m.text }

// Type names the value in messages of package pflag.
func (m *moment) Type() string { return "TIME" }

// unix returns the Unix time of the moment in a capture whose first segment came
// at the given one.
func (m *moment) unix(first int64) int64 {
	if m.absolute {
		return m.ns
	}
	if first > math.MaxInt64-m.ns { // a capture may begin at the end of time
		return math.MaxInt64
	}
	return first + m.ns
}

// An interval is a span of time in a capture, open where a moment is not set.
type interval struct{ from, to moment }

// set reports whether the interval leaves anything out.
func (v *interval) set() bool { return v.from.set || v.to.set }

// bounds returns the interval as Unix times, for a capture whose first segment
// came at the given one.
func (v *interval) bounds(first int64) (low, high int64) {
	low, high = math.MinInt64, math.MaxInt64
	if v.from.set {
		low = v.from.unix(first)
	}
	if v.to.set {
		high = v.to.unix(first)
	}
	return low, high
}
