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
	bounds := ""
	switch {
	case e.Low != nil && e.High != nil && *e.Low == *e.High:
		bounds = "exactly " + format(*e.Low)
	case e.Low != nil && e.High != nil:
		bounds = "between " + format(*e.Low) + " and " + format(*e.High)
	case e.Low != nil:
		bounds = "at least " + format(*e.Low)
	case e.High != nil:
		bounds = "at most " + format(*e.High)
	}
	if e.Value == nil {
		return bounds
	}
	for _, edge := range []*int64{e.Low, e.High} {
		if edge != nil && *edge == *e.Value {
			return bounds // it already contains the value
		}
	}
	if bounds == "" {
		return format(*e.Value)
	}
	return format(*e.Value) + " (" + bounds + ")"
}
