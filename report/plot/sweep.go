package plot

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"winwatch/analyze/cause"
	"winwatch/report"
)

// SweepPNG draws what the runs of a sweep came to over the first setting that is a number:
// throughput and, as lines, window ÷ RTT and the rate of the link; without throughput, the
// time of a request or the unread bytes. Each combination of the other settings has a line
// of its own. If there is nothing to draw, the picture says so.
func SweepPNG(w io.Writer, s *report.Sweep) error {
	return writePNG(w, func(c draw.Canvas) { drawSweep(c, s) })
}

// SweepSVG draws the same picture as SweepPNG, as vectors.
func SweepSVG(w io.Writer, s *report.Sweep) error {
	return writeSVG(w, func(c draw.Canvas) { drawSweep(c, s) })
}

// drawSweep draws the sweep.
func drawSweep(c draw.Canvas, s *report.Sweep) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, 16, -20, 12, -16)
	i := slices.IndexFunc(quantities, func(q quantity) bool { return s.Has(q.of) })
	if i < 0 {
		drawTitle(c, "there is nothing to draw", "no run measured a throughput, the time of a request or unread bytes", cause.Note)
		return
	}
	q := &quantities[i]
	x := xSetting(s)
	curves, more := curvesOf(s, q, x)
	about := s.Title
	if more > 0 {
		about += fmt.Sprintf(" · %d more lines are left out: vary fewer settings", more)
	}
	c = drawTitle(c, q.title+" by "+s.Settings[x].Label, strings.TrimPrefix(about, " · "), cause.OK)
	p := &sweepPanel{curves: curves, y: newScale(q.unit, 0, values(curves)...)}
	if numeric(s, x) {
		p.x = newScale(s.Settings[x].Unit, math.NaN(), xs(curves))
	} else {
		p.x = categories(s, x)
		p.bars, p.y = true, evenScale(q.unit, 0, values(curves)...)
	}
	p.draw(c, s.Settings[x].Label, q)
}

// sweepPanel is the chart of a sweep.
type sweepPanel struct {
	curves []curve
	x, y   scale
	// bars draws bars instead of lines, which have no meaning between names.
	bars bool
}

// draw draws the axes, the legend and the lines.
func (p *sweepPanel) draw(c draw.Canvas, label string, q *quantity) {
	pl := plot.New()
	pl.BackgroundColor = nil
	for _, a := range []struct {
		axis  *plot.Axis
		scale *scale
		label string
	}{{&pl.X, &p.x, label}, {&pl.Y, &p.y, q.title}} {
		a.axis.Min, a.axis.Max = a.scale.low, a.scale.high
		a.axis.Tick.Marker = plot.ConstantTicks(a.scale.ticks)
		if a.scale.log {
			a.axis.Scale = plot.LogScale{}
		}
		a.axis.Label.Text = a.label
		if a.scale.unit != "" {
			a.axis.Label.Text += " [" + a.scale.unit + "]"
		}
		a.axis.Label.TextStyle.Font.Variant, a.axis.Label.TextStyle.Font.Size = "Sans", 10
		a.axis.Label.TextStyle.Color, a.axis.Label.Padding = inkMuted, 4
		a.axis.Tick.Label.Font.Variant, a.axis.Tick.Label.Font.Size = "Sans", 9
		a.axis.Tick.Label.Color, a.axis.Tick.LineStyle.Color = inkMuted, inkGrid
		a.axis.LineStyle.Color, a.axis.Padding = inkGrid, 0
	}
	pl.Add(p)
	pl.Draw(drawHead(c, "", p.legend()))
}

