package plot

import (
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/report"
	"winwatch/report/reporttest"
)

// busy returns a stream of n points that each look different from the last: windows open and
// close, data is sent again, and the sender stalls all the time. Unless known is set, neither
// the windows nor the bytes in flight are known.
func busy(n int, known bool) *report.Material {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	tl := chart.New(n)
	st := &analyze.Stream{Segments: uint64(n), FirstFrame: 1, LastFrame: uint64(n)}
	d := &st.Dirs[0]
	d.Window.Scale.State = analyze.ScaleKnown
	for i := range n {
		at := int64(i) * 1e6
		s := &analyze.Sample{Segment: &capture.Segment{Frame: uint64(i + 1)}, Time: at, Dir: analyze.Dir(i % 2),
			Seq: rng.Int64N(1 << 20), Ack: rng.Int64N(1 << 20), Window: analyze.Unknown, RightEdge: analyze.Unknown, InFlight: analyze.Unknown,
			Events: analyze.EventRetransmission | analyze.EventProbe | analyze.EventProbeAnswer | analyze.EventWindowFull | analyze.EventWindowShrunk}
		s.SeqEnd = s.Seq + 1 + rng.Int64N(100_000)
		if known {
			s.Window = rng.Int64N(1<<16) * int64(i/2%2)
			s.RightEdge, s.InFlight = s.Ack+s.Window, rng.Int64N(1<<16)
		}
		tl.Add(s)
		d.Stalls = append(d.Stalls, analyze.Stall{Begin: at, End: at + 5e5, BeginFrame: uint64(i + 1), EndFrame: uint64(i + 1), Duration: 5e5})
	}
	st.End = int64(n) * 1e6
	r := &analyze.Result{StreamCount: 1, Segments: uint64(n), End: st.End, Span: time.Duration(st.End)}
	return &report.Material{Result: r.Select([]*analyze.Stream{st}), Timeline: tl}
}

// resent returns a stream whose segments carry the same data again and again: each column of
// pixels holds a bar from the bottom to the top.
func resent(n int) *report.Material {
	m := busy(n, false)
	points, _ := m.Timeline.Points(0)
	for i := range points {
		points[i].Seq, points[i].SeqEnd = 0, 1452
	}
	return m
}

// A tally counts what is drawn.
type tally struct {
	recorder.Canvas
	// draws counts fills, strokes and texts; parts the lines that they consist of; longest is
	// the most lines of one of them.
	draws, parts, longest int
	outside               int
}

func (c *tally) Size() (w, h vg.Length) { return width, height }

func (c *tally) Stroke(p vg.Path) { c.count(p) }
func (c *tally) Fill(p vg.Path)   { c.count(p) }

func (c *tally) count(p vg.Path) {
	c.draws++
	c.parts += len(p)
	c.longest = max(c.longest, len(p))
	for _, part := range p {
		if x, y := part.Pos.X, part.Pos.Y; x < 0 || x > width || y < 0 || y > height {
			c.outside++
		}
	}
}

// TestCost: what is drawn, and so the time that it takes, depends on the size of the picture,
// not on the number of points, and nothing is drawn in one piece that the rasterizer takes
// long for.
func TestCost(t *testing.T) {
	for _, tt := range []struct {
		name string
		m    *report.Material
	}{
		{"known", busy(20_000, true)}, {"unknown", busy(20_000, false)}, {"resent", resent(20_000)}, {"few", resent(2400)},
		{"long", reporttest.LongStream(50_000)}, {"flood", reporttest.Analyze(t, reporttest.SeedFlood)},
	} {
		var c tally
		drawStill(draw.New(sheet{&c}), tt.m)
		t.Logf("%s: %d draws, %d parts, at most %d", tt.name, c.draws, c.parts, c.longest)
		if c.draws > 12_000 || c.parts > 130_000 || c.longest > 40 || c.outside > 0 {
			t.Errorf("%s: %d draws of %d parts, the longest %d, %d outside the picture", tt.name, c.draws, c.parts, c.longest, c.outside)
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	for _, bb := range []struct {
		name string
		m    *report.Material
	}{
		{"known", busy(50_000, true)}, {"unknown", busy(50_000, false)}, {"resent", resent(2400)}, {"resent50k", resent(50_000)},
		{"long", reporttest.LongStream(200_000)}, {"flood", reporttest.Analyze(b, reporttest.SeedFlood)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if err := PNG(io.Discard, bb.m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
