package flags

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Time is a flag for a point in time in a capture: seconds from its first
// segment, or a date. The zero value is a flag that was not given.
type Time struct {
	text     string
	given    bool
	absolute bool
	// ns is Unix time if absolute, else the distance from the first segment.
	ns int64
}

// Set parses "12.5" or "2024-05-01T12:00:00.5Z" (RFC 3339).
func (t *Time) Set(s string) error {
	if seconds, err := strconv.ParseFloat(s, 64); err == nil {
		if !(seconds >= 0 && seconds < math.MaxInt64/1e9) { // false for NaN, too
			return fmt.Errorf("%q is outside of any capture", s)
		}
		*t = Time{text: s, given: true, ns: int64(math.Round(seconds * 1e9))}
		return nil
	}
	date, err := time.Parse(time.RFC3339Nano, strings.Replace(s, " ", "T", 1))
	if err != nil {
		return fmt.Errorf("%q is neither seconds from the start nor a date such as 2024-05-01T12:00:00Z", s)
	}
	if date.Before(time.Unix(0, math.MinInt64)) || date.After(time.Unix(0, math.MaxInt64)) {
		return fmt.Errorf("%q is outside of any capture", s)
	}
	*t = Time{text: s, given: true, absolute: true, ns: date.UnixNano()}
	return nil
}

// String returns the text that Set parsed.
func (t *Time) String() string { return t.text }

// Type names the value in messages of package pflag.
func (t *Time) Type() string { return "TIME" }

// Given reports whether the flag was given.
func (t *Time) Given() bool { return t.given }

// unix returns the Unix time in ns, for a capture that begins at first.
func (t *Time) unix(first int64) int64 {
	if t.absolute {
		return t.ns
	}
	if first > math.MaxInt64-t.ns { // a capture may begin close to the end of time
		return math.MaxInt64
	}
	return first + t.ns
}

// An Interval is a span of time in a capture. It is unbounded on a side whose flag
// was not given.
type Interval struct{ From, To Time }

// Given reports whether the interval has a bound.
func (v *Interval) Given() bool { return v.From.given || v.To.given }

// Bounds returns the first and the last Unix time (ns) in the interval, for a
// capture whose first segment has the Unix time first.
func (v *Interval) Bounds(first int64) (low, high int64) {
	low, high = math.MinInt64, math.MaxInt64
	if v.From.given {
		low = v.From.unix(first)
	}
	if v.To.given {
		high = v.To.unix(first)
	}
	return low, high
}
