package text

import (
	"slices"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report"
)

// drawing is a chart of one direction of a stream in characters: the advertised window as
// a line of braille dots, the bytes in flight as a shaded area, and below them the times
// at which the sender stalled and probed.
type drawing struct {
	cols, rows  int
	first, last int64 // times at the left and the right edge
	origin      int64 // the time that the axis labels 0
	top         int64 // bytes at the upper edge
	window      *braille
	flight      []int64 // maximum bytes in flight per column, or Unknown
	stall       []rune
	probe       []rune
	// raw is set if the scale is unknown: the line is then the bare window field.
	raw bool
}

// The marks of a chart.
const (
	markFlight   = '░'
	markTrace    = '·' // in flight, less than half a row
	markZero     = '█'
	markSmall    = '▒'
	markAnswered = '^'
	markSilent   = '!'
)

// newDrawing draws the data sent in direction dir of a stream with these points, between
// the times from and to. It returns nil if there is nothing to draw.
func newDrawing(points []analyze.Point, dir analyze.Dir, d *analyze.Direction, origin, from, to int64, cols, rows int) *drawing {
	c := &drawing{cols: cols, rows: rows, origin: origin, raw: d.Window.Scale.State == analyze.ScaleUnknown}
	if len(points) == 0 {
		return nil
	}
	c.first, c.last = max(points[0].Time, from), min(points[len(points)-1].Time, to)
	if c.last <= c.first {
		return nil
	}
	flight := report.InFlight(points, dir)
	if c.raw {
		for i := range flight {
			flight[i] = analyze.Unknown // bytes and raw windows have no common scale
		}
	}
	if !c.scaleTo(points, flight, dir) {
		return nil
	}
	c.drawWindow(points, dir)
	c.drawFlight(points, flight)
	c.mark(d.Stalls)
	return c
}

// level returns the window that a point advertises, in the chart's unit, or Unknown.
func (c *drawing) level(p *analyze.Point) int64 {
	if p.Flags.Has(capture.RST) {
		return analyze.Unknown // the window of an RST means nothing
	}
	if !c.raw {
		return p.Window
	}
	if p.Flags.Has(capture.SYN) {
		return analyze.Unknown // never scaled, so not comparable with the others
	}
	return int64(p.WindowRaw)
}

// scaleTo sets the upper edge to the largest visible value. If nothing but a closed window
// is visible it takes the largest value of the stream, so that the line visibly lies at
// the bottom. It returns false if no value is known.
func (c *drawing) scaleTo(points []analyze.Point, flight []int64, dir analyze.Dir) bool {
	const unknown = int64(analyze.Unknown)
	seen, all, window := unknown, unknown, unknown
	for i := range points {
		p := &points[i]
		if p.Dir == dir.Reverse() && c.level(p) != unknown {
			window = c.level(p)
		}
		most := max(window, flight[i])
		all = max(all, most)
		switch {
		case p.Time < c.first:
			seen = most // the level at the left edge
		case p.Time <= c.last:
			seen = max(seen, most)
		}
	}
	if c.top = seen; seen == 0 {
		c.top = max(all, 1)
	}
	return c.top > 0
}

// column returns the column, of n, in which a time falls.
func (c *drawing) column(t int64, n int) int {
	x := int(float64(t-c.first) / float64(c.last-c.first) * float64(n))
	return min(max(x, 0), n-1)
}

// drawWindow draws the window as steps: each column shows the range of the window in it,
// including the level at its left edge.
func (c *drawing) drawWindow(points []analyze.Point, dir analyze.Dir) {
	c.window = newBraille(c.cols, c.rows)
	height := func(v int64) int {
		y := int(float64(v) / float64(c.top) * float64(c.rows*4-1))
		if v > 0 {
			y = max(y, 1) // only a zero window lies on the axis
		}
		return y
	}
	x, level := 0, int64(analyze.Unknown)
	for i := range points {
		p := &points[i]
		v := c.level(p)
		if p.Dir == dir || v == analyze.Unknown || p.Time > c.last {
			continue
		}
		at := c.column(p.Time, c.cols*2)
		if level != analyze.Unknown && p.Time >= c.first {
			for ; x < at; x++ {
				c.window.column(x, height(level), height(level))
			}
			c.window.column(at, height(level), height(v))
		}
		x, level = at, v
	}
	if level != analyze.Unknown {
		for ; x < c.cols*2; x++ {
			c.window.column(x, height(level), height(level))
		}
	}
}

// drawFlight takes the maximum in flight in each column; a value holds until the next
// point.
func (c *drawing) drawFlight(points []analyze.Point, flight []int64) {
	c.flight = slices.Repeat([]int64{analyze.Unknown}, c.cols)
	x, level := 0, int64(analyze.Unknown)
	for i, v := range flight {
		t := points[i].Time
		if t > c.last {
			break
		}
		at := c.column(t, c.cols)
		for ; x < at; x++ {
			c.flight[x] = max(c.flight[x], level)
		}
		if x, level = at, v; t >= c.first {
			c.flight[at] = max(c.flight[at], v)
		}
	}
	for ; x < c.cols; x++ {
		c.flight[x] = max(c.flight[x], level)
	}
}

// mark fills the rows of stalls and probes below the time axis.
func (c *drawing) mark(stalls []analyze.Stall) {
	c.stall, c.probe = slices.Repeat([]rune{' '}, c.cols), slices.Repeat([]rune{' '}, c.cols)
	for i := range stalls {
		st := &stalls[i]
		end := st.End
		if st.EndedBy == analyze.EndCaptureEnded {
			end = c.last
		}
		c.shade(st.Begin, end, markSmall)
		if st.ZeroFrame != 0 {
			c.shade(st.ZeroBegin, end, markZero)
		}
		for k := range st.Probes {
			c.markProbe(&st.Probes[k])
		}
	}
}

// shade marks a span of time as a stall; a zero window takes precedence over a small one.
func (c *drawing) shade(begin, end int64, mark rune) {
	if end < c.first || begin > c.last {
		return
	}
	for x := c.column(begin, c.cols); x <= c.column(end, c.cols); x++ {
		if c.stall[x] != markZero {
			c.stall[x] = mark
		}
	}
}

// markProbe marks a probe; an unanswered one takes precedence over an answered one.
func (c *drawing) markProbe(p *analyze.Probe) {
	if p.Time < c.first || p.Time > c.last {
		return
	}
	x := c.column(p.Time, c.cols)
	switch {
	case p.AnswerFrame == 0:
		c.probe[x] = markSilent
	case c.probe[x] == ' ':
		c.probe[x] = markAnswered
	}
}
