package report

import (
	"fmt"
	"math"
	"time"
)

// Tick is a mark on a time axis.
type Tick struct {
	// At is its time in nanoseconds.
	At    int64
	Label string
}

// TimeTicks returns at most n+1 ticks at round times from first to last, both in
// nanoseconds, and the unit of their labels.
func TimeTicks(first, last int64, n int) ([]Tick, string) {
	unit, name := axisUnit(last - first)
	step := RoundStep(float64(last-first)/float64(unit)/float64(max(n, 1))) * float64(unit)
	decimals := 0
	for s := step / float64(unit); s < 0.999 && decimals < 6; s *= 10 {
		decimals++
	}
	var ticks []Tick
	begin := math.Floor(float64(first) / step)
	for i := range n + 2 {
		// In floating point: the next tick may not fit an int64.
		at := (begin + float64(i)) * step
		if at > float64(last) || at >= math.MaxInt64 {
			break
		}
		if at >= float64(first) && len(ticks) <= n {
			ticks = append(ticks, Tick{int64(at), fmt.Sprintf("%.*f", decimals, at/float64(unit))})
		}
	}
	return ticks, name
}

func axisUnit(span int64) (int64, string) {
	switch d := time.Duration(span); {
	case d < 2*time.Millisecond:
		return int64(time.Microsecond), "µs"
	case d < 2*time.Second:
		return int64(time.Millisecond), "ms"
	case d < 20*time.Minute:
		return int64(time.Second), "s"
	case d < 10*time.Hour:
		return int64(time.Minute), "min"
	default:
		return int64(time.Hour), "h"
	}
}

// RoundStep returns the smallest number not below v that is 1, 2 or 5 times a power of
// ten.
func RoundStep(v float64) float64 {
	if v <= 0 {
		return 1
	}
	p := 1.0
	for p < v {
		p *= 10
	}
	for p/10 >= v {
		p /= 10
	}
	switch {
	case p/5 >= v:
		return p / 5
	case p/2 >= v:
		return p / 2
	default:
		return p
	}
}
