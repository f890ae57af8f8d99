package analyze

import (
	"cmp"
	"container/heap"
	"slices"

	"winwatch/analyze/cause"
)

// rank orders streams by the severity of the finding, then by the time waited in
// both directions, then by bytes, then by age, older ones first.
type rank struct {
	severity    cause.Severity
	wait, bytes int64
	id          int64
	// The stream: st and shard if it is tracked, kept if it was evicted; all nil in
	// the rank of a derived stream.
	st    *stream
	shard *shard
	kept  *derived
	// member is set while it is not known whether the stream waits for another.
	member *member
}

// compare returns a positive number if x is worse than y.
func (x *rank) compare(y *rank) int {
	return cmp.Or(cmp.Compare(x.severity, y.severity), cmp.Compare(x.wait, y.wait),
		cmp.Compare(x.bytes, y.bytes), cmp.Compare(y.id, x.id))
}

// rankOf returns the rank of a derived stream.
func rankOf(s *Stream) rank {
	return rank{severity: s.Verdict.Severity, wait: s.wait(), bytes: s.payload(), id: s.ID}
}

func (s *Stream) wait() int64    { return plus(int64(s.Dirs[0].StallTime), int64(s.Dirs[1].StallTime)) }
func (s *Stream) payload() int64 { return s.Dirs[0].Bytes + s.Dirs[1].Bytes }

// ranks is a heap with the least bad stream on top.
type ranks []rank

func (h ranks) Len() int           { return len(h) }
func (h ranks) Less(i, j int) bool { return h[i].compare(&h[j]) < 0 }
func (h ranks) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ranks) Push(x any)        { *h = append(*h, x.(rank)) }
func (h *ranks) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// A ranking keeps the most worst streams of those added.
type ranking struct {
	most int
	heap ranks
}

// wants reports whether add would keep x.
func (r *ranking) wants(x *rank) bool {
	return len(r.heap) < r.most || r.most > 0 && r.heap[0].compare(x) < 0
}

// add adds a stream and returns the one that it replaces, if any.
func (r *ranking) add(x rank) (replaced rank) {
	switch {
	case !r.wants(&x):
	case len(r.heap) < r.most:
		heap.Push(&r.heap, x)
	default:
		replaced, r.heap[0] = r.heap[0], x
		heap.Fix(&r.heap, 0)
	}
	return replaced
}

// sorted returns the worst streams, worst first.
func (r *ranking) sorted() []rank {
	slices.SortFunc(r.heap, func(x, y rank) int { return y.compare(&x) })
	return r.heap
}

// verdicts returns the findings of the streams, the most severe first.
func verdicts(list []*Stream) (all []Verdict) {
	for _, s := range list {
		all = append(all, s.Verdict)
	}
	slices.SortStableFunc(all, func(x, y Verdict) int {
		return cmp.Or(cmp.Compare(y.Severity, x.Severity), cmp.Compare(y.Wait, x.Wait))
	})
	return all
}
