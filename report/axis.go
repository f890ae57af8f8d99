package report

import (
	"fmt"
	"math"
	"time"
)

// tick is a mark on an axis.
type tick struct {
	at    int64
	label string
}

// timeTicks returns marks at round times from first to last, at most n, and
// the unit of their labels.
func timeTicks(first, last int64, n int) ([]tick, string) {
	unit, name := axisUnit(last - first)
	step := roundStep(float64(last-first)/float64(unit)/float64(max(n, 1))) * float64(unit)
	decimals := 0
	for s := step / float64(unit); s < 0.999 && decimals < 6; s *= 10 {
		decimals++
	}
	var ticks []tick
	begin := math.Floor(float64(first) / step)
	for i := range n + 2 {
		// In floats: the next mark may lie behind what an int64 holds.
		at := (begin + float64(i)) * step
		if at > float64(last) || at >= math.MaxInt64 {
			break
		}
		if at >= float64(first) && len(ticks) <= n {
			ticks = append(ticks, tick{int64(at), fmt.Sprintf("%.*f", decimals, at/float64(unit))})
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

// roundStep returns the smallest of 1, 2 and 5 times a power of ten that is not
// below v.
func roundStep(v float64) float64 {
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
