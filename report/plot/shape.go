package plot

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A shape draws a mark of size r at a point; the tip of a triangle is at the point. Shapes
// differ so that marks can be told apart in grey.
type shape func(c draw.Canvas, at vg.Point, r vg.Length, ink color.Color)

func triangleUp(c draw.Canvas, at vg.Point, r vg.Length, ink color.Color) {
	c.SetColor(ink)
	c.Fill(polygon(at, vg.Point{}, vg.Point{X: -r, Y: -1.7 * r}, vg.Point{X: r, Y: -1.7 * r}))
}

func triangleDown(c draw.Canvas, at vg.Point, r vg.Length, ink color.Color) {
	outline(c, ink, polygon(at, vg.Point{}, vg.Point{X: -r, Y: 1.7 * r}, vg.Point{X: r, Y: 1.7 * r}))
}

func diamond(c draw.Canvas, at vg.Point, r vg.Length, ink color.Color) {
	outline(c, ink, polygon(at, vg.Point{Y: -r}, vg.Point{X: r}, vg.Point{Y: r}, vg.Point{X: -r}))
}

func square(c draw.Canvas, at vg.Point, r vg.Length, ink color.Color) {
	r *= 0.8
	c.SetColor(ink)
	c.Fill(polygon(at, vg.Point{X: -r, Y: -r}, vg.Point{X: r, Y: -r}, vg.Point{X: r, Y: r}, vg.Point{X: -r, Y: r}))
}

func cross(c draw.Canvas, at vg.Point, r vg.Length, ink color.Color) {
	style := draw.LineStyle{Color: ink, Width: 1.1}
	c.StrokeLine2(style, at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(style, at.X-r, at.Y+r, at.X+r, at.Y-r)
}

func polygon(at vg.Point, corners ...vg.Point) vg.Path {
	var p vg.Path
	for i, corner := range corners {
		if i == 0 {
			p.Move(at.Add(corner))
		} else {
			p.Line(at.Add(corner))
		}
	}
	p.Close()
	return p
}

func outline(c draw.Canvas, ink color.Color, p vg.Path) {
	c.SetColor(color.White)
	c.Fill(p)
	c.SetLineStyle(draw.LineStyle{Color: ink, Width: 1.1})
	c.Stroke(p)
}
