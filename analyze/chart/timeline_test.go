package chart

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
)

// feed adds n samples of one stream, one per microsecond from alternating sides, and
// returns them. change may modify each.
func feed(tl *Timeline, stream int64, n int, change func(i int, s *analyze.Sample)) []analyze.Sample {
	all := make([]analyze.Sample, n)
	for i := range all {
		dir := analyze.Dir(i % 2)
		all[i] = analyze.Sample{
			Segment: &capture.Segment{Frame: uint64(i + 1), Flags: capture.ACK}, Time: int64(i) * 1000,
			Stream: stream, Dir: dir, Window: 60_000, RightEdge: int64(i) + 60_000,
			Ack: int64(i), Seq: int64(i), SeqEnd: int64(i) + 10, InFlight: 10,
		}
		if change != nil {
			change(i, &all[i])
		}
		tl.Add(&all[i])
	}
	return all
}

// checkReal checks that the points are samples that were fed, in order of time, each at
// most once.
func checkReal(t *testing.T, points []analyze.Point, fed []analyze.Sample) {
	t.Helper()
	seen := map[uint64]bool{}
	for i, p := range points {
		if i > 0 && p.Time < points[i-1].Time {
			t.Fatalf("point %d, at %d, comes after one at %d", i, p.Time, points[i-1].Time)
		}
		if seen[p.Frame] {
			t.Fatalf("frame %d occurs twice", p.Frame)
		}
		seen[p.Frame] = true
		s := fed[p.Frame-1]
		if p.Time != s.Time || p.Window != s.Window || p.Dir != s.Dir || p.Events != s.Events || p.InFlight != s.InFlight {
			t.Fatalf("frame %d is %+v, was fed as %+v", p.Frame, p, s)
		}
	}
}

func TestTimelineKeepsAllWithinItsBound(t *testing.T) {
	tl := New(2000)
	fed := feed(tl, 3, 1500, nil)
	points, thinned := tl.Points(3)
	if len(points) != 1500 || thinned {
		t.Errorf("%d points, thinned %v, want all 1500", len(points), thinned)
	}
	checkReal(t, points, fed)
	if points, thinned := tl.Points(4); points != nil || thinned {
		t.Errorf("an unknown stream has %d points, thinned %v", len(points), thinned)
	}
}

func TestTimelineIgnoresOtherStreams(t *testing.T) {
	tl := New(2000, 5)
	feed(tl, 4, 10, nil)
	feed(tl, 5, 20, nil)
	if points, _ := tl.Points(4); points != nil {
		t.Errorf("stream 4 was not selected, but has %d points", len(points))
	}
	if points, _ := tl.Points(5); len(points) != 20 {
		t.Errorf("stream 5 has %d points, want 20", len(points))
	}
}

func TestTimelineKeepsExtremesAndRareEvents(t *testing.T) {
	const n, bound = 300_000, 4000
	rng := rand.New(rand.NewPCG(1, 2))
	special := map[uint64]bool{}
	tl := New(bound)
	fed := feed(tl, 0, n, func(i int, s *analyze.Sample) {
		s.Window = 30_000 + rng.Int64N(1000)
		s.RightEdge = s.Ack + s.Window
		s.InFlight = rng.Int64N(5000)
		switch {
		case i == 77_777: // the lowest window of all, without an event
			s.Window = 12
		case i == 123_456:
			s.Window = 900_000
		case i == 200_001:
			s.InFlight = 70_000
		case i%10_007 == 0:
			s.Events |= analyze.EventProbe
		case i > 150_000 && i < 151_000 && s.Dir == analyze.ServerToClient:
			s.Window, s.Events = 0, analyze.EventZeroWindow
		case i == 222_222:
			s.Events |= analyze.EventRetransmission
		default:
			return
		}
		// Only the first and the last of the zero windows count as rare.
		if !s.Events.Has(analyze.EventZeroWindow) || i == 150_001 || i == 150_999 {
			special[s.Segment.Frame] = true
		}
	})
	special[151_002] = true // the first window after the zero ones
	delete(special, 151_000)
	points, thinned := tl.Points(0)
	if len(points) > bound || len(points) < bound/8 || !thinned {
		t.Fatalf("%d points of %d, thinned %v; the bound is %d", len(points), n, thinned, bound)
	}
	checkReal(t, points, fed)
	for frame := range special {
		if !slices.ContainsFunc(points, func(p analyze.Point) bool { return p.Frame == frame }) {
			t.Errorf("frame %d (%v, window %d) was lost", frame, fed[frame-1].Events, fed[frame-1].Window)
		}
	}
	if points[0].Frame != 1 || points[len(points)-1].Frame != n {
		t.Errorf("first and last point are frames %d and %d, want 1 and %d", points[0].Frame, points[len(points)-1].Frame, n)
	}
}

func TestTimelineThinsEvenlyInTime(t *testing.T) {
	tl := New(4000)
	feed(tl, 0, 100_000, nil)
	points, _ := tl.Points(0)
	// The newest part was thinned less often, but the bound limits how much of it is not
	// thinned at all: every tenth of the time has its share of the points.
	var tenths [10]int
	for _, p := range points {
		tenths[p.Time/10_000_000]++
	}
	for i, n := range tenths {
		if n < len(points)/50 {
			t.Errorf("tenth %d has %d of %d points: %v", i, n, len(points), tenths)
		}
	}
}

