package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"winwatch/analyze"
)

// line is a line of values, each of which holds until the next one or, if low is set, a
// bar from low to value for each point.
type line struct {
	name             string
	time, value, low []float64
	ink, fill        color.Color
	width            vg.Length
	dashes           []vg.Length
}

// markKind is one kind of event and the points at which it occurred.
type markKind struct {
	kind  analyze.Events
	name  string
	shape shape
	ink   color.Color
	index []int
	// end holds the end of the sequence space of each point of the data's sender.
	end []float64

	time, value []float64
}

// at returns the marks with their positions.
func (m markKind) at(time, value []float64) markKind {
	m.time, m.value = time, value
	return m
}

// marksOf returns the kinds of marks that occur for the data in one direction.
func marksOf(points []analyze.Point, dir analyze.Dir) []markKind {
	kinds := []markKind{
		{kind: analyze.EventProbe, name: "probe", shape: triangleUp, ink: inkProbe},
		{kind: analyze.EventProbeAnswer, name: "probe answer", shape: triangleDown, ink: inkProbe},
		{kind: analyze.EventRetransmission, name: "retransmission", shape: cross, ink: inkResent},
		{kind: analyze.EventWindowFull, name: "window full", shape: diamond, ink: inkFull},
		{kind: analyze.EventWindowShrunk, name: "window shrunk", shape: square, ink: inkProbe},
	}
	end := make([]float64, len(points))
	for i := range points {
		end[i] = math.NaN()
		if points[i].Dir == dir {
			end[i] = orNaN(points[i].SeqEnd)
		}
	}
	var found []markKind
	for _, m := range kinds {
		sender := dir
		if m.kind&(analyze.EventProbeAnswer|analyze.EventWindowShrunk) != 0 {
			sender = dir.Reverse()
		}
		for i := range points {
			if points[i].Events.Has(m.kind) && points[i].Dir == sender {
				m.index = append(m.index, i)
			}
		}
		if m.end = end; m.index != nil {
			found = append(found, m)
		}
	}
	return found
}

// Plot draws the panel. It implements plot.Plotter.
func (p *panel) Plot(c draw.Canvas, pl *plot.Plot) {
	toX, toY := pl.Transforms(&c)
	toX, toY = within(toX, c.Min.X, c.Max.X), within(toY, c.Min.Y, c.Max.Y)
	column := columnOf(c)
	inColumn := func(v float64) vg.Length { return column(toX(v)) }
	p.shade(c, inColumn)
	for _, t := range pl.Y.Tick.Marker.Ticks(pl.Y.Min, pl.Y.Max) {
		c.StrokeLine2(draw.LineStyle{Color: inkGrid, Width: 0.6}, c.Min.X, toY(t.Value), c.Max.X, toY(t.Value))
	}
	for i := range p.lines {
		if l := &p.lines[i]; l.low != nil {
			l.bars(c, toX, toY, column)
		} else {
			l.steps(c, toX, toY, column)
		}
	}
	for i := range p.marks {
		p.marks[i].draw(c, toX, toY, column)
	}
	p.waits(c, inColumn)
}

// within limits what a function returns to an interval: the rasterizer visits each row of
// pixels that a line crosses, even those far outside the picture.
func within(to func(float64) vg.Length, low, high vg.Length) func(float64) vg.Length {
	return func(v float64) vg.Length { return min(max(to(v), low), high) }
}

// waits draws a bar for each stall above the data, with a label where there is room. toX
// returns columns; it leaves out stalls that the bars of others cover.
func (p *panel) waits(c draw.Canvas, toX func(float64) vg.Length) {
	const shortest, room = 1, 30
	style := textStyle(9, inkProbe, true)
	style.YAlign = text.YTop
	covered := c.Min.X - 1
	for _, s := range p.stalls {
		from := toX(s[0])
		to := max(toX(s[1]), from+shortest)
		if to <= covered {
			continue
		}
		covered = to
		bar(c, from, to, c.Max.Y-2, inkProbe)
		if to-from < room {
			continue
		}
		if label := stallLabel(s); style.Width(label)+12 < to-from {
			c.FillText(style, vg.Point{X: from + 5, Y: c.Max.Y - 6}, label)
		}
	}
}

