package report

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"winwatch/analyze"
)

// The units of the text report. Inside, bytes are bytes and times nanoseconds.

// counted returns a number and its noun in the number that it takes.
func counted[T int | int64 | uint64](n T, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return groupDigits(n) + " " + noun
}

func inBytes(n int64) string { return counted(n, "byte") }

// inTime returns a span in the unit in which it is easiest to grasp.
func inTime(d time.Duration) string {
	switch size := d.Abs(); {
	case d == 0:
		return "0 s"
	case size < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case size < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case size < 100*time.Millisecond:
		return fmt.Sprintf("%.1f ms", d.Seconds()*1e3)
	case size < time.Hour:
		return inSeconds(d) + " s"
	case size < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	default:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	}
}

// inSeconds returns a span in seconds with three decimals, without the unit.
func inSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// since returns how long after begin a moment was. It does not overflow.
func since(begin, t int64) time.Duration {
	d := t - begin
	if (d < 0) != (t < begin) {
		if t < begin {
			return math.MinInt64
		}
		return math.MaxInt64
	}
	return time.Duration(d)
}

// estimated returns an inferred number with its interval, or "" if nothing is
// known. format writes one number, unit included.
func estimated(e *analyze.Estimate, format func(int64) string) string {
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
			return bounds // it says it already
		}
	}
	if bounds == "" {
		return format(*e.Value)
	}
	return format(*e.Value) + " (" + bounds + ")"
}

func inRate(n int64) string { return inBytes(n) + " a second" }

// percentages returns the parts of a whole in tenths of a percent. They add up
// to 1000 if the parts add up to the whole: what rounding leaves goes to those
// that lost most by it.
func percentages(parts []time.Duration, whole time.Duration) []int {
	out := make([]int, len(parts))
	if whole <= 0 {
		return out
	}
	lost := make([]float64, len(parts))
	rest := 1000
	for i, p := range parts {
		exact := float64(p) / float64(whole) * 1000
		out[i] = int(exact)
		lost[i] = exact - float64(out[i])
		rest -= out[i]
	}
	for ; rest > 0 && rest <= len(parts); rest-- {
		most := 0
		for i := range lost {
			if lost[i] > lost[most] {
				most = i
			}
		}
		out[most]++
		lost[most] = -1
	}
	return out
}

func inPercent(tenths int) string {
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10) + "%"
}
