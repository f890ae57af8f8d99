package plot

import (
	"image/color"
	"math"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// panel is one chart of the picture.
type panel struct {
	title string
	lines []line
	marks []markKind
	zero  [][2]float64
	// stalls holds the begin and end of each stall.
	stalls [][2]float64
	// fromZero makes the axis begin at 0.
	fromZero bool
}

func windowPanel(st *analyze.Stream, dir analyze.Dir, s *series, marks []markKind, begin int64) *panel {
	name, title := "advertised window", "Advertised window and data in flight"
	if !s.scaled {
		name, title = "window field, not scaled", "Window field (its scale was not captured) and data in flight"
	}
	p := &panel{title: title, zero: s.zeroSpans(), fromZero: true,
		lines: []line{
			{name: "in flight", time: s.time, value: s.flight, ink: inkFlight, fill: inkFilled, width: 0.8},
			{name: name, time: s.time, value: s.window, ink: inkWindow, width: 1.5},
		}}
	for i := range st.Dirs[dir].Stalls {
		stall := &st.Dirs[dir].Stalls[i]
		p.stalls = append(p.stalls, [2]float64{float64(stall.Begin - begin), float64(stall.End - begin)})
	}
	for _, m := range marks {
		switch m.kind {
		case analyze.EventProbe, analyze.EventProbeAnswer, analyze.EventWindowShrunk:
			p.marks = append(p.marks, m.at(s.time, s.window))
		case analyze.EventRetransmission:
			p.marks = append(p.marks, m.at(s.time, s.flight))
		}
	}
	return p
}

func sequencePanel(s *series, marks []markKind) *panel {
	p := &panel{title: "Right edge, data and ACK", zero: s.zeroSpans(),
		lines: []line{
			{name: "right edge", time: s.time, value: s.edge, ink: inkWindow, width: 1.5},
			{name: "data", time: s.time, value: s.high, low: s.low, ink: inkData, width: 1.2},
			{name: "ACK", time: s.time, value: s.ack, ink: inkAck, width: 1.2, dashes: []vg.Length{5, 2.5}},
		}}
	for _, m := range marks {
		if m.kind == analyze.EventProbeAnswer {
			p.marks = append(p.marks, m.at(s.time, s.ack))
		} else if m.kind != analyze.EventWindowShrunk {
			p.marks = append(p.marks, m.at(s.time, m.end))
		}
	}
	return p
}

// drawPanels draws the panels with a common time axis: the widest y axis determines the
// left edge of all of them.
func drawPanels(panels []*panel, canvases []draw.Canvas) {
	plots := make([]*plot.Plot, len(panels))
	first, last := timeRange(panels)
	left := vg.Length(0)
	for i, c := range canvases {
		plots[i] = panels[i].plot(first, last, i == len(panels)-1)
		left = max(left, plots[i].DataCanvas(c).Min.X)
	}
	for i, c := range canvases {
		c = panels[i].head(c)
		c.Min.X += left - plots[i].DataCanvas(c).Min.X
		plots[i].Draw(c)
	}
}

func timeRange(panels []*panel) (first, last float64) {
	t := panels[0].lines[0].time
	first, last = t[0], t[len(t)-1]
	if last <= first {
		last = first + 1e6
	}
	edge := (last - first) * 0.008
	return first - edge, last + edge
}

// plot returns a plot with the axes set up; its content is the panel itself.
func (p *panel) plot(first, last float64, labelled bool) *plot.Plot {
	pl := plot.New()
	pl.BackgroundColor = nil
	pl.X.Min, pl.X.Max = first, last
	pl.Y.Min, pl.Y.Max = p.valueRange()
	ticks, unit := report.TimeTicks(int64(first), int64(last), 12)
	pl.X.Tick.Marker = plot.TickerFunc(func(_, _ float64) []plot.Tick {
		var out []plot.Tick
		for _, t := range ticks {
			out = append(out, plot.Tick{Value: float64(t.At), Label: t.Label})
		}
		return out
	})
	pl.Y.Tick.Marker = plot.TickerFunc(byteTicks)
	for _, axis := range []*plot.Axis{&pl.X, &pl.Y} {
		axis.Tick.Label.Font.Variant, axis.Tick.Label.Font.Size = "Sans", 9
		axis.Tick.Label.Color, axis.Tick.LineStyle.Color = inkMuted, inkGrid
		axis.LineStyle.Color, axis.Padding = inkGrid, 0
	}
	pl.Y.LineStyle.Width, pl.Y.Tick.Length = 0, 3
	if labelled {
		pl.X.Label.Text = "time since the capture began [" + unit + "]"
		pl.X.Label.TextStyle.Font.Variant, pl.X.Label.TextStyle.Font.Size = "Sans", 9
		pl.X.Label.TextStyle.Color, pl.X.Label.Padding = inkMuted, 3
	}
	pl.Add(p)
	return pl
}

func (p *panel) valueRange() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, l := range p.lines {
		for _, values := range [][]float64{l.value, l.low} {
			for _, v := range values {
				low, high = min(low, nanOr(v, low)), max(high, nanOr(v, high))
			}
		}
	}
	if p.fromZero || math.IsInf(low, 0) {
		low = 0
	}
	space := max(high-low, 1024)
	return low - space*0.09, low + space*1.1
}