// columnOf returns a function that rounds an x to the nearest of the columns.
func columnOf(c draw.Canvas) func(x vg.Length) vg.Length {
	step := (c.Max.X - c.Min.X) / columns
	return func(x vg.Length) vg.Length {
		return c.Min.X + vg.Length(math.Round(float64((x-c.Min.X)/step)))*step
	}
}

// shade hatches the times during which the window was 0. toX returns columns; times that
// share one become one.
func (p *panel) shade(c draw.Canvas, toX func(float64) vg.Length) {
	const least = 0.5
	area := vg.Rectangle{Min: c.Min, Max: vg.Point{X: c.Min.X, Y: c.Max.Y}}
	flush := func() {
		if area.Max.X > area.Min.X {
			hatched(c, area)
		}
	}
	for _, z := range p.zero {
		from, to := toX(z[0]), max(toX(z[1]), toX(z[0])+least)
		if from > area.Max.X {
			flush()
			area.Min.X = from
		}
		area.Max.X = max(area.Max.X, to)
	}
	flush()
}

// hatched fills a rectangle with a tint and with slanted lines, so that it stands out in
// grey, too.
func hatched(c draw.Canvas, r vg.Rectangle) {
	c.SetColor(inkShade)
	c.Fill(r.Path())
	const gap = 6
	var lines vg.Path
	// Lines x - y = k cross the rectangle for k from its upper left to its lower right
	// corner; k is a multiple of gap, so that the lines of neighbours meet.
	for k := math.Ceil(float64(r.Min.X-r.Max.Y)/gap) * gap; vg.Length(k) < r.Max.X-r.Min.Y; k += gap {
		from := max(r.Min.X, r.Min.Y+vg.Length(k))
		to := min(r.Max.X, r.Max.Y+vg.Length(k))
		if from < to {
			lines.Move(vg.Point{X: from, Y: from - vg.Length(k)})
			lines.Line(vg.Point{X: to, Y: to - vg.Length(k)})
		}
	}
	c.SetLineStyle(draw.LineStyle{Color: inkHatch, Width: 0.6})
	c.Stroke(lines)
}

// steps draws the line through the first, smallest, largest and last value of each
// column.
func (l *line) steps(c draw.Canvas, toX, toY func(float64) vg.Length, column func(vg.Length) vg.Length) {
	var run []vg.Point
	flush := func() {
		if len(run) > 0 {
			l.run(c, run, toY(0))
		}
		run = run[:0]
	}
	for i := 0; i < len(l.time); {
		x := column(toX(l.time[i]))
		first, low, high, last := math.NaN(), math.Inf(1), math.Inf(-1), math.NaN()
		for ; i < len(l.time) && column(toX(l.time[i])) == x; i++ {
			if v := l.value[i]; !math.IsNaN(v) {
				if math.IsNaN(first) {
					first = v
				}
				low, high, last = min(low, v), max(high, v), v
			} else if math.IsNaN(first) {
				flush()
			}
		}
		if math.IsNaN(first) {
			continue
		}
		if n := len(run); n > 0 {
			run = appendPoint(run, vg.Point{X: x, Y: run[n-1].Y})
		}
		for _, v := range [...]float64{first, low, high, last} {
			run = appendPoint(run, vg.Point{X: x, Y: toY(v)})
		}
	}
	flush()
}

// appendPoint appends p but omits points that add nothing: repeated points, and the middle
// of three at the same height.
func appendPoint(run []vg.Point, p vg.Point) []vg.Point {
	n := len(run)
	switch {
	case n > 0 && run[n-1] == p:
		return run
	case n > 1 && run[n-1].Y == p.Y && run[n-2].Y == p.Y:
		run[n-1] = p
		return run
	}
	return append(run, p)
}

