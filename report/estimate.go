package report

import (
	"math"
	"time"

	"winwatch/analyze"
)

// Since returns the time from begin to t, both in Unix nanoseconds, limited to what a
// Duration can hold.
func Since(begin, t int64) time.Duration {
	d := t - begin
	if (d < 0) != (t < begin) {
		if t < begin {
			return math.MinInt64
		}
		return math.MaxInt64
	}
	return time.Duration(d)
}

// Estimated returns an inferred number with its interval, or "" if nothing is known.
// format writes one number with its unit.
func Estimated(e *analyze.Estimate, format func(int64) string) string {
	value, low, high := e.Value(), e.Low(), e.High()
	bounds := ""
	switch {
	case low != nil && high != nil && *low == *high:
		bounds = "exactly " + format(*low)
	case low != nil && high != nil:
		bounds = "between " + format(*low) + " and " + format(*high)
	case low != nil:
		bounds = "at least " + format(*low)
	case high != nil:
		bounds = "at most " + format(*high)
	}
	if value == nil {
		return bounds
	}
	if oneEdge := low == nil || high == nil || *low == *high; oneEdge {
		for _, edge := range []*int64{low, high} {
			if edge != nil && *edge == *value {
				return bounds // it already contains the value
			}
		}
	}
	if bounds == "" {
		return format(*value)
	}
	return "about " + format(*value) + " (" + bounds + ")"
}
