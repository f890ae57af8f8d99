package analyze

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"winwatch/capture"
)

// A sketch summarizes a stream in a fixed number of equal spans of time, plus one
// before them, for a terminal-sized chart. It costs a nanosecond or two a segment and
// so little memory that thousands of streams can have one. That saves a second pass
// over the capture, and allows charts of input that can't be read twice. When the
// stream outgrows its sketch, pairs of spans are merged.
//
// Only a limited number of streams have one, and only those that are long enough or
// whose window closes: see Result.Sketch.
type sketch struct {
	from  int64 // adjusted time at which the spans begin
	width uint8 // a span is 1<<width ns
	last  uint8 // the last span in use
	spans []sketchSpan
	// before covers the time from the begin of the stream to the spans.
	before sketchSpan
}

// sketchSpan is what happened to both flows in a span of time. A flowSpan is empty
// if low > high.
type sketchSpan struct {
	flows [2]flowSpan
	used  bool
}

type flowSpan struct {
	low, high, end uint16 // the receiver's window field: lowest, highest, last
	flight         uint32 // most bytes in flight
}

const (
	// sketchSpans is the number of spans: about as many as a terminal has columns.
	sketchSpans = 64
	// narrowest is the least width of a span: 1<<20 ns is 1 ms.
	narrowest = 20
	// sketchAfter is how many segments a side sends before its stream gets a
	// sketch, unless its window closes earlier.
	sketchAfter = 64
	// shortSpans is the number of spans for a shorter stream, whose sketch starts when
	// the window first closes.
	shortSpans = 32
	// maxSketches and maxShort bound the memory of sketches to some 10 MB a shard.
	maxSketches, maxShort = 2048, 8192
)

// beginSketch starts the sketch of a stream, unless there are too many. It is called
// when f's sender has sent enough segments or closes its window.
func (sh *shard) beginSketch(st *stream, f *flow, now int64) {
	// A span is as long as the stream so far. So many segments share a span that
	// starting the next one costs next to nothing. A short stream can do with narrow
	// spans.
	width, of := max(narrowest, bits.Len64(uint64(st.span()))), &sh.longSketches
	if f.segs < sketchAfter {
		width, of = narrowest, &sh.shortSketches
	}
	number := of.next(sh)
	if number == 0 {
		return
	}
	k := sh.sketches[number-1]
	k.from, k.width = now, uint8(width)
	for i := range st.flows {
		g := &st.flows[i]
		k.before.flows[i] = flowSpan{g.rawMin, g.rawMax, g.field(), g.maxInFlight}
		g.sketch = number
		g.beginSpan(now + 1<<k.width)
	}
}

// sketchKind is what the sketches of long or of short streams have in common.
type sketchKind struct {
	spans int
	room  int      // how many more fit
	free  []uint32 // 1-based indices of empty ones
}

// next returns the 1-based index of an empty sketch, or 0 if there are too many.
func (x *sketchKind) next(sh *shard) uint32 {
	if n := len(x.free); n > 0 {
		number := x.free[n-1]
		x.free = x.free[:n-1]
		return number
	}
	if x.room == 0 {
		return 0
	}
	x.room--
	sh.sketches = append(sh.sketches, &sketch{spans: make([]sketchSpan, x.spans)})
	return uint32(len(sh.sketches))
}

// dropSketch frees the sketch of an evicted stream.
func (sh *shard) dropSketch(st *stream) {
	number := st.flows[0].sketch
	if number == 0 {
		return
	}
	k, of := sh.sketches[number-1], &sh.longSketches
	if len(k.spans) == shortSpans {
		of = &sh.shortSketches
	}
	clear(k.spans)
	*k = sketch{spans: k.spans}
	of.free = append(of.free, number)
}

// nextSpan adds the current span of the flows to their sketch and begins the span of
// now. The current span is kept in the flows, which every segment touches anyway.
func (sh *shard) nextSpan(f, r *flow, now int64) {
	if f.sketch == 0 {
		return // now has reached math.MaxInt64, the spanEnd without a sketch
	}
	k := sh.sketches[f.sketch-1]
	k.put(f, r)
	i := k.index(now) // may make the spans wider
	end := k.from + int64(i+1)<<k.width
	f.beginSpan(end)
	r.beginSpan(end)
}

