// Package plot draws reports as still pictures: PNG and SVG. It is the only package that
// links gonum.
package plot

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"
	"io"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/words"
	"winwatch/report"
)

// The picture is as wide as tickets and pages show it, at a density that keeps small
// print sharp.
const (
	width  = 11 * vg.Inch
	height = 7.4 * vg.Inch
	dpi    = 144
	// columns is the number of columns that divide the time axis: a line has at most
	// four points in each.
	columns = 1100
)

// PNG draws the worst stream of the result: its verdict, the advertised window and data in
// flight, and below them right edge, data and ACK. If there is no stream, or the timeline
// has no points of it, the picture says so, and why.
func PNG(w io.Writer, m *report.Material) error {
	return writePNG(w, func(c draw.Canvas) { drawStill(c, m) })
}

// SVG draws the same picture as PNG, as vectors.
func SVG(w io.Writer, m *report.Material) error {
	return writeSVG(w, func(c draw.Canvas) { drawStill(c, m) })
}

// writePNG writes what is drawn as pixels, writeSVG as vectors.
func writePNG(w io.Writer, paint func(draw.Canvas)) error {
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
	paint(draw.New(sheet{c}))
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(w); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	return nil
}

func writeSVG(w io.Writer, paint func(draw.Canvas)) error {
	c := vgsvg.New(width, height)
	paint(draw.New(sheet{c}))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return fmt.Errorf("svg: %w", err)
	}
	_, err := fonts.WriteString(w, b.String())
	return err
}

// fonts adds fonts of the same widths, for systems without the one that the picture is
// laid out with.
var fonts = strings.NewReplacer("font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,Helvetica,sans-serif;")

// The colours of the HTML page (html/web/style.css) on white.
var (
	inkText     = color.RGBA{22, 32, 42, 255}
	inkMuted    = color.RGBA{90, 102, 114, 255}
	inkGrid     = color.RGBA{226, 230, 234, 255}
	inkWindow   = color.RGBA{0, 114, 178, 255}
	inkFlight   = color.RGBA{58, 155, 214, 255}
	inkFilled   = color.RGBA{205, 230, 245, 255}
	inkAck      = color.RGBA{0, 132, 92, 255}
	inkData     = color.RGBA{59, 69, 80, 255}
	inkProbe    = color.RGBA{194, 75, 0, 255}
	inkResent   = color.RGBA{168, 50, 127, 255}
	inkShade    = color.RGBA{252, 236, 224, 255}
	inkHatch    = color.RGBA{240, 200, 172, 255}
	inkFull     = color.RGBA{107, 86, 0, 255}
	severityInk = [...]color.RGBA{{0, 112, 79, 255}, {0, 90, 148, 255}, {138, 90, 0, 255}, {179, 66, 10, 255}}
)

func textStyle(size vg.Length, ink color.Color, bold bool) text.Style {
	s := text.Style{Color: ink, Font: plot.DefaultFont, Handler: plot.DefaultTextHandler}
	s.Font.Variant, s.Font.Size = "Sans", size
	if bold {
		s.Font.Weight = font.WeightBold
	}
	return s
}

// drawStill draws the verdict, the legends, and two panels with a common time axis.
func drawStill(c draw.Canvas, m *report.Material) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, 16, -20, 12, -16)
	st, ok := m.Result.WorstStream()
	if !ok {
		drawNothing(drawTitle(c, "there is no TCP stream to draw", "frames: "+report.FrameSum(m.Result), cause.Note), m)
		return
	}
	dir := st.Verdict.Dir
	d := &st.Dirs[dir]
	c = drawTitle(c, cmp.Or(st.Verdict.Sentence, "no wait for a window"), subtitle(st), st.Verdict.Severity)
	var points []analyze.Point
	if m.Timeline != nil {
		points, _ = m.Timeline.Points(st.ID)
	}
	if len(points) == 0 {
		drawNothing(c, m, "The chart is missing: none of the stream's segments were kept for it.")
		return
	}
	s := newSeries(points, d, dir, m.Result.Begin)
	marks := marksOf(points, dir)
	window, sequence := windowPanel(st, dir, s, marks, m.Result.Begin), sequencePanel(s, marks)
	// The lower panel is higher because it includes the axis and its label.
	split := c.Min.Y + (c.Max.Y-c.Min.Y)*0.53
	upper, lower := c, c
	upper.Min.Y, lower.Max.Y = split+6, split-6
	drawPanels([]*panel{window, sequence}, []draw.Canvas{upper, lower})
}

// drawNothing writes why there is no chart: the given reasons, and the warnings about the
// capture.
func drawNothing(c draw.Canvas, m *report.Material, reasons ...string) {
	for _, w := range m.Result.Warnings {
		reasons = append(reasons, w.Text+".")
	}
	style := textStyle(10, inkText, false)
	style.YAlign = text.YTop
	x, y := c.Min.X+12, c.Max.Y-8
	for _, reason := range reasons {
		for _, line := range wrapText(report.Clean(reason), style, c.Max.X-x) {
			if y < c.Min.Y+14 {
				return
			}
			c.FillText(style, vg.Point{X: x, Y: y}, line)
			y -= 14
		}
		y -= 6
	}
}

// subtitle says which stream a verdict is about, whom it blames and how sure it is.
func subtitle(st *analyze.Stream) string {
	v, d := &st.Verdict, &st.Dirs[st.Verdict.Dir]
	about := fmt.Sprintf("stream %d: data from %s, window of %s", st.ID, d.Sender, d.Receiver)
	if v.Severity == cause.OK {
		return about
	}
	return fmt.Sprintf("%s: %s, %s confidence · %s", v.Code, v.Party.Words(), v.Confidence, about)
}

// maxTitle is the most lines of a title, so that the charts keep their place.
const maxTitle = 3

// drawTitle writes a verdict and what it is about, and returns the canvas below.
func drawTitle(c draw.Canvas, sentence, about string, severity cause.Severity) draw.Canvas {
	title := textStyle(14, inkText, true)
	title.YAlign = text.YTop
	x, y := c.Min.X+12, c.Max.Y
	bar := vg.Rectangle{Min: vg.Point{X: c.Min.X, Y: y}, Max: vg.Point{X: c.Min.X + 4, Y: y}}
	for _, line := range cutText(words.UpperFirst(sentence), title, c.Max.X-x, maxTitle) {
		c.FillText(title, vg.Point{X: x, Y: y}, line)
		y -= 18
	}
	small := textStyle(10, inkMuted, false)
	small.YAlign = text.YTop
	for _, line := range wrapText(about, small, c.Max.X-x) {
		c.FillText(small, vg.Point{X: x, Y: y - 2}, line)
		y -= 13
	}
	y -= 2
	bar.Min.Y = y
	c.SetColor(severityInk[severity])
	c.Fill(bar.Path())
	c.Max.Y = y - 8
	return c
}
