package analyze_test

import (
	"math"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// TestSketch: the sketch of a stream has the same extremes and covers the same time as
// its samples.
func TestSketch(t *testing.T) {
	a := analyze.New(analyze.DefaultConfig())
	type extremes struct{ low, high, flight, first, last int64 }
	seen := map[int64]*[2]extremes{}
	a.OnSample(func(s *analyze.Sample) {
		if seen[s.Stream] == nil {
			seen[s.Stream] = &[2]extremes{{low: 1 << 40, first: s.Time}, {low: 1 << 40, first: s.Time}}
		}
		x, own := &seen[s.Stream][s.Dir.Reverse()], &seen[s.Stream][s.Dir]
		if s.Segment.Flags&(capture.SYN|capture.RST) == 0 {
			x.low, x.high = min(x.low, s.Window), max(x.high, s.Window)
		}
		own.flight = max(own.flight, s.InFlight)
		x.last, own.last = s.Time, s.Time
	})
	for s := range (capturetest.Traffic{Packets: 60_000, Conns: 20, Seed: 3}).Segments() {
		a.Add(s)
	}
	r := a.Result()
	for id, want := range seen {
		points := r.Sketch(id)
		if points == nil {
			t.Fatalf("stream %d has no sketch", id)
		}
		got := [2]extremes{{low: 1 << 40}, {low: 1 << 40}}
		for i, p := range points {
			if i > 0 && p.Time < points[i-1].Time {
				t.Fatal("points are not in order of time")
			}
			if p.Window != analyze.Unknown {
				x := &got[p.Dir.Reverse()]
				x.low, x.high = min(x.low, p.Window), max(x.high, p.Window)
			}
			got[p.Dir].flight = max(got[p.Dir].flight, p.InFlight)
		}
		for d := range want {
			if got[d].low != want[d].low || got[d].high != want[d].high || got[d].flight != want[d].flight {
				t.Errorf("stream %d direction %d: window %d to %d, in flight %d; want %d to %d, %d", id, d,
					got[d].low, got[d].high, got[d].flight, want[d].low, want[d].high, want[d].flight)
			}
		}
		span := want[0].last - want[0].first
		if first, last := points[0].Time-want[0].first, want[0].last-points[len(points)-1].Time; first != 0 || last < 0 || last > span/32 {
			t.Errorf("stream %d: the sketch begins %d ns late and ends %d ns early, of %d", id, first, last, span)
		}
	}
}

// TestSketchOfShortStream: a short stream has no sketch unless its window closes. Then
// the sketch shows when the window closed and opened.
func TestSketchOfShortStream(t *testing.T) {
	open, _ := run(t, strings.Replace(fill, "win 0", "win 900", 1))
	if open.Sketch(0) != nil {
		t.Error("a stream of eight segments has a sketch")
	}
	r, samples := run(t, fill+`
+0.212 C > S .   seq una-1
+0.001 S > C .   win 0
+1.000 S > C .   win 4000
+0.001 C > S P.  len 1000
`)
	points := r.Sketch(0)
	if points == nil {
		t.Fatal("a stream whose window closed has no sketch")
	}
	var closed, opened int64
	for _, s := range samples {
		switch zero := s.Window == 0; {
		case zero && closed == 0:
			closed = s.Time
		case !zero && closed != 0 && opened == 0 && s.Events.Has(analyze.EventWindowUpdate):
			opened = s.Time
		}
	}
	var drawnClosed, drawnOpened int64
	for _, p := range points {
		switch {
		case p.Dir == analyze.ClientToServer: // the client's own window
		case p.Window == 0 && drawnClosed == 0:
			drawnClosed = p.Time
		case p.Window > 0 && drawnClosed != 0 && drawnOpened == 0:
			drawnOpened = p.Time
		}
	}
	span := (opened - closed) / 8
	if d := drawnClosed - closed; d < 0 || d > span {
		t.Errorf("the window closes %d ns late", d)
	}
	if d := drawnOpened - opened; d < -span || d > span {
		t.Errorf("the window opens %d ns late, of %d ns", d, opened-closed)
	}
}

// TestLatestTime: segments may have the largest possible time.
func TestLatestTime(t *testing.T) {
	a := analyze.New(analyze.DefaultConfig())
	for s := range (capturetest.Traffic{Packets: 2000, Conns: 2, Seed: 3}).Segments() {
		s.Time = math.MaxInt64
		a.Add(s)
	}
	a.Flush()
	if r := a.Result(); r.Segments != 2000 || r.Span != 0 {
		t.Errorf("%d segments in %v", r.Segments, r.Span)
	}
}