// Plot draws the lines. It implements plot.Plotter.
func (p *sweepPanel) Plot(c draw.Canvas, pl *plot.Plot) {
	toX, toY := pl.Transforms(&c)
	for _, t := range p.y.ticks {
		c.StrokeLine2(draw.LineStyle{Color: inkGrid, Width: 0.6}, c.Min.X, toY(t.Value), c.Max.X, toY(t.Value))
	}
	for _, t := range p.x.ticks {
		c.StrokeLine2(draw.LineStyle{Color: inkGrid, Width: 0.6}, toX(t.Value), c.Min.Y, toX(t.Value), c.Max.Y)
	}
	for i := range p.curves {
		l := &p.curves[i]
		if p.bars {
			l.bars(c, p, i, toX, toY)
			continue
		}
		l.line(c, p, toX, toY, l.rate, rateStyle)
		l.line(c, p, toX, toY, l.ceiling, ceilingStyle(l.ink))
		l.line(c, p, toX, toY, l.y, draw.LineStyle{Color: l.ink, Width: 1.6})
		for n, y := range l.y {
			if p.y.shows(y) {
				dot(c, vg.Point{X: toX(l.x[n]), Y: toY(y)}, l.ink)
			}
		}
	}
}

// bars draws a bar for each point of the line of that index, next to those of the others.
func (l *curve) bars(c draw.Canvas, p *sweepPanel, index int, toX, toY func(float64) vg.Length) {
	const share = 0.6 // of the space of a name
	n := float64(len(p.curves))
	for i, y := range l.y {
		if !p.y.shows(y) {
			continue
		}
		from := l.x[i] + share*(float64(index)/n-0.5)
		c.SetColor(l.ink)
		c.Fill(vg.Rectangle{Min: vg.Point{X: toX(from), Y: toY(p.y.low)}, Max: vg.Point{X: toX(from + share/n), Y: max(toY(y), toY(p.y.low)+1)}}.Path())
	}
}

var rateStyle = draw.LineStyle{Color: inkResent, Width: 1.4, Dashes: []vg.Length{1.5, 2.5}}

func ceilingStyle(ink color.Color) draw.LineStyle {
	return draw.LineStyle{Color: ink, Width: 1, Dashes: []vg.Length{6, 3}}
}

// line draws the parts of a line between points that are known, up to the edge of the
// chart.
func (l *curve) line(c draw.Canvas, p *sweepPanel, toX, toY func(float64) vg.Length, y []float64, style draw.LineStyle) {
	var run []vg.Point
	flush := func() {
		if len(run) > 1 {
			c.StrokeLines(style, c.ClipLinesXY(run)...)
		}
		run = nil
	}
	for i, v := range y {
		if !p.y.draws(v) {
			flush()
			continue
		}
		run = append(run, vg.Point{X: toX(l.x[i]), Y: toY(v)})
	}
	flush()
}

func dot(c draw.Canvas, at vg.Point, ink color.Color) {
	c.SetColor(ink)
	var p vg.Path
	p.Move(vg.Point{X: at.X + 3.2, Y: at.Y})
	p.Arc(at, 3.2, 0, 2*math.Pi)
	p.Close()
	c.Fill(p)
}

// legend explains the lines.
func (p *sweepPanel) legend() []legendItem {
	stroke := func(style draw.LineStyle) func(draw.Canvas, vg.Point) {
		return func(c draw.Canvas, at vg.Point) { c.StrokeLine2(style, at.X-8, at.Y, at.X+8, at.Y) }
	}
	var items []legendItem
	ceiling, rate := false, false
	for i := range p.curves {
		l := &p.curves[i]
		name := l.name
		if name == "" {
			name = "measured"
		}
		items = append(items, legendItem{name, func(c draw.Canvas, at vg.Point) {
			if p.bars {
				bar(c, at.X-8, at.X+8, at.Y, l.ink)
				return
			}
			stroke(draw.LineStyle{Color: l.ink, Width: 1.6})(c, at)
			dot(c, at, l.ink)
		}})
		if p.bars { // nothing else is drawn
			continue
		}
		known := func(v float64) bool { return !math.IsNaN(v) }
		ceiling = ceiling || slices.ContainsFunc(l.ceiling, known)
		rate = rate || slices.ContainsFunc(l.rate, known)
	}
	if ceiling {
		ink := color.Color(inkMuted)
		if len(p.curves) == 1 {
			ink = p.curves[0].ink
		}
		items = append(items, legendItem{"window ÷ RTT: one window in each round trip", stroke(ceilingStyle(ink))})
	}
	if rate {
		items = append(items, legendItem{"rate of the link, headers included", stroke(rateStyle)})
	}
	return items
}