func nanOr(v, other float64) float64 {
	if math.IsNaN(v) {
		return other
	}
	return v
}

// byteTicks returns ticks at multiples of a power of two.
func byteTicks(low, high float64) []plot.Tick {
	step := 1.0
	for (high-low)/step > 6.5 {
		step *= 2
	}
	var ticks []plot.Tick
	for v := max(0, math.Ceil(low/step)*step); v <= high; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: words.Tick(int64(v))})
	}
	return ticks
}

// wrapText breaks text into lines of at most the given width.
func wrapText(s string, style text.Style, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && style.Width(line+" "+word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// cutText breaks text into at most n lines of at most the given width, and marks the last
// one if there is more.
func cutText(s string, style text.Style, width vg.Length, n int) []string {
	lines := wrapText(s, style, width)
	if len(lines) <= n {
		return lines
	}
	lines = lines[:n]
	last := lines[n-1]
	for style.Width(last+" …") > width && strings.Contains(last, " ") {
		last = last[:strings.LastIndex(last, " ")]
	}
	lines[n-1] = strings.TrimRight(last, " ,;:") + " …"
	return lines
}

// head writes the title and the legend, and returns the canvas below.
func (p *panel) head(c draw.Canvas) draw.Canvas { return drawHead(c, p.title, p.legend()) }

// drawHead writes a title and, next to it, a legend, above the data, and returns the canvas
// below.
func drawHead(c draw.Canvas, heading string, items []legendItem) draw.Canvas {
	title, style := textStyle(11, inkText, true), textStyle(9, inkText, false)
	title.YAlign, style.YAlign = text.YCenter, text.YCenter
	x, y := c.Min.X, c.Max.Y-6
	c.FillText(title, vg.Point{X: x, Y: y}, heading)
	x += title.Width(heading) + 18
	for _, item := range items {
		width := 22 + style.Width(item.name) + 14
		if x+width-14 > c.Max.X {
			x, y = c.Min.X, y-15
		}
		item.icon(c, vg.Point{X: x + 8, Y: y})
		c.FillText(style, vg.Point{X: x + 21, Y: y}, item.name)
		x += width
	}
	c.Max.Y = y - 12
	return c
}

// legendItem explains a line, a mark or a shading. icon draws its symbol around a point.
type legendItem struct {
	name string
	icon func(c draw.Canvas, at vg.Point)
}

func (p *panel) legend() []legendItem {
	var items []legendItem
	for i := range p.lines {
		items = append(items, legendItem{p.lines[i].name, p.lines[i].icon})
	}
	for i := range p.marks {
		items = append(items, legendItem{p.marks[i].name, p.marks[i].icon})
	}
	if len(p.zero) > 0 {
		items = append(items, legendItem{"zero window", func(c draw.Canvas, at vg.Point) {
			hatched(c, vg.Rectangle{Min: at.Sub(vg.Point{X: 8, Y: 5}), Max: at.Add(vg.Point{X: 8, Y: 5})})
		}})
	}
	if len(p.stalls) > 0 {
		items = append(items, legendItem{"stall", func(c draw.Canvas, at vg.Point) { bar(c, at.X-8, at.X+8, at.Y, inkProbe) }})
	}
	return items
}

func bar(c draw.Canvas, from, to, y vg.Length, ink color.Color) {
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 2.5}, from, y, to, y)
}

// stallLabel returns the label next to the bar of a stall.
func stallLabel(stall [2]float64) string {
	return "stall " + words.Duration(time.Duration(stall[1]-stall[0]))
}
