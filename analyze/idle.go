package analyze

// idleness orders streams for eviction, lowest first: those that are over, then those
// that have been quiet longest. The highest bit says that the stream is not over, the
// others when it was last active, to 2 ns.
type idleness uint64

const notOver = 1 << 63

func idlenessOf(last int64, over bool) idleness {
	x := (idleness(last) ^ 1<<63) >> 1 // earlier, also negative, times are lower
	if !over {
		x |= notOver
	}
	return x
}

// overBefore reports whether the stream was over before that time.
func (x idleness) overBefore(at int64) bool { return x < idlenessOf(at, true) }

// over reports whether the stream was closed or reset, or has no traffic.
func (st *stream) over() bool {
	a, b := &st.flows[0], &st.flows[1]
	return a.marks&b.marks&sawFIN != 0 || (a.marks|b.marks)&sawRST != 0 || st.is(namedOnly)
}

// noteIdle notes how idle the stream in a slot is. Streams are spread over hundreds of
// megabytes, so a search through them for one to evict would mostly wait for memory.
// The copies in sh.idle are side by side; there are none before the first search.
func (sh *shard) noteIdle(slot uint32, st *stream) {
	if sh.idle != nil {
		sh.idle[slot] = idlenessOf(st.last, st.over())
	}
}

// watchIdle starts noting how idle streams are.
func (sh *shard) watchIdle() {
	if sh.idle != nil {
		return
	}
	sh.idle = make([]idleness, sh.slab.n, max(sh.most, int(sh.slab.n)))
	sh.steps.candidates += uint64(sh.slab.n)
	for slot := range sh.slab.n {
		sh.noteIdle(slot, sh.slab.at(slot))
	}
}

// idlest looks for a stream to evict. It examines some of the numbers 0 to n-1, from
// hand on, and advances hand; the numbers are indices into slots, which may also hold
// nobodys, or are slots themselves if slots is nil. It reports whether it found a
// stream at all.
func (sh *shard) idlest(now int64, hand *uint32, n uint32, slots []uint32) (slot uint32, ok bool) {
	sh.watchIdle()
	longAgo, most, looked := plus(now, -int64(sh.cfg.TimeWait)), max(sh.cfg.EvictionSample, 1), 0
	for range min(n, uint32(4*most)) {
		if *hand >= n {
			*hand = 0
		}
		candidate := *hand
		*hand++
		sh.steps.candidates++
		if slots != nil {
			candidate = slots[candidate]
		}
		if candidate == nobodys {
			continue
		}
		if !ok || sh.idle[candidate] < sh.idle[slot] {
			slot, ok = candidate, true
		}
		if looked++; looked == most || sh.idle[candidate].overBefore(longAgo) {
			break
		}
	}
	return slot, ok
}
