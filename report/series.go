package report

import (
	"math"
	"sort"

	"winwatch/analyze"
	"winwatch/capture"
)

// inFlight returns, for each point, what the sender of direction dir has
// outstanding after it, in bytes or Unknown: as the analyzer said at its own
// segments, less what the other side has acknowledged since.
func inFlight(points []analyze.Point, dir analyze.Dir) []int64 {
	out := make([]int64, len(points))
	sent, flight := int64(analyze.Unknown), int64(analyze.Unknown)
	for i := range points {
		switch p := &points[i]; {
		case p.Dir == dir:
			sent = max(sent, p.SeqEnd)
			if p.InFlight != analyze.Unknown {
				flight = p.InFlight
			}
		case p.Ack != analyze.Unknown && sent != analyze.Unknown && flight != analyze.Unknown:
			flight = min(flight, max(sent-p.Ack, 0))
		}
		out[i] = flight
	}
	return out
}

// chartTime returns where a frame that was captured at the given time stands
// among the points, whose times have clock jumps taken out. If it was thinned
// out it stands between its neighbours.
func chartTime(points []analyze.Point, frame uint64, time int64) int64 {
	i := sort.Search(len(points), func(i int) bool { return points[i].Frame >= frame })
	switch {
	case len(points) == 0:
		return time
	case i < len(points) && points[i].Frame == frame:
		return points[i].Time
	}
	if i > 0 {
		time = max(time, points[i-1].Time)
	}
	if i < len(points) {
		time = min(time, points[i].Time)
	}
	return time
}

// chartSeries is what is in force after each point, for the data of one
// direction: bytes, unknown ones NaN, times in nanoseconds after the begin of
// the capture.
type chartSeries struct {
	time []float64
	// scaled is false where window is the bare window field.
	scaled bool
	// window, edge and ack are the receiver's, flight the sender's.
	window, edge, ack, flight []float64
	// low and high bound the data of a point that has some.
	low, high []float64
}

func newChartSeries(points []analyze.Point, d *analyze.Direction, dir analyze.Dir, begin int64) *chartSeries {
	n := len(points)
	s := &chartSeries{scaled: d.Window.Scale.State != analyze.ScaleUnknown}
	for _, column := range []*[]float64{&s.time, &s.window, &s.edge, &s.ack, &s.flight, &s.low, &s.high} {
		*column = make([]float64, n)
	}
	window, edge, ack := math.NaN(), math.NaN(), math.NaN()
	flights := inFlight(points, dir)
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

// windowOf returns the window of a point or, where the scale is unknown, its
// window field; a SYN's is on another scale, so the last one stays.
func (s *chartSeries) windowOf(p *analyze.Point, last float64) float64 {
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

// zeroSpans returns the times from and to which the window was 0.
func (s *chartSeries) zeroSpans() [][2]float64 {
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
