package analyze

import (
	"cmp"
	"container/heap"
	"slices"
)

// rank is what streams are ordered by without deriving them.
type rank struct {
	severity    Severity
	wait, bytes int64
	id          int64
	st          *stream
	lane        *lane
	kept        *Stream
}

// better reports whether x is to be named after y.
func (x *rank) better(y *rank) bool {
	return cmp.Or(cmp.Compare(x.severity, y.severity), cmp.Compare(x.wait, y.wait),
		cmp.Compare(x.bytes, y.bytes), cmp.Compare(y.id, x.id)) < 0
}

// ranks is a heap with the best stream at its top.
type ranks []rank

func (h ranks) Len() int           { return len(h) }
func (h ranks) Less(i, j int) bool { return h[i].better(&h[j]) }
func (h ranks) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ranks) Push(x any)        { *h = append(*h, x.(rank)) }
func (h *ranks) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// A ranking finds the worst streams: those with the gravest trouble and, among
// them, the longest wait.
type ranking struct {
	most int
	heap ranks
}

func (r *ranking) add(x rank) {
	switch {
	case len(r.heap) < r.most:
		heap.Push(&r.heap, x)
	case r.most > 0 && r.heap[0].better(&x):
		r.heap[0] = x
		heap.Fix(&r.heap, 0)
	}
}

// addKept adds streams that were let go.
func (r *ranking) addKept(kept []*Stream) {
	for _, s := range kept {
		r.add(rank{severity: s.Verdict.Severity, wait: s.wait(), bytes: s.payload(), id: s.ID, kept: s})
	}
}

// streams returns them, the worst first.
func (r *ranking) streams() []*Stream {
	slices.SortFunc(r.heap, func(x, y rank) int {
		if y.better(&x) {
			return -1
		}
		return 1
	})
	streams := make([]*Stream, len(r.heap))
	for i, x := range r.heap {
		if streams[i] = x.kept; x.kept == nil {
			streams[i] = x.lane.derive(x.st, x.id)
		}
	}
	return streams
}

// worst returns up to n streams, the worst first. The first ones are known.
func (a *Analyzer) worst(n int) []*Stream {
	if n <= len(a.top) || len(a.top) < a.cfg.MaxVerdicts {
		return a.top[:min(n, len(a.top))]
	}
	r := ranking{most: n}
	for _, l := range a.lanes {
		for id, st := range l.live() {
			r.add(l.rank(st, id))
		}
		r.addKept(l.kept)
	}
	return r.streams()
}

// rank orders a stream without deriving it: by how grave the worse of its two
// directions is, then by the time waited.
func (l *lane) rank(st *stream, id int64) rank {
	x := rank{id: id, st: st, lane: l, bytes: st.flows[0].bytes + st.flows[1].bytes}
	for i := range st.flows {
		f := &st.flows[i]
		if t := l.trouble(f); t != nil {
			x.wait = plus(x.wait, t.stallTime)
		}
		x.severity = max(x.severity, l.gravity(f))
	}
	return x
}

// worseFirst orders by the time waited, then by age: a stream that has just been
// let go has no number yet.
func worseFirst(x, y *Stream) int {
	return cmp.Or(cmp.Compare(y.wait(), x.wait()), cmp.Compare(x.FirstFrame, y.FirstFrame))
}