// run draws a line without gaps and the area below it.
func (l *line) run(c draw.Canvas, run []vg.Point, base vg.Length) {
	for from := 0; l.fill != nil && from < len(run); from += piece {
		// A piece begins with the last point of the previous one, to avoid visible seams.
		part := run[max(from-1, 0):min(from+piece, len(run))]
		var area vg.Path
		area.Move(vg.Point{X: part[0].X, Y: base})
		for _, p := range part {
			area.Line(p)
		}
		area.Line(vg.Point{X: part[len(part)-1].X, Y: base})
		area.Close()
		c.SetColor(l.fill)
		c.Fill(area)
	}
	c.StrokeLines(l.style(), run)
}

func (l *line) style() draw.LineStyle {
	return draw.LineStyle{Color: l.ink, Width: l.width, Dashes: l.dashes}
}

// maxBars is the number of bars in a column above which they merge into one.
const maxBars = 4

// bars draws a bar for each segment of data; segments of a column that touch share one.
func (l *line) bars(c draw.Canvas, toX, toY func(float64) vg.Length, column func(vg.Length) vg.Length) {
	var path vg.Path
	var bars [][2]float64
	x := vg.Length(math.NaN())
	flush := func() {
		if len(bars) > maxBars {
			for _, b := range bars {
				bars[0] = [2]float64{min(bars[0][0], b[0]), max(bars[0][1], b[1])}
			}
			bars = bars[:1]
		}
		for _, b := range bars {
			path.Move(vg.Point{X: x, Y: toY(b[0])})
			path.Line(vg.Point{X: x, Y: max(toY(b[1]), toY(b[0])+1)})
		}
		bars = bars[:0]
	}
	for i, t := range l.time {
		if math.IsNaN(l.low[i]) {
			continue
		}
		if at := column(toX(t)); at != x {
			flush()
			x = at
		}
		if n := len(bars) - 1; n >= 0 && l.low[i] <= bars[n][1] && l.value[i] >= bars[n][0] {
			bars[n] = [2]float64{min(bars[n][0], l.low[i]), max(bars[n][1], l.value[i])}
		} else {
			bars = append(bars, [2]float64{l.low[i], l.value[i]})
		}
	}
	flush()
	c.SetLineStyle(l.style())
	c.Stroke(path)
}

func (l *line) icon(c draw.Canvas, at vg.Point) {
	if l.low != nil {
		for _, step := range [...]vg.Length{0, 1, 2, 3} {
			x, y := at.X-6+4*step, at.Y-5+step
			c.StrokeLine2(l.style(), x, y, x, y+6)
		}
		return
	}
	left, middle, right := at.X-8, at.X, at.X+8
	run := []vg.Point{{X: left, Y: at.Y - 3}, {X: middle, Y: at.Y - 3}, {X: middle, Y: at.Y + 4}, {X: right, Y: at.Y + 4}}
	l.run(c, run, at.Y-6)
}

func (m *markKind) icon(c draw.Canvas, at vg.Point) {
	switch m.kind {
	case analyze.EventProbe:
		at.Y += 3
	case analyze.EventProbeAnswer:
		at.Y -= 3
	}
	m.shape(c, at, 3.6, m.ink)
}

// draw omits marks that would overlap. The more marks there are, the smaller the share that
// it draws, so that the lines stay visible.
func (m *markKind) draw(c draw.Canvas, toX, toY func(float64) vg.Length, column func(vg.Length) vg.Length) {
	const size = 3.2
	crowd := min(1+vg.Length(len(m.index))/400, 5)
	type cell struct{ x, y int }
	taken := map[cell]bool{}
	value, next := 0.0, 0
	for _, i := range m.index {
		for ; next <= i; next++ { // the last known value up to the mark
			value = nanOr(m.value[next], value)
		}
		at := vg.Point{X: column(toX(m.time[i])), Y: toY(value)}
		if k := (cell{int(at.X / size / crowd), int(at.Y / size / crowd)}); !taken[k] {
			taken[k] = true
			m.shape(c, at, size, m.ink)
		}
	}
}
