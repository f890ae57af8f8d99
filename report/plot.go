package report

import (
	"errors"
	"fmt"
	"image/color"
	"io"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/words"
)

// The still is as wide as a ticket or a page shows it, at a density that keeps
// small print sharp.
const (
	plotWidth  = 11 * vg.Inch
	plotHeight = 7.4 * vg.Inch
	plotDPI    = 144
	// plotColumns is into how many columns the time is divided: a line has at
	// most four points in each.
	plotColumns = 1100
)

var errNothingToDraw = errors.New("no stream to draw")

// PNG draws the worst stream of the result as a picture: its verdict, the
// advertised window and data in flight, and below them right edge, data and
// ACK. It fails if there is no stream.
func PNG(w io.Writer, r *analyze.Result, tl *chart.Timeline) error {
	c := vgimg.NewWith(vgimg.UseWH(plotWidth, plotHeight), vgimg.UseDPI(plotDPI))
	if err := drawStill(draw.New(c), r, tl); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(w); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	return nil
}

// SVG draws what PNG draws, as vectors.
func SVG(w io.Writer, r *analyze.Result, tl *chart.Timeline) error {
	c := vgsvg.New(plotWidth, plotHeight)
	if err := drawStill(draw.New(c), r, tl); err != nil {
		return fmt.Errorf("svg: %w", err)
	}
	if _, err := c.WriteTo(w); err != nil {
		return fmt.Errorf("svg: %w", err)
	}
	return nil
}

// The colours of the page (web/style.css) on white.
var (
	plotText    = color.RGBA{22, 32, 42, 255}
	plotMuted   = color.RGBA{90, 102, 114, 255}
	plotGrid    = color.RGBA{226, 230, 234, 255}
	plotWindow  = color.RGBA{0, 114, 178, 255}
	plotFlight  = color.RGBA{58, 155, 214, 255}
	plotFilled  = color.RGBA{205, 230, 245, 255}
	plotAck     = color.RGBA{0, 132, 92, 255}
	plotData    = color.RGBA{59, 69, 80, 255}
	plotProbe   = color.RGBA{194, 75, 0, 255}
	plotResent  = color.RGBA{168, 50, 127, 255}
	plotShade   = color.RGBA{252, 236, 224, 255}
	plotHatch   = color.RGBA{240, 200, 172, 255}
	plotFull    = color.RGBA{107, 86, 0, 255}
	severityInk = [...]color.RGBA{{0, 112, 79, 255}, {0, 90, 148, 255}, {138, 90, 0, 255}, {179, 66, 10, 255}}
)

func plotStyle(size vg.Length, ink color.Color, bold bool) text.Style {
	s := text.Style{Color: ink, Font: plot.DefaultFont, Handler: plot.DefaultTextHandler}
	s.Font.Variant, s.Font.Size = "Sans", size
	if bold {
		s.Font.Weight = font.WeightBold
	}
	return s
}

// drawStill lays the picture out: verdict, legend, two panels on one time axis.
func drawStill(c draw.Canvas, r *analyze.Result, tl *chart.Timeline) error {
	worst := r.Worst(1)
	if len(worst) == 0 {
		return errNothingToDraw
	}
	st := worst[0]
	var points []analyze.Point
	if tl != nil {
		points, _ = tl.Points(st.ID)
	}
	if len(points) == 0 {
		return fmt.Errorf("stream %d: no segment is held for charts", st.ID)
	}
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, 16, -20, 12, -16)
	c = drawTitle(c, st)

	dir := st.Verdict.Dir
	s := newChartSeries(points, &st.Dirs[dir], dir, r.Begin)
	marks := marksOf(points, dir)
	window, sequence := windowPanel(st, dir, s, marks, points, r.Begin), sequencePanel(s, marks)
	// The axis and its label make the lower panel higher.
	split := c.Min.Y + (c.Max.Y-c.Min.Y)*0.53
	upper, lower := c, c
	upper.Min.Y, lower.Max.Y = split+6, split-6
	drawPanels([]*panel{window, sequence}, []draw.Canvas{upper, lower})
	return nil
}

// drawTitle writes the verdict and what it is about, and returns the room below.
func drawTitle(c draw.Canvas, st *analyze.Stream) draw.Canvas {
	sentence := st.Verdict.Sentence
	if sentence == "" {
		sentence = "no wait for a window"
	}
	title := plotStyle(14, plotText, true)
	title.YAlign = text.YTop
	x, y := c.Min.X+12, c.Max.Y
	bar := vg.Rectangle{Min: vg.Point{X: c.Min.X, Y: y}, Max: vg.Point{X: c.Min.X + 4, Y: y}}
	for _, line := range wrapText(words.UpperFirst(sentence), title, c.Max.X-x) {
		c.FillText(title, vg.Point{X: x, Y: y}, line)
		y -= 18
	}
	small := plotStyle(10, plotMuted, false)
	small.YAlign = text.YTop
	dir := st.Verdict.Dir
	d := &st.Dirs[dir]
	c.FillText(small, vg.Point{X: x, Y: y - 2}, fmt.Sprintf("stream %d: data from %s, window of %s", st.ID, d.Sender, d.Receiver))
	y -= 15
	bar.Min.Y = y
	c.SetColor(severityInk[min(int(st.Verdict.Severity), len(severityInk)-1)])
	c.Fill(bar.Path())
	c.Max.Y = y - 8
	return c
}
