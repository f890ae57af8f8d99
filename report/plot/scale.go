package plot

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"

	"winwatch/capture/words"
	"winwatch/report"
)

// scale is an axis of a sweep.
type scale struct {
	log       bool
	low, high float64
	ticks     []plot.Tick
	// unit is that of the labels; "" if they carry their own.
	unit string
}

// newScale returns a scale for the values: logarithmic if they span more than a decade. The
// other kind begins at begin unless that is NaN.
func newScale(unit string, begin float64, values ...[]float64) scale {
	low, high := span(values)
	if low <= 0 || high/low <= 10 {
		return evenScale(unit, begin, values...)
	}
	s := scale{log: true, low: low / 1.25, high: high * 1.25}
	s.ticks, s.unit = logTicks(s.low, s.high, unit)
	return s
}

// evenScale is like newScale, and never logarithmic.
func evenScale(unit string, begin float64, values ...[]float64) scale {
	low, high := span(values)
	if !math.IsNaN(begin) {
		low = min(low, begin)
	}
	space := (high - low) * 0.06
	if space == 0 {
		space = max(high*0.1, 1)
	}
	s := scale{low: low - space, high: high + space}
	if low == begin {
		s.low = low
	}
	s.ticks, s.unit = evenTicks(s.low, s.high, unit)
	return s
}

// span returns the smallest and the largest of the values that are known, 0 and 1 if there
// are none.
func span(values [][]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range slices.Concat(values...) {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return 0, 1
	}
	return low, high
}

// shows reports whether a value is known and lies within the scale.
func (s *scale) shows(v float64) bool { return v >= s.low && v <= s.high }

// draws reports whether a line can be drawn to the value, which may lie outside.
func (s *scale) draws(v float64) bool { return !math.IsNaN(v) && (!s.log || v > 0) }

// inUnit returns the unit in which people read values up to high, and its size.
func inUnit(unit string, high float64) (string, float64) {
	type step struct {
		size float64
		name string
	}
	steps := map[string][]step{
		"bit/s": {{1, "bit/s"}, {1e3, "kbit/s"}, {1e6, "Mbit/s"}, {1e9, "Gbit/s"}},
		"ns":    {{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}},
	}[unit]
	found := step{1, unit}
	for _, s := range steps {
		if s.size <= high*1.0001 {
			found = s
		}
	}
	return found.name, found.size
}

// evenTicks returns ticks at round values, and the unit of their labels.
func evenTicks(low, high float64, unit string) ([]plot.Tick, string) {
	if unit == "bytes" {
		return byteTicks(low, high), ""
	}
	name, size := inUnit(unit, high)
	step := report.RoundStep((high - low) / size / 7)
	var ticks []plot.Tick
	for n := math.Ceil(low/size/step) + 0; n*step*size <= high; n++ {
		ticks = append(ticks, plot.Tick{Value: n * step * size, Label: strconv.FormatFloat(n*step, 'g', 6, 64)})
	}
	return ticks, name
}

// logTicks returns ticks at powers of two for bytes, and at 1, 2 and 5 times powers of ten
// for others.
func logTicks(low, high float64, unit string) ([]plot.Tick, string) {
	var ticks []plot.Tick
	if unit == "bytes" {
		step := math.Exp2(math.Ceil(math.Log2(high/low) / 12))
		for v := math.Exp2(math.Ceil(math.Log2(low))); v <= high; v *= step {
			ticks = append(ticks, plot.Tick{Value: v, Label: words.Tick(int64(v))})
		}
		return ticks, ""
	}
	name, size := inUnit(unit, high)
	digits := []float64{1, 2, 5}
	if high/low > 1e5 {
		digits = digits[:1]
	}
	for p := math.Pow(10, math.Floor(math.Log10(low))); p <= high; p *= 10 {
		for _, d := range digits {
			if v := p * d; v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v/size, 'g', 4, 64)})
			}
		}
	}
	return ticks, name
}

// categories returns a scale with the texts of a setting side by side.
func categories(s *report.Sweep, setting int) scale {
	names := categoryNames(s, setting)
	sc := scale{low: -0.5, high: float64(len(names)) - 0.5}
	for i, name := range names {
		sc.ticks = append(sc.ticks, plot.Tick{Value: float64(i), Label: name})
	}
	return sc
}

// categoryNames returns the texts of a setting, each once.
func categoryNames(s *report.Sweep, setting int) []string {
	var names []string
	for i := range s.Cells {
		if name := s.Cells[i].Values[setting].Text; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
