package analyze

import (
	"math"
	"math/bits"

	"winwatch/capture"
)

// A sketch is the course of a stream in a fixed number of equal spans of time,
// for a chart the size of a terminal. It costs a nanosecond or two a segment and
// so little memory that thousands of streams can have one, which spares a second
// pass over the capture, and allows a chart of what can't be read twice. When
// the stream outgrows it, each two spans become one.
//
// Only streams of some length have one, and only as many as maxSketches: see
// Result.Sketch.
type sketch struct {
	from  int64 // adjusted time of the begin
	width uint8 // a span is 1<<width ns
	last  uint8 // the last span in use
	spans [sketchSpans]sketchSpan
}

// sketchSpan is what happened to both flows in a span of time. That of a flow is
// empty while low > high.
type sketchSpan struct {
	flows [2]flowSpan
	used  bool
}

type flowSpan struct {
	low, high, end uint16 // the window field of the receiver: least, most, last
	flight         uint32 // most bytes in flight
}

const (
	// sketchSpans is as many as a terminal has columns, or about.
	sketchSpans = 64
	// narrowest is the least width of a span: 1<<20 ns is 1 ms.
	narrowest = 20
	// sketchAfter is how many segments a side sends before its stream gets a
	// sketch: those before make up the first span.
	sketchAfter = 64
	// maxSketches bounds their memory to some 4 MB a lane.
	maxSketches = 2048
)

// beginSketch gives a stream its sketch, if there is room.
func (l *lane) beginSketch(st *stream, now int64) {
	if len(l.sketches) == maxSketches {
		return
	}
	// A span is as long as it took to get here: so many segments share one that
	// going on to the next costs nothing.
	width := uint8(max(narrowest, bits.Len64(uint64(st.span()))))
	l.sketches = append(l.sketches, &sketch{from: now - st.span(), width: width})
	for i := range st.flows {
		f := &st.flows[i]
		f.sketch = uint32(len(l.sketches))
		f.spanLow, f.spanHigh, f.spanFlight = f.rawMin, f.rawMax, f.maxInFlight
		f.spanEnd = now - st.span() + 1 // what was so far is the first span
	}
	l.nextSpan(&st.flows[0], &st.flows[1], now)
}

// nextSpan puts the span that the flows have been through into their sketch, and
// begins the one of now. The current span is kept in the flows: what every
// segment touches anyway.
func (l *lane) nextSpan(f, r *flow, now int64) {
	if f.sketch == 0 {
		return // the end of time: spanEnd without a sketch
	}
	k := l.sketches[f.sketch-1]
	k.put(f, r)
	i := k.index(now)
	end := k.from + int64(i+1)<<k.width
	for _, g := range []*flow{f, r} {
		g.spanEnd = end
		g.spanFlight = g.inFlight()
		g.spanLow, g.spanHigh = math.MaxUint16, 0
		if g.is(hasWnd) {
			g.spanLow = g.field()
			g.spanHigh = g.spanLow
		}
	}
}

// draw adds a segment, which f's sender sent, to the sketch of its stream.
func (f *flow) draw(r *flow, s *capture.Segment) {
	f.spanFlight = max(f.spanFlight, f.inFlight())
	r.spanLow, r.spanHigh = min(r.spanLow, s.Window), max(r.spanHigh, s.Window)
}

// field is the last window field.
func (f *flow) field() uint16 {
	if f.shift > 0 {
		return uint16(f.wnd >> uint8(f.shift))
	}
	return uint16(f.wnd)
}

// flowSpan is the current span of a flow.
func (f *flow) flowSpan() flowSpan { return flowSpan{f.spanLow, f.spanHigh, f.field(), f.spanFlight} }

// put adds the current span of a stream, whose flows come in any order.
func (k *sketch) put(f, r *flow) {
	i := k.index(f.spanEnd - 1)
	k.last = max(k.last, uint8(i))
	x := sketchSpan{used: true}
	x.flows[f.side], x.flows[r.side] = f.flowSpan(), r.flowSpan()
	k.spans[i].join(&x)
}

// index returns the span of a time, making them wider if there are too few.
func (k *sketch) index(t int64) uint64 {
	i := uint64(max(t-k.from, 0)) >> k.width
	for i >= sketchSpans {
		k.fold()
		i >>= 1
	}
	return i
}

// join adds what came after.
func (s *sketchSpan) join(o *sketchSpan) {
	switch {
	case !o.used:
	case !s.used:
		*s = *o
	default:
		for i := range s.flows {
			x, y := &s.flows[i], &o.flows[i]
			x.low, x.high, x.end, x.flight = min(x.low, y.low), max(x.high, y.high), y.end, max(x.flight, y.flight)
		}
	}
}

// fold makes one span of each two.
func (k *sketch) fold() {
	for i := range sketchSpans / 2 {
		x := k.spans[2*i]
		x.join(&k.spans[2*i+1])
		k.spans[i] = x
	}
	clear(k.spans[sketchSpans/2:])
	k.width++
	k.last /= 2
}

// Sketch returns the points of a chart of the stream in the size of a terminal,
// or nil if the stream is too short, or came too late, to have a sketch. The
// points stand for spans of time, not for packets: they have no frame numbers.
func (r *Result) Sketch(id int64) *Timeline { return r.sketch(id) }

func (a *Analyzer) sketchOf(id int64) *Timeline {
	for _, l := range a.lanes {
		if st := l.numbered(id); st != nil && st.flows[0].sketch != 0 {
			return l.sketchOf(st, id)
		}
	}
	return nil
}

func (l *lane) sketchOf(st *stream, id int64) *Timeline {
	k := *l.sketches[st.flows[0].sketch-1]
	k.put(&st.flows[0], &st.flows[1])
	var points []Point
	for side := range st.flows {
		points = k.points(points, &st.flows[side], st.dir(uint8(side)), st.last)
	}
	t := NewTimeline(len(points)+1, id)
	t.newest = id
	t.series[id] = &series{points: points, thinned: true, unsorted: true}
	t.series[id].sort()
	return t
}

// points appends those of the data that goes in direction dir. When in a span the
// window was highest and lowest is not known; they are drawn in this order, at its
// begin and in its middle, none later than end.
func (k *sketch) points(points []Point, f *flow, dir Dir, end int64) []Point {
	for i := range k.spans[:k.last+1] {
		if !k.spans[i].used {
			continue
		}
		s := &k.spans[i].flows[f.side]
		t := k.from + int64(i)<<k.width
		points = append(points, Point{
			Time: t, Dir: dir, Window: Unknown, RightEdge: Unknown, Ack: Unknown, Seq: Unknown, SeqEnd: Unknown,
			InFlight: int64(s.flight),
		})
		if s.low > s.high {
			continue
		}
		for j, raw := range []uint16{s.high, s.low, s.end} {
			p := Point{
				Time: min(t+int64(j)<<k.width/2, end), Dir: dir.Reverse(), WindowRaw: raw,
				Window: Unknown, RightEdge: Unknown, Ack: Unknown, Seq: Unknown, SeqEnd: Unknown, InFlight: Unknown,
			}
			if f.shift != Unknown {
				p.Window = int64(raw) << uint8(f.shift)
			} else if raw == 0 {
				p.Window = 0
			}
			points = append(points, p)
		}
	}
	return points
}
