// Package chart collects the points that charts of streams are drawn from, in
// bounded memory.
package chart

import (
	"cmp"
	"slices"

	"winwatch/analyze"
)

// MinPoints is the smallest number of points to which a stream is thinned: more than
// thinning can leave of two spans of time.
const MinPoints = 192

// rareEvents are the events that are all kept if possible; so are transitions to
// and from a zero window.
const rareEvents = analyze.EventSYN | analyze.EventFIN | analyze.EventRST | analyze.EventProbe | analyze.EventProbeAnswer | analyze.EventWindowShrunk

// Timeline collects the samples of streams for charts, in bounded memory. At the
// bound it thins the streams with the most points: see Decimate. It is not safe for
// concurrent use.
type Timeline struct {
	max    int
	total  int
	wanted map[int64]bool
	series map[int64]*series
	// newest is the highest stream number so far. Streams are numbered in the order in
	// which they appear, so a lower one that is missing was dropped.
	newest  int64
	dropped int64
}

// New returns a Timeline that holds at most maxPoints points of the given streams or,
// if there are none, of all streams. If there are so many streams that fewer than
// MinPoints are left for each, it drops streams, first those without a zero window
// that have been quiet longest.
func New(maxPoints int, streams ...int64) *Timeline {
	t := &Timeline{max: max(maxPoints, MinPoints), series: map[int64]*series{}, newest: -1}
	if len(streams) > 0 {
		t.wanted = make(map[int64]bool, len(streams))
		for _, id := range streams {
			t.wanted[id] = true
		}
	}
	return t
}

// OfSketch returns a Timeline of one stream made from the analyzer's sketch, whose
// points are spans of time, not packets. They must be in order of time.
func OfSketch(stream int64, points []analyze.Point) *Timeline {
	t := New(len(points), stream)
	t.newest = stream
	t.series[stream] = &series{points: points, thinned: true}
	return t
}

// Add copies the sample if its stream is wanted.
func (t *Timeline) Add(s *analyze.Sample) {
	if t.wanted != nil && !t.wanted[s.Stream] {
		return
	}
	sr := t.series[s.Stream]
	if sr == nil {
		sr = &series{thinned: s.Stream <= t.newest}
		t.series[s.Stream] = sr
		t.newest = max(t.newest, s.Stream)
		t.total += seriesCost
	}
	sr.add(s)
	t.total++
	if t.total > t.max {
		t.shrink()
	}
}

// Points returns the points of the stream in order of time, and whether some were
// left out. The slice belongs to the Timeline and is valid until the next Add; it is
// nil if the Timeline has no points of the stream.
func (t *Timeline) Points(stream int64) ([]analyze.Point, bool) {
	sr := t.series[stream]
	if sr == nil {
		return nil, stream <= t.newest
	}
	sr.sort()
	return sr.points, sr.thinned
}

// Dropped returns how many times a stream was dropped to stay within the bound.
func (t *Timeline) Dropped() int64 { return t.dropped }

// seriesCost is what a stream costs on top of its points, for its map entry and
// header, in points. It bounds even ten million streams of one segment each.
const seriesCost = 2

// shrink frees at least a quarter of the bound, so that its cost is spread over as
// many calls of Add.
func (t *Timeline) shrink() {
	goal := t.max - t.max/4
	limit := 0
	for _, sr := range t.series {
		limit = max(limit, len(sr.points))
	}
	for t.total > goal && limit > MinPoints {
		limit = max(limit/2, MinPoints)
		for _, sr := range t.series {
			before := len(sr.points)
			sr.thin(limit)
			t.total -= before - len(sr.points)
		}
	}
	if t.total > goal {
		t.drop(goal)
	}
}

// drop removes streams until the goal is met: first those without a zero window, and
// among them the longest quiet.
func (t *Timeline) drop(goal int) {
	type candidate struct {
		id, last int64
		zeroSeen bool
	}
	all := make([]candidate, 0, len(t.series))
	for id, sr := range t.series {
		all = append(all, candidate{id, sr.last, sr.zeroSeen})
	}
	slices.SortFunc(all, func(x, y candidate) int {
		if x.zeroSeen != y.zeroSeen {
			if y.zeroSeen {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.last, y.last), cmp.Compare(x.id, y.id))
	})
	for _, c := range all {
		if t.total <= goal {
			return
		}
		t.total -= len(t.series[c.id].points) + seriesCost
		delete(t.series, c.id)
		t.dropped++
	}
}

// series holds the points of one stream.
type series struct {
	points   []analyze.Point
	unsorted bool
	thinned  bool
	zeroSeen bool
	// zero says, by direction, whether the last window was 0.
	zero [2]bool
	// last is the time of the newest point.
	last int64
	thinner
}

func (sr *series) add(s *analyze.Sample) {
	p := analyze.Point{
		Time: s.Time, Frame: s.Segment.Frame, Dir: s.Dir,
		Window: s.Window, RightEdge: s.RightEdge, Ack: s.Ack, Seq: s.Seq, SeqEnd: s.SeqEnd, InFlight: s.InFlight,
		Events: s.Events, Flags: s.Segment.Flags, WindowRaw: s.Segment.Window,
	}
	zero := p.Events.Has(analyze.EventZeroWindow)
	p.Rare = p.Events.Has(rareEvents) || zero != sr.zero[p.Dir]
	sr.zero[p.Dir] = zero
	sr.zeroSeen = sr.zeroSeen || zero
	if len(sr.points) > 0 && p.Time < sr.last {
		sr.unsorted = true
	}
	sr.last = p.Time
	sr.points = append(sr.points, p)
}

// sort sorts the points by time: captures can be slightly out of order.
func (sr *series) sort() {
	if sr.unsorted {
		slices.SortStableFunc(sr.points, func(a, b analyze.Point) int { return cmp.Compare(a.Time, b.Time) })
		sr.unsorted = false
		sr.last = sr.points[len(sr.points)-1].Time
	}
}

func (sr *series) thin(limit int) {
	if len(sr.points) <= limit {
		return
	}
	sr.sort()
	sr.points = sr.thinner.thin(sr.points, limit)
	sr.thinned = true
	if cap(sr.points) > 4*len(sr.points) {
		sr.points = slices.Clone(sr.points)
	}
}
