package chart

import (
	"math/bits"
	"slices"

	"winwatch/analyze"
)

// Decimate returns at most limit of the points, which must be in order of time; it
// does not modify them. A limit below MinPoints counts as MinPoints. Points that
// share a span of time are thinned so that a chart loses nothing visible. For each
// direction it keeps the first and the last point, the points with the smallest and
// the largest window, right edge, sequence number and bytes in flight, and the first
// of every kind of event. It keeps all rare events (a zero window begins or ends,
// probes and their answers, the right edge moves back, SYN, FIN, RST), unless they
// alone would fill half of the limit. Every point kept is a real packet.
func Decimate(points []analyze.Point, limit int) []analyze.Point {
	if len(points) <= limit {
		return points
	}
	var th thinner
	return th.thin(slices.Clone(points), max(limit, MinPoints))
}

// thinner thins points repeatedly. Its spans of time only ever double, so that the
// result is the same as if all points were thinned at once.
type thinner struct {
	origin int64
	// width of a span in nanoseconds, 0 before the first thinning.
	width uint64
	// rareToo: rare events have to be thinned too.
	rareToo bool
}

// thin works in place.
func (th *thinner) thin(points []analyze.Point, limit int) []analyze.Point {
	if len(points) <= limit {
		return points
	}
	first, last := points[0].Time, points[len(points)-1].Time
	span := uint64(last) - uint64(first)
	if th.width == 0 {
		th.origin, th.width = first, max(1, span/uint64(limit))
	}
	if !th.rareToo {
		th.rareToo = countRare(points) > limit/2
	}
	for {
		points = th.pass(points)
		if len(points) <= limit {
			return points
		}
		if bits.Len64(th.width) == 64 {
			// At most two spans are left; only rare events can still be too many.
			th.rareToo = true
			continue
		}
		th.width *= 2
	}
}

func countRare(points []analyze.Point) int {
	n := 0
	for i := range points {
		if points[i].Rare {
			n++
		}
	}
	return n
}

// pass thins every span of th.width.
func (th *thinner) pass(points []analyze.Point) []analyze.Point {
	out := points[:0]
	for len(points) > 0 {
		n, index := 1, th.index(points[0].Time)
		for n < len(points) && th.index(points[n].Time) == index {
			n++
		}
		out = th.span(out, points[:n])
		points = points[n:]
	}
	return out
}

func (th *thinner) index(time int64) uint64 { return (uint64(time) - uint64(th.origin)) / th.width }

// extremes are the quantities whose smallest and largest value a span keeps.
var extremes = [...]func(*analyze.Point) int64{
	func(p *analyze.Point) int64 { return p.Window },
	func(p *analyze.Point) int64 { return p.RightEdge },
	func(p *analyze.Point) int64 { return p.SeqEnd },
	func(p *analyze.Point) int64 { return p.InFlight },
}

// span appends the points to keep from a span to out. Both may share memory, since
// out never outgrows the points read so far.
func (th *thinner) span(out, points []analyze.Point) []analyze.Point {
	if len(points) <= 2 {
		return append(out, points...)
	}
	var keep spanKeeper
	for i := range points {
		keep.see(points, i)
	}
	for i := range points {
		if points[i].Rare && !th.rareToo || keep.wants(i, points[i].Dir) {
			out = append(out, points[i])
		}
	}
	return out
}

// spanKeeper finds the points to keep from a span, by direction.
type spanKeeper struct {
	dirs [2]struct {
		seen        bool
		first, last int
		low, high   [len(extremes)]int
		kinds       analyze.Events
		ofKind      [analyze.EventKinds]int
	}
}

func (k *spanKeeper) see(points []analyze.Point, i int) {
	p := &points[i]
	d := &k.dirs[p.Dir]
	if !d.seen {
		d.seen, d.first = true, i
		for x := range extremes {
			d.low[x], d.high[x] = i, i
		}
	}
	d.last = i
	for x, value := range extremes {
		v := value(p)
		if v == analyze.Unknown {
			continue
		}
		if low := value(&points[d.low[x]]); low == analyze.Unknown || v < low {
			d.low[x] = i
		}
		if v > value(&points[d.high[x]]) {
			d.high[x] = i
		}
	}
	for fresh := p.Events &^ d.kinds; fresh != 0; fresh &= fresh - 1 {
		if kind := bits.TrailingZeros32(uint32(fresh)); kind < len(d.ofKind) {
			d.ofKind[kind] = i
		}
	}
	d.kinds |= p.Events
}

func (k *spanKeeper) wants(i int, dir analyze.Dir) bool {
	d := &k.dirs[dir]
	if i == d.first || i == d.last || slices.Contains(d.low[:], i) || slices.Contains(d.high[:], i) {
		return true
	}
	for kinds := d.kinds; kinds != 0; kinds &= kinds - 1 {
		if kind := bits.TrailingZeros32(uint32(kinds)); kind < len(d.ofKind) && d.ofKind[kind] == i {
			return true
		}
	}
	return false
}