// beginSpan begins a span that ends at end.
func (f *flow) beginSpan(end int64) {
	f.spanEnd = end
	f.spanFlight = f.inFlight()
	f.spanLow, f.spanHigh = math.MaxUint16, 0
	if f.is(hasWnd) {
		f.spanLow = f.field()
		f.spanHigh = f.spanLow
	}
}

// draw adds a segment of f's sender to the current span.
func (f *flow) draw(r *flow, s *capture.Segment) {
	f.spanFlight = max(f.spanFlight, f.inFlight())
	r.spanLow, r.spanHigh = min(r.spanLow, s.Window), max(r.spanHigh, s.Window)
}

// field returns the last window field.
func (f *flow) field() uint16 {
	if f.shift > 0 {
		return uint16(f.wnd >> uint8(f.shift))
	}
	return uint16(f.wnd)
}

// flowSpan returns the current span of a flow.
func (f *flow) flowSpan() flowSpan { return flowSpan{f.spanLow, f.spanHigh, f.field(), f.spanFlight} }

// put adds the current span of a stream; its flows can come in either order.
func (k *sketch) put(f, r *flow) {
	i := k.index(f.spanEnd - 1)
	k.last = max(k.last, uint8(i))
	x := sketchSpan{used: true}
	x.flows[f.side], x.flows[r.side] = f.flowSpan(), r.flowSpan()
	k.spans[i].join(&x)
}

// index returns the index of the span that t is in, and widens the spans if t is past
// the last one.
func (k *sketch) index(t int64) uint64 {
	i := uint64(max(t-k.from, 0)) >> k.width
	for i >= uint64(len(k.spans)) {
		k.fold()
		i >>= 1
	}
	return i
}

// join adds the span o, which follows s.
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

// fold merges pairs of spans.
func (k *sketch) fold() {
	used := int(k.last) + 1
	half := (used + 1) / 2
	for i := range half {
		x := k.spans[2*i]
		x.join(&k.spans[2*i+1])
		k.spans[i] = x
	}
	clear(k.spans[half:used])
	k.width++
	k.last /= 2
}

// sketchOf returns the points of a stream's sketch in order of time.
func (sh *shard) sketchOf(st *stream) []Point {
	k := *sh.sketches[st.flows[0].sketch-1]
	k.spans = slices.Clone(k.spans)
	k.put(&st.flows[0], &st.flows[1])
	var points []Point
	for side := range st.flows {
		f, dir := &st.flows[side], st.dir(uint8(side))
		last := &k.before.flows[side]
		points = last.points(points, f, dir, st.first, k.from, last.high)
		for i := range k.spans[:k.last+1] {
			if from := k.from + int64(i)<<k.width; k.spans[i].used {
				s := &k.spans[i].flows[side]
				points = s.points(points, f, dir, from, min(from+1<<k.width, st.last), last.end)
				last = s
			}
		}
	}
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.Time, b.Time) })
	return points
}

// points appends the points of a span, for the data in direction dir and its window.
// When the window was highest and lowest within the span is unknown: the one closer
// to the window before the span is drawn at its begin, the other in its middle.
func (s *flowSpan) points(points []Point, f *flow, dir Dir, from, to int64, before uint16) []Point {
	points = append(points, Point{
		Time: from, Dir: dir, Window: Unknown, RightEdge: Unknown, Ack: Unknown, Seq: Unknown, SeqEnd: Unknown,
		InFlight: int64(s.flight),
	})
	if s.low > s.high {
		return points
	}
	first, second := s.high, s.low
	if abs(int64(before)-int64(s.low)) < abs(int64(before)-int64(s.high)) {
		first, second = s.low, s.high
	}
	for i, raw := range []uint16{first, second, s.end} {
		p := Point{
			Time: from + int64(i)*(max(to-from, 0)/2), Dir: dir.Reverse(), WindowRaw: raw,
			Window: Unknown, RightEdge: Unknown, Ack: Unknown, Seq: Unknown, SeqEnd: Unknown, InFlight: Unknown,
		}
		if f.shift != Unknown {
			p.Window = int64(raw) << uint8(f.shift)
		} else if raw == 0 {
			p.Window = 0
		}
		points = append(points, p)
	}
	return points
}
