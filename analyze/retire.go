package analyze

import (
	"slices"
	"time"
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

// sampled is how many streams are looked at to find one to let go: one among them
// that is over, or else the one that was quiet longest. A list in the order of
// last use would find the very last, but would cost two cache misses a packet.
const sampled = 32

// timeWait is how long after its end a stream may still see a late segment, which
// would begin a new one (Linux: TCP_TIMEWAIT_LEN).
const timeWait = int64(time.Minute)

// slot returns room for a new stream: a fresh one or, at the limit, that of a
// stream that is let go, with what is kept of it.
func (l *lane) slot(now int64) (slot uint32, gone *Stream) {
	if n := len(l.freeSlots); n > 0 {
		slot, l.freeSlots = l.freeSlots[n-1], l.freeSlots[:n-1]
		return slot, nil
	}
	if n := int(l.slab.n); n == 0 || n < l.most && l.room >= streamBytes {
		l.room -= streamBytes
		return l.slab.add(), nil
	}
	slot, _ = l.idlest(now, &l.hand, l.slab.n, func(i uint32) (uint32, bool) { return i, true })
	return slot, l.retire(slot)
}

// idlest looks from the hand on, which it moves, for a stream to let go, by some of
// n numbers that stand for one. It reports whether there is any.
func (l *lane) idlest(now int64, hand *uint32, n uint32, of func(uint32) (slot uint32, ok bool)) (slot uint32, ok bool) {
	looked := 0
	for range n {
		candidate, is := of(*hand)
		*hand = (*hand + 1) % n
		if !is {
			continue
		}
		st := l.slab.at(candidate)
		if !ok || st.idler(l.slab.at(slot)) {
			slot, ok = candidate, true
		}
		if looked++; looked == sampled || st.over() && now-st.last > timeWait {
			break
		}
	}
	return slot, ok
}

// idler reports whether a stream is to be let go before another: one that is over,
// or else the one that was quiet longer.
func (st *stream) idler(than *stream) bool {
	if a, b := st.over(), than.over(); a != b {
		return a
	}
	return st.last < than.last
}

// over reports whether the stream was closed or reset, or never was one.
func (st *stream) over() bool {
	a, b := &st.flows[0], &st.flows[1]
	return a.marks&b.marks&sawFIN != 0 || (a.marks|b.marks)&sawRST != 0 || st.is(namedOnly)
}

// retire lets a stream go: it counts in the totals and, if it is among the
// worst, its result is kept. Its number is still to be set.
func (l *lane) retire(slot uint32) (kept *Stream) {
	st := l.slab.at(slot)
	l.reused = true
	l.table.remove(st.hash, slot)
	l.finish(st)
	l.dropSketch(st)
	if st.is(namedOnly) {
		return nil
	}
	l.retired.Streams++
	l.retired.Segments += uint64(st.flows[0].segs) + uint64(st.flows[1].segs)
	l.retired.Bytes += st.flows[0].bytes + st.flows[1].bytes
	if wait := l.sum(&l.gone, st); wait > 0 {
		l.retired.Stalled++
		kept = l.derive(st, 0)
		l.keepWorst(kept)
	}
	for i := range st.flows {
		if d := st.flows[i].detail; d != 0 {
			l.room += l.details[d].bytes
			l.details[d] = nil
			l.free = append(l.free, d)
			st.flows[i].detail = 0
		}
	}
	return kept
}

// keepWorst keeps the result of a stream that is let go, unless there are
// enough of them that waited longer.
func (l *lane) keepWorst(s *Stream) {
	l.kept = append(l.kept, s)
	if len(l.kept) >= 2*l.cfg.MaxVerdicts {
		slices.SortFunc(l.kept, worseFirst)
		clear(l.kept[l.cfg.MaxVerdicts:])
		l.kept = l.kept[:l.cfg.MaxVerdicts]
	}
}

// sum adds a stream to totals and returns the time that its senders waited.
func (l *lane) sum(t *totals, st *stream) int64 {
	var wait, stalls int64
	for i := range st.flows {
		f := &st.flows[i]
		t.retransmissions += int64(f.retrans)
		d := l.trouble(f)
		if d == nil {
			continue
		}
		wait = plus(wait, d.stallTime)
		stalls += d.stallCount - d.unwaited
		t.stalls += d.stallCount - d.unwaited
		t.probes += int64(d.probes)
		t.keepAlives += int64(d.keepAlives)
		t.zeroWindows += int64(d.zeroSegs)
	}
	t.stallTime = plus(t.stallTime, wait)
	if stalls > 0 {
		t.stalled++
	}
	return wait
}

// finish closes what is still open in a stream at its end.
func (l *lane) finish(st *stream) {
	for i := range st.flows {
		f := &st.flows[i]
		l.book(f, &st.flows[i^1], st.last)
		t := l.trouble(f)
		if t != nil {
			t.pause(f, st.last, l.pauseOf(st))
			if t.on {
				l.leaveOpen(st, f, t, &st.flows[i^1])
			}
		}
		l.settle(f, false)
	}
}

// leaveOpen ends a stall that was on when the stream was seen last.
func (l *lane) leaveOpen(st *stream, f *flow, t *detail, o *flow) {
	w := &t.stall
	w.End, w.EndFrame, w.EndedBy = st.end, st.endFrame, EndCaptureEnded
	w.Duration = nanos(st.last - t.began)
	if o.is(sawFIN) && f.is(sawFIN) {
		w.EndedBy = EndFIN
	}
	l.silence(f, t)
	if n := len(w.Probes); n > 0 && w.Probes[n-1].Silence == silencePeer &&
		st.last-t.probeAt <= st.timeout(int64(l.cfg.ProbeTimer)) {
		w.Probes[n-1].Silence = silenceEnd
	}
	t.on = false
	l.judge(st, f, t, t.listed(l.keep(t)))
}
