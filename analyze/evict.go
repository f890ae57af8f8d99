package analyze

import (
	"cmp"
	"slices"
)

// totals are sums over streams.
type totals struct {
	bytes, duplicates                                                 int64
	stalls, probes, keepAlives, zeroWindows, retransmissions, stalled int64
	stallTime                                                         int64
}

func (t *totals) add(o *totals) {
	t.bytes += o.bytes
	t.duplicates += o.duplicates
	t.stalls += o.stalls
	t.probes += o.probes
	t.keepAlives += o.keepAlives
	t.zeroWindows += o.zeroWindows
	t.retransmissions += o.retransmissions
	t.stalled += o.stalled
	t.stallTime = plus(t.stallTime, o.stallTime)
}

// slot returns a slot for a new stream: a free one or, at the limit, the slot of a
// stream that it evicts.
func (sh *shard) slot(now int64) uint32 {
	if n := int(sh.slab.n); len(sh.freeSlots) == 0 && (n == 0 || n < sh.most && sh.room >= streamBytes) {
		sh.room -= streamBytes
		if sh.idle != nil {
			sh.idle = append(sh.idle, 0)
		}
		return sh.slab.add()
	}
	if len(sh.freeSlots) == 0 {
		sh.makeRoom(now)
	}
	n := len(sh.freeSlots)
	slot := sh.freeSlots[n-1]
	sh.freeSlots = sh.freeSlots[:n-1]
	return slot
}

// evictAtOnce is how many of many streams are evicted at once.
const evictAtOnce = 32

// makeRoom evicts some streams, or one if there are few. Nothing of them is in the
// cache, so it first reads a bit from everywhere: that way, it waits for memory once and
// not for each of them.
func (sh *shard) makeRoom(now int64) {
	var slots [evictAtOnce]uint32
	some := slots[:1]
	if int(sh.slab.n) >= len(slots)*max(sh.cfg.EvictionSample, 1) { // no stream is found twice
		some = slots[:]
	}
	for i := range some {
		some[i], _ = sh.idlest(now, &sh.hand, sh.slab.n, nil)
	}
	for _, slot := range some {
		st := sh.slab.at(slot)
		sh.touched += st.touch() + st.touchRest()
	}
	for _, slot := range some {
		sh.touched += sh.table.touch(sh.slab.at(slot).hash)
	}
	for _, slot := range some {
		sh.vacate(slot, sh.index)
	}
}

// vacate evicts a stream and frees its slot. index is the index in the batch of the
// current segment.
func (sh *shard) vacate(slot uint32, index uint16) {
	gone := sh.evict(slot)
	sh.slab.at(slot).marks = 0
	sh.freeSlots = append(sh.freeSlots, slot)
	sh.changes++
	if gone != nil {
		sh.opened = append(sh.opened, opening{index: index, slot: slot, gone: gone})
	}
}

// evict removes a stream. It stays in the totals and, if it is among the worst, its
// result is kept; the caller sets the number of that result.
func (sh *shard) evict(slot uint32) (kept *derived) {
	st := sh.slab.at(slot)
	sh.reused = true
	sh.steps.evicted++
	sh.table.remove(st.hash, slot)
	if st.flows[0].state|st.flows[1].state != 0 { // otherwise, no total would change
		sh.finish(st)
	}
	sh.dropSketch(st)
	sh.unpair(st)
	if sh.doubt.of == st {
		sh.doubt.of = nil
	}
	defer sh.dropPaces(st) // the result may need them
	if st.is(namedOnly) {
		return nil
	}
	sh.evicted.Streams++
	sh.evicted.Segments += st.segments()
	sh.evicted.Bytes += st.flows[0].bytes + st.flows[1].bytes
	if wait := sh.sum(&sh.gone, st); wait > 0 {
		sh.evicted.Stalled++
		if sh.amongWorst(wait, st.firstFrame) {
			kept = new(derived)
			kept.Stream = sh.derive(st, 0, false, &kept.facts)
			sh.keepWorst(kept)
		} else {
			sh.gather(st, false, &sh.left.facts)
			sh.left.add(st)
		}
	}
	for i := range st.flows {
		sh.dropState(&st.flows[i])
	}
	return kept
}

// amongWorst reports whether an evicted stream that waited that long may be among the
// worst. For all others, no result is built.
func (sh *shard) amongWorst(wait int64, firstFrame uint64) bool {
	return sh.leastKept == nil || wait > sh.leastKept.wait() || wait == sh.leastKept.wait() && firstFrame < sh.leastKept.FirstFrame
}

// keepWorst keeps the result of an evicted stream, unless enough others waited
// longer.
func (sh *shard) keepWorst(s *derived) {
	sh.kept = append(sh.kept, s)
	if most := max(sh.cfg.MaxVerdicts, 1); len(sh.kept) >= 2*most {
		slices.SortFunc(sh.kept, worseFirst)
		for _, k := range sh.kept[most:] {
			sh.left.addDerived(k)
		}
		clear(sh.kept[most:])
		sh.kept = sh.kept[:most]
		sh.leastKept = sh.kept[most-1]
	}
}

// sum adds a stream to t and returns the time that its senders waited.
func (sh *shard) sum(t *totals, st *stream) int64 {
	var wait, stalls int64
	t.duplicates += int64(st.duplicates)
	for i := range st.flows {
		f := &st.flows[i]
		t.bytes += f.bytes
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
		sh.learn(st, f, &st.flows[i^1], st.last)
		sh.book(f, &st.flows[i^1], st.last)
		t := sh.stateOf(f)
		if t != nil {
			f.missRest(st, t)
			sh.pause(t, f, st.last, sh.pauseOf(st))
			sh.endClues(t, f, st.last, true)
			if t.stall.on {
				sh.leaveOpen(st, f, t, &st.flows[i^1])
			}
		}
		sh.settle(st, f, false)
		sh.smallStall(f, EndSenderTimer)
	}
}

// leaveOpen ends a stall that was still open at the last segment of the stream.
func (sh *shard) leaveOpen(st *stream, f *flow, t *flowstate, o *flow) {
	w := &t.stall.Stall
	w.End, w.EndFrame, w.EndedBy = st.last, st.endFrame, EndCaptureEnded
	w.Duration = nanos(st.last - t.stall.began)
	if o.is(sawFIN) && f.is(sawFIN) {
		w.EndedBy = EndFIN
	}
	sh.silence(f, t)
	if n := len(w.Probes); n > 0 && w.Probes[n-1].Silence == silencePeer &&
		st.last-t.probing.at <= st.timeout(int64(sh.cfg.ProbeTimer)) {
		w.Probes[n-1].Silence = silenceEnd
		t.probing.silent--
	}
	sh.hear(t, st.last)
	sh.meet(t, o, st.last)
	t.stall.on = false
	sh.judge(st, f, t, t.listed(sh.keep(t)))
}

// worseFirst orders by the time waited, then by age, not by number: a stream just
// evicted has none yet.
func worseFirst(x, y *derived) int {
	return cmp.Or(cmp.Compare(y.wait(), x.wait()), cmp.Compare(x.FirstFrame, y.FirstFrame))
}
