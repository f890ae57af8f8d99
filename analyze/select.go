package analyze

import (
	"cmp"
	"iter"
	"slices"
)

// streams is where a Result gets its streams from: the engine, or a selection.
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

// All yields the streams in the order of their numbers. While Run is on, the
// engine rests until the loop ends.
func (r *Result) All() iter.Seq[*Stream] { return r.from.all() }

// Worst returns up to n streams, the gravest findings first and among them the
// longest wait; streams without trouble follow by bytes.
func (r *Result) Worst(n int) []*Stream { return r.from.worst(n) }

// Stream returns the stream with that number, or nil.
func (r *Result) Stream(id int64) *Stream { return r.from.byID(id) }

// Sketch returns the points of a chart of the stream in the size of a terminal,
// in the order of time, or nil if the stream is too short, or came too late, to
// have one. The points stand for spans of time, not for packets: they have no
// frame numbers.
func (r *Result) Sketch(id int64) []Point { return r.from.sketch(id) }

// Select returns a result that holds only these streams of r, which must be in
// the order of their numbers; it keeps the slice. Verdicts are theirs; the totals
// and the warnings remain those of the whole capture.
func (r *Result) Select(chosen []*Stream) *Result {
	narrowed := *r
	narrowed.from = &selection{chosen, r.from}
	most := r.mostVerdicts
	if most == 0 { // a result built by hand
		most = len(chosen)
	}
	narrowed.Verdicts = verdicts(narrowed.Worst(most))
	return &narrowed
}

// selection is some streams of a result.
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
