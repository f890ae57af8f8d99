package plot

import (
	"image/color"
	"math"
	"slices"
	"strings"

	"winwatch/report"
)

// maxCurves is the number of lines that one can tell apart.
const maxCurves = 8

// The colours of the lines, which people tell apart who see colours differently, too
// (Okabe and Ito).
var curveInks = [maxCurves]color.RGBA{
	{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 132, 92, 255}, {168, 50, 127, 255},
	{59, 69, 80, 255}, {138, 110, 0, 255}, {58, 155, 214, 255}, {179, 66, 10, 255},
}

// curve is one line of a sweep, in order of x.
type curve struct {
	name string
	ink  color.Color
	// y holds what was measured; ceiling and rate are window ÷ RTT and the rate of the
	// link, NaN if there is none.
	x, y, ceiling, rate []float64
}

// quantity is what a picture of a sweep shows.
type quantity struct {
	title, unit string
	// of returns it for a run, nil if the run has none.
	of func(*report.SweepCell) *float64
	// ceiling is set if window ÷ RTT and the rate of a link are comparable with it.
	ceiling bool
}

// quantities are those that a picture can show, the most telling first.
var quantities = []quantity{
	{"Throughput", "bit/s", func(c *report.SweepCell) *float64 { return c.Throughput().Rate() }, true},
	{"Median time of a request", "ns", func(c *report.SweepCell) *float64 {
		if r := c.Measured().Request; r != nil {
			return new(float64(*r))
		}
		return nil
	}, false},
	{"Unread bytes", "bytes", func(c *report.SweepCell) *float64 {
		if r := c.Row("receive queue"); r != nil && r.Kernel != nil {
			return new(float64(*r.Kernel))
		}
		return nil
	}, false},
}

// xSetting returns the setting for the x axis: the first whose values are numbers that
// differ; if there is none, the first.
func xSetting(s *report.Sweep) int {
	for i := range s.Settings {
		if numeric(s, i) && len(categoryNames(s, i)) > 1 {
			return i
		}
	}
	return 0
}

func numeric(s *report.Sweep, setting int) bool {
	return !slices.ContainsFunc(s.Cells, func(c report.SweepCell) bool { return math.IsNaN(c.Values[setting].Number) })
}

// curvesOf returns the lines, and how many there are no colours for.
func curvesOf(s *report.Sweep, q *quantity, x int) (curves []curve, more int) {
	index := map[string]int{}
	names := categoryNames(s, x)
	for i := range s.Cells {
		cell := &s.Cells[i]
		var parts []string
		for n, v := range cell.Values {
			if n != x {
				parts = append(parts, s.Settings[n].Name+" "+v.Text)
			}
		}
		name := strings.Join(parts, ", ")
		if _, ok := index[name]; !ok {
			index[name] = len(curves)
			curves = append(curves, curve{name: name, ink: curveInks[len(curves)%maxCurves]})
		}
		at := cell.Values[x].Number
		if !numeric(s, x) {
			at = float64(slices.Index(names, cell.Values[x].Text))
		}
		curves[index[name]].add(cell, q, at)
	}
	if more = len(curves) - maxCurves; more > 0 {
		curves = curves[:maxCurves]
	}
	for i := range curves {
		curves[i].sort()
	}
	return curves, max(more, 0)
}

// add adds a run at x.
func (l *curve) add(c *report.SweepCell, q *quantity, x float64) {
	l.x = append(l.x, x)
	l.y = append(l.y, floatOrNaN(q.of(c)))
	ceiling, rate := math.NaN(), math.NaN()
	if q.ceiling {
		ceiling = floatOrNaN(c.Throughput().Ceiling())
		if c.LinkRate > 0 {
			rate = float64(c.LinkRate)
		}
	}
	l.ceiling, l.rate = append(l.ceiling, ceiling), append(l.rate, rate)
}

// sort puts the points in order of x.
func (l *curve) sort() {
	order := make([]int, len(l.x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int(math.Copysign(1, l.x[a]-l.x[b]))
	})
	for _, column := range []*[]float64{&l.x, &l.y, &l.ceiling, &l.rate} {
		sorted := make([]float64, len(order))
		for i, o := range order {
			sorted[i] = (*column)[o]
		}
		*column = sorted
	}
}

func floatOrNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// values returns what was measured, and the rates of the links, which limit it.
func values(curves []curve) [][]float64 {
	var all [][]float64
	for _, l := range curves {
		all = append(all, l.y, l.rate)
	}
	return all
}

func xs(curves []curve) []float64 {
	var all []float64
	for _, l := range curves {
		all = append(all, l.x...)
	}
	return all
}
