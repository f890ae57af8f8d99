package plot

import (
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"winwatch/report"
)

// piece is the number of parts of a path that are drawn at once: the rasterizer's time
// grows with the square of the number of edges that cross a row of pixels.
const piece = 32

// sheet is the canvas that pictures are drawn on. It draws long lines piece by piece, and
// makes untrusted text safe.
type sheet struct{ vg.CanvasSizer }

// Stroke draws the lines of a path. They end in butts, so pieces that meet look like one.
func (s sheet) Stroke(p vg.Path) {
	var start, at vg.Point // of the current line
	var part vg.Path
	for _, c := range p {
		if len(part) >= piece {
			s.CanvasSizer.Stroke(part)
			part = nil
			if c.Type != vg.MoveComp {
				part.Move(at)
			}
		}
		switch c.Type {
		case vg.MoveComp:
			start = c.Pos
		case vg.CloseComp:
			if len(p) > piece { // a piece does not know where the line began
				c.Type, c.Pos = vg.LineComp, start
			}
		}
		at = c.Pos
		part = append(part, c)
	}
	s.CanvasSizer.Stroke(part)
}

// FillString writes text.
func (s sheet) FillString(f font.Face, at vg.Point, text string) {
	s.CanvasSizer.FillString(f, at, report.Clean(text))
}
