package analyze

import (
	"cmp"
	"slices"
)

// totals are sums over streams.
type totals struct {
	stalls, probes, keepAlives, zeroWindows, retransmissions, stalled int64
	stallTime                                                         int64
}

func (t *totals) add(o *totals) {
	t.stalls += o.stalls
	t.probes += o.probes
	t.keepAlives += o.keepAlives
	t.zeroWindows += o.zeroWindows
	t.retransmissions += o.retransmissions
	t.stalled += o.stalled
	t.stallTime = plus(t.stallTime, o.stallTime)
}

// slot returns a slot for a new stream: a free one or, at the limit, the slot of a
// stream that it evicts; gone is the result kept of that stream, or nil.
func (sh *shard) slot(now int64) (slot uint32, gone *derived) {
	if n := len(sh.freeSlots); n > 0 {
		slot, sh.freeSlots = sh.freeSlots[n-1], sh.freeSlots[:n-1]
		return slot, nil
	}
	if n := int(sh.slab.n); n == 0 || n < sh.most && sh.room >= streamBytes {
		sh.room -= streamBytes
		return sh.slab.add(), nil
	}
	slot, _ = sh.idlest(now, &sh.hand, sh.slab.n, func(i uint32) (uint32, bool) { return i, true })
	return slot, sh.evict(slot)
}

// idlest looks for a stream to evict. It examines some of the numbers 0 to n-1,
// from hand on, and advances hand; of maps a number to a slot. It reports whether
// there is a stream at all.
func (sh *shard) idlest(now int64, hand *uint32, n uint32, of func(uint32) (slot uint32, ok bool)) (slot uint32, ok bool) {
	looked := 0
	for range n {
		candidate, is := of(*hand)
		*hand = (*hand + 1) % n
		sh.steps.candidates++
		if !is {
			continue
		}
		st := sh.slab.at(candidate)
		if !ok || st.idler(sh.slab.at(slot)) {
			slot, ok = candidate, true
		}
		if looked++; looked == sh.cfg.EvictionSample || st.over() && now-st.last > int64(sh.cfg.TimeWait) {
			break
		}
	}
	return slot, ok
}

// idler reports whether to evict st before than: the one that is over or, if both
// or neither are, the one that has been quiet longer.
func (st *stream) idler(than *stream) bool {
	if a, b := st.over(), than.over(); a != b {
		return a
	}
	return st.last < than.last
}

// over reports whether the stream was closed or reset, or has no traffic.
func (st *stream) over() bool {
	a, b := &st.flows[0], &st.flows[1]
	return a.marks&b.marks&sawFIN != 0 || (a.marks|b.marks)&sawRST != 0 || st.is(namedOnly)
}

// evict removes a stream. It stays in the totals and, if it is among the worst, its
// result is kept; the caller sets the number of that result.
func (sh *shard) evict(slot uint32) (kept *derived) {
	st := sh.slab.at(slot)
	sh.reused = true
	sh.table.remove(st.hash, slot)
	sh.finish(st)
	sh.dropSketch(st)
	if st.is(namedOnly) {
		return nil
	}
	sh.evicted.Streams++
	sh.evicted.Segments += uint64(st.flows[0].segs) + uint64(st.flows[1].segs)
	sh.evicted.Bytes += st.flows[0].bytes + st.flows[1].bytes
	if wait := sh.sum(&sh.gone, st); wait > 0 {
		sh.evicted.Stalled++
		kept = sh.derive(st, 0, false)
		sh.keepWorst(kept)
	}
	for i := range st.flows {
		if d := st.flows[i].state; d != 0 {
			sh.room += sh.states[d].mem.bytes
			sh.states[d] = nil
			sh.free = append(sh.free, d)
			st.flows[i].state = 0
		}
	}
	return kept
}

// keepWorst keeps the result of an evicted stream, unless enough others waited
// longer.
func (sh *shard) keepWorst(s *derived) {
	sh.kept = append(sh.kept, s)
	if len(sh.kept) >= 2*sh.cfg.MaxVerdicts {
		slices.SortFunc(sh.kept, worseFirst)
		clear(sh.kept[sh.cfg.MaxVerdicts:])
		sh.kept = sh.kept[:sh.cfg.MaxVerdicts]
	}
}

// sum adds a stream to t and returns the time that its senders waited.
func (sh *shard) sum(t *totals, st *stream) int64 {
	var wait, stalls int64
	for i := range st.flows {
		f := &st.flows[i]
		t.retransmissions += int64(f.retrans)
		d := sh.stateOf(f)
		if d == nil {
			continue
		}
		wait = plus(wait, d.past.time)
		stalls += d.past.count - d.past.unwaited
		t.stalls += d.past.count - d.past.unwaited
		t.probes += int64(d.counts.probes)
		t.keepAlives += int64(d.counts.keepAlives)
		t.zeroWindows += int64(d.counts.zeroSegs)
	}
	t.stallTime = plus(t.stallTime, wait)
	if stalls > 0 {
		t.stalled++
	}
	return wait
}

// finish closes what is still open when a stream ends.
func (sh *shard) finish(st *stream) {
	for i := range st.flows {
		f := &st.flows[i]
		sh.book(f, &st.flows[i^1], st.last)
		t := sh.stateOf(f)
		if t != nil {
			t.pause(f, st.last, sh.pauseOf(st))
			if t.stall.on {
				sh.leaveOpen(st, f, t, &st.flows[i^1])
			}
		}
		sh.settle(f, false)
	}
}

// leaveOpen ends a stall that was still open at the last segment of the stream.
func (sh *shard) leaveOpen(st *stream, f *flow, t *flowstate, o *flow) {
	w := &t.stall.Stall
	w.End, w.EndFrame, w.EndedBy = st.end, st.endFrame, EndCaptureEnded
	w.Duration = nanos(st.last - t.stall.began)
	if o.is(sawFIN) && f.is(sawFIN) {
		w.EndedBy = EndFIN
	}
	sh.silence(f, t)
	if n := len(w.Probes); n > 0 && w.Probes[n-1].Silence == silencePeer &&
		st.last-t.probing.at <= st.timeout(int64(sh.cfg.ProbeTimer)) {
		w.Probes[n-1].Silence = silenceEnd
	}
	t.stall.on = false
	sh.judge(st, f, t, t.listed(sh.keep(t)))
}

// worseFirst orders by the time waited, then by age, not by number: a stream just
// evicted has none yet.
func worseFirst(x, y *derived) int {
	return cmp.Or(cmp.Compare(y.wait(), x.wait()), cmp.Compare(x.FirstFrame, y.FirstFrame))
}
