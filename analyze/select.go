package analyze

import (
	"cmp"
	"iter"
	"slices"
)

// streams provides the streams of a Result: the engine or a selection.
type streams interface {
	all() iter.Seq[*Stream]
	worst(n int) []*Stream
	byID(id int64) *Stream
	sketch(id int64) []Point
}

var (
	_ streams = (*view)(nil)
	_ streams = (*selection)(nil)
)

// All yields the streams in the order of their numbers. If Run is active, the engine
// pauses until the loop ends.
func (r *Result) All() iter.Seq[*Stream] { return r.from.all() }

// Worst returns up to n streams: the most severe findings first, equal ones by the
// time waited, then by bytes.
func (r *Result) Worst(n int) []*Stream { return r.from.worst(n) }

// WorstStream returns the first stream of Worst. ok is false if there is none: the
// capture holds no TCP, or the streams that it holds are only mentioned in broken headers
// and ICMP errors, or were evicted.
func (r *Result) WorstStream() (st *Stream, ok bool) {
	for _, st := range r.Worst(1) {
		return st, true
	}
	return nil, false
}

// Stream returns the stream with that number, or nil.
func (r *Result) Stream(id int64) *Stream { return r.from.byID(id) }

// Sketch returns the points, in order of time, of a terminal-sized chart of the
// stream. It returns nil if the stream has no sketch because it was too short, or
// too many others had one before it. The points stand for spans of time, not for
// packets: they have no frame numbers.
func (r *Result) Sketch(id int64) []Point { return r.from.sketch(id) }

// Select returns a result with only the chosen streams of r, which must be in the
// order of their numbers; it keeps the slice. Its verdicts and findings are theirs, while the
// totals and warnings still cover the whole capture.
func (r *Result) Select(chosen []*Stream) *Result {
	narrowed := *r
	narrowed.from = &selection{chosen, r.from}
	most := r.mostVerdicts
	if most == 0 { // a result built by hand
		most = len(chosen)
	}
	narrowed.Verdicts = verdicts(narrowed.Worst(most))
	narrowed.Findings, narrowed.OtherFindings = groupsOf(chosen).findings(most, (*rank).verdict)
	return &narrowed
}

// selection is a subset of the streams of a result.
type selection struct {
	streams []*Stream
	of      streams
}

func (s *selection) all() iter.Seq[*Stream] { return slices.Values(s.streams) }

func (s *selection) worst(n int) []*Stream {
	sorted := slices.Clone(s.streams)
	slices.SortFunc(sorted, func(a, b *Stream) int {
		x, y := rankOf(a), rankOf(b)
		return -x.compare(&y)
	})
	return sorted[:min(n, len(sorted))]
}

func (s *selection) byID(id int64) *Stream {
	i, found := slices.BinarySearchFunc(s.streams, id, func(st *Stream, id int64) int { return cmp.Compare(st.ID, id) })
	if !found {
		return nil
	}
	return s.streams[i]
}

func (s *selection) sketch(id int64) []Point {
	if s.of == nil || s.byID(id) == nil {
		return nil
	}
	return s.of.sketch(id)
}