func TestTimelineBoundsRareEvents(t *testing.T) {
	tl := New(1000)
	fed := feed(tl, 0, 50_000, func(i int, s *analyze.Sample) { s.Events = analyze.EventProbe })
	points, _ := tl.Points(0)
	if len(points) > 1000 || len(points) < 10 {
		t.Errorf("%d points, bound 1000", len(points))
	}
	checkReal(t, points, fed)
}

func TestTimelineOrdersBackwardTime(t *testing.T) {
	for _, n := range []int{500, 20_000} {
		tl := New(1000)
		fed := feed(tl, 0, n, func(i int, s *analyze.Sample) {
			switch i {
			case n / 3:
				s.Time = math.MinInt64
			case n / 2:
				s.Time = math.MaxInt64
			case n - 1:
				s.Time = 0
			}
		})
		points, _ := tl.Points(0)
		if len(points) > 1000 {
			t.Errorf("%d points, bound 1000", len(points))
		}
		checkReal(t, points, fed)
		if points[0].Time != math.MinInt64 || points[len(points)-1].Time != math.MaxInt64 {
			t.Errorf("times run from %d to %d", points[0].Time, points[len(points)-1].Time)
		}
	}
}

func TestTimelineBoundsAllStreamsTogether(t *testing.T) {
	const bound = 20_000
	tl := New(bound)
	for i := range 30_000 {
		feed(tl, int64(i), 1, nil)
	}
	feed(tl, 30_000, 3000, func(i int, s *analyze.Sample) {
		if i > 1000 {
			s.Window, s.Events = 0, analyze.EventZeroWindow
		}
	})
	for i := range 30_000 {
		feed(tl, int64(30_001+i), 1, nil)
	}
	held, capacity := 0, 0
	for _, sr := range tl.series {
		held += len(sr.points)
		capacity += cap(sr.points)
	}
	if held+len(tl.series)*seriesCost != tl.total {
		t.Errorf("the total is %d, but it holds %d points of %d streams", tl.total, held, len(tl.series))
	}
	if held > bound || capacity > 4*bound {
		t.Errorf("it holds %d points with a capacity of %d; the bound is %d", held, capacity, bound)
	}
	points, _ := tl.Points(30_000)
	if len(points) < MinPoints/4 {
		t.Errorf("only %d points are left of the stream with a zero window", len(points))
	}
	if points, thinned := tl.Points(1); points != nil || !thinned {
		t.Errorf("stream 1: %d points, thinned %v, want no points and thinned set", len(points), thinned)
	}
	if tl.Dropped() == 0 {
		t.Error("Dropped is 0, but streams were dropped")
	}
	feed(tl, 1, 5, nil)
	if points, thinned := tl.Points(1); len(points) != 5 || !thinned {
		t.Errorf("stream 1 came back: %d points, thinned %v, want 5 and thinned set", len(points), thinned)
	}
}

func TestTimelineKeepsShortStreams(t *testing.T) {
	tl := New(10_000, 1, 2)
	feed(tl, 1, 100_000, nil)
	feed(tl, 2, 300, nil)
	if points, thinned := tl.Points(2); len(points) != 300 || thinned {
		t.Errorf("the short stream has %d points, thinned %v, want all 300", len(points), thinned)
	}
}

func TestDecimateKeepsInput(t *testing.T) {
	tl := New(10_000)
	feed(tl, 0, 5000, nil)
	points, _ := tl.Points(0)
	before := slices.Clone(points)
	few := Decimate(points, 500)
	if len(few) > 500 || len(few) < 50 {
		t.Errorf("%d points, want at most 500", len(few))
	}
	if !slices.Equal(points, before) {
		t.Error("the input was changed")
	}
	if got := Decimate(points, 5000); len(got) != 5000 {
		t.Errorf("%d points, want all 5000: they fit", len(got))
	}
}

// TestThinningInSteps: thinning repeatedly leaves the same points as thinning once.
func TestThinningInSteps(t *testing.T) {
	tl := New(1 << 20)
	feed(tl, 0, 40_000, func(i int, s *analyze.Sample) { s.Window = int64(i*7919) % 50_021 })
	all, _ := tl.Points(0)
	th := thinner{origin: all[0].Time, width: 1}
	steps := slices.Clone(all)
	for _, limit := range []int{20_000, 9000, 3000, 1000} {
		steps = th.thin(steps, limit)
	}
	once := thinner{origin: all[0].Time, width: th.width}
	if want := once.pass(slices.Clone(all)); !slices.Equal(steps, want) {
		t.Errorf("%d points in steps, %d at once", len(steps), len(want))
	}
}

func BenchmarkTimelineAdd(b *testing.B) {
	tl := New(20_000)
	s := analyze.Sample{Segment: &capture.Segment{Flags: capture.ACK}}
	b.ReportAllocs()
	for i := range b.N {
		s.Segment.Frame, s.Time = uint64(i+1), int64(i)*1000
		s.Window, s.Dir = int64(i*7919)%50_021, analyze.Dir(i&1)
		tl.Add(&s)
	}
}
