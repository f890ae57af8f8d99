package analyze

import (
	"cmp"
	"iter"
	"slices"
	"sort"

	"winwatch/analyze/cause"
)

// view is a result's access to the engine.
type view struct {
	a       *Analyzer
	dropped bool      // packets were dropped while capturing
	top     []*Stream // the worst Config.MaxVerdicts streams
	chains  chains    // the streams that wait for others
}

// judged returns an evicted stream with its verdict. It is judged again, since drops may
// have become known since.
func (v *view) judged(k *derived) *Stream {
	s, facts := *k.Stream, k.facts
	facts.Dropped = v.dropped
	return v.diagnose(&s, &facts)
}

// diagnose sets the verdict of a stream.
func (v *view) diagnose(s *Stream, facts *cause.Facts) *Stream {
	v.chains.tell(s.ID, facts)
	s.Diagnose(v.a.causes.Explain(facts))
	return s
}

// verdict returns the verdict on a ranked stream.
func (v *view) verdict(x *rank) *Verdict {
	for _, s := range v.top {
		if s.ID == x.id {
			return &s.Verdict
		}
	}
	return &v.ranked(x).Verdict
}

// ranked returns the result of a ranked stream.
func (v *view) ranked(x *rank) *Stream {
	if x.kept != nil {
		return v.judged(x.kept)
	}
	return v.derive(x.shard, x.st, x.id)
}

// derive builds the result of a tracked stream.
func (v *view) derive(sh *shard, st *stream, id int64) *Stream {
	return v.ended(newEnding(sh), st, id)
}

// ended builds the result of a tracked stream as if it ended now.
func (v *view) ended(e *ending, st *stream, id int64) *Stream {
	return v.diagnose(e.derive(e.end(st), id, v.dropped, &e.facts), &e.facts)
}

// worst returns up to n streams, worst first.
func (v *view) worst(n int) (list []*Stream) {
	if n <= len(v.top) || len(v.top) < v.a.cfg.MaxVerdicts {
		return v.top[:min(n, len(v.top))]
	}
	v.a.scheduler.atRest(func() { list = v.survey(n).list() })
	return list
}

// byID returns the stream with that number, or nil if there is none.
func (v *view) byID(id int64) (s *Stream) {
	v.a.scheduler.atRest(func() {
		for _, sh := range v.a.shards {
			if st := sh.numbered(id); st != nil {
				s = v.derive(sh, st, id)
				return
			}
			for _, k := range sh.kept {
				if k.ID == id {
					s = v.judged(k)
					return
				}
			}
		}
	})
	return s
}

func (v *view) sketch(id int64) (points []Point) {
	v.a.scheduler.atRest(func() {
		for _, sh := range v.a.shards {
			if st := sh.numbered(id); st != nil && st.flows[0].sketch != 0 {
				points = sh.sketchOf(st)
			}
		}
	})
	return points
}

// all yields the streams in the order of their numbers.
func (v *view) all() iter.Seq[*Stream] {
	return func(yield func(*Stream) bool) {
		v.a.scheduler.atRest(func() { v.merge(yield) })
	}
}

// place is where a stream is found: st if it is tracked, kept if it was evicted.
type place struct {
	id   int64
	st   *stream
	kept *derived
}

// merge yields the streams of all shards in the order of their numbers.
func (v *view) merge(yield func(*Stream) bool) {
	type source struct {
		next func() (place, bool)
		at   place
		end  *ending
	}
	var sources []*source
	for _, sh := range v.a.shards {
		next, stop := iter.Pull(sh.ordered())
		defer stop()
		if p, ok := next(); ok {
			sources = append(sources, &source{next, p, newEnding(sh)})
		}
	}
	for len(sources) > 0 {
		x := slices.MinFunc(sources, func(x, y *source) int { return cmp.Compare(x.at.id, y.at.id) })
		var s *Stream
		if x.at.kept != nil {
			s = v.judged(x.at.kept)
		} else {
			s = v.ended(x.end, x.at.st, x.at.id)
		}
		if !yield(s) {
			return
		}
		var ok bool
		if x.at, ok = x.next(); !ok {
			sources = slices.DeleteFunc(sources, func(y *source) bool { return y == x })
		}
	}
}

// live yields the tracked streams and their numbers in the order of their slots,
// which is the order of their numbers until the first slot is reused.
func (sh *shard) live() iter.Seq2[int64, *stream] {
	return func(yield func(int64, *stream) bool) {
		for slot := range sh.slab.n {
			if st := sh.slab.at(slot); st.is(inUse) && !st.is(namedOnly) && !yield(*sh.ids.at(slot), st) {
				return
			}
		}
	}
}

// ordered yields the streams of the shard, including evicted ones that were kept, in
// the order of their numbers.
func (sh *shard) ordered() iter.Seq[place] {
	if !sh.reused {
		return func(yield func(place) bool) {
			for id, st := range sh.live() {
				if !yield(place{id: id, st: st}) {
					return
				}
			}
		}
	}
	var order []place
	for id, st := range sh.live() {
		order = append(order, place{id: id, st: st})
	}
	for _, k := range sh.kept {
		order = append(order, place{id: k.ID, kept: k})
	}
	slices.SortFunc(order, func(x, y place) int { return cmp.Compare(x.id, y.id) })
	return slices.Values(order)
}

// numbered returns the tracked stream with that number, or nil if there is none.
func (sh *shard) numbered(id int64) *stream {
	slot := 0
	if n := int(sh.ids.n); !sh.reused {
		slot = sort.Search(n, func(i int) bool { return *sh.ids.at(uint32(i)) >= id })
	} else {
		for slot < n && *sh.ids.at(uint32(slot)) != id {
			slot++
		}
	}
	if slot == int(sh.ids.n) || *sh.ids.at(uint32(slot)) != id {
		return nil
	}
	if st := sh.slab.at(uint32(slot)); st.is(inUse) && !st.is(namedOnly) {
		return st
	}
	return nil
}
