package plot

import (
	"math"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report"
)

// series holds what is in force after each point, for the data of one direction, in bytes
// or NaN if unknown. Times are nanoseconds since the begin of the capture.
type series struct {
	time []float64
	// scaled is false if window holds the bare window field.
	scaled bool
	// window, edge and ack belong to the receiver, flight to the sender.
	window, edge, ack, flight []float64
	// low and high bound the data of points that carry data.
	low, high []float64
}

func newSeries(points []analyze.Point, d *analyze.Direction, dir analyze.Dir, begin int64) *series {
	n := len(points)
	s := &series{scaled: d.Window.Scale.State != analyze.ScaleUnknown}
	for _, column := range []*[]float64{&s.time, &s.window, &s.edge, &s.ack, &s.flight, &s.low, &s.high} {
		*column = make([]float64, n)
	}
	window, edge, ack := math.NaN(), math.NaN(), math.NaN()
	flights := report.InFlight(points, dir)
	for i := range points {
		p := &points[i]
		s.low[i], s.high[i] = math.NaN(), math.NaN()
		if p.Dir == dir && p.Seq != analyze.Unknown && p.SeqEnd > p.Seq {
			s.low[i], s.high[i] = float64(p.Seq), float64(p.SeqEnd)
		}
		if p.Dir != dir && !p.Flags.Has(capture.RST) {
			window = s.windowOf(p, window)
			if p.RightEdge != analyze.Unknown {
				edge = float64(p.RightEdge)
			}
			if p.Ack != analyze.Unknown && !(ack > float64(p.Ack)) {
				ack = float64(p.Ack)
			}
		}
		s.time[i], s.window[i], s.edge[i], s.ack[i] = float64(p.Time-begin), window, edge, ack
		s.flight[i] = orNaN(flights[i])
	}
	return s
}

// windowOf returns the window of a point or, if the scale is unknown, its window field. The
// field of a SYN has another scale, so the last value stays in force.
func (s *series) windowOf(p *analyze.Point, last float64) float64 {
	switch {
	case s.scaled || p.Window == 0:
		return orNaN(p.Window)
	case p.Flags.Has(capture.SYN):
		return last
	}
	return float64(p.WindowRaw)
}

func orNaN(n int64) float64 {
	if n == analyze.Unknown {
		return math.NaN()
	}
	return float64(n)
}

// zeroSpans returns the begin and end of each time during which the window was 0.
func (s *series) zeroSpans() [][2]float64 {
	var spans [][2]float64
	zero := false
	for i, w := range s.window {
		switch {
		case w == 0 && !zero:
			spans = append(spans, [2]float64{s.time[i], s.time[i]})
		case zero:
			spans[len(spans)-1][1] = s.time[i]
		}
		zero = w == 0
	}
	return spans
}
