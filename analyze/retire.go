package analyze

import "slices"

// totals are sums over streams.
type totals struct {
	stalls, probes, keepAlives, zeroWindows, retransmissions, stalled int64
	stallTime                                                         int64
}

// sampled is how many streams are looked at to find one to let go: the one
// among them that was quiet longest. A list in the order of last use would find
// the very last, but would cost two cache misses a packet.
const sampled = 32

// slot returns room for a new stream: a fresh one or, at the limit, that of a
// stream that is let go.
func (a *Analyzer) slot() uint32 {
	if int(a.slab.n) < max(a.cfg.MaxStreams, 1) {
		return a.slab.add()
	}
	victim := a.hand
	for range min(sampled, a.slab.n) {
		if a.slab.at(a.hand).last < a.slab.at(victim).last {
			victim = a.hand
		}
		a.hand = (a.hand + 1) % a.slab.n
	}
	a.retire(victim)
	return victim
}

// retire lets a stream go: it counts in the totals and, if it is among the
// worst, its result is kept.
func (a *Analyzer) retire(slot uint32) {
	st := a.slab.at(slot)
	a.table.remove(st.hash, slot)
	a.finish(st)
	if st.is(namedOnly) {
		return
	}
	a.retired.Streams++
	a.retired.Segments += uint64(st.flows[0].segs) + uint64(st.flows[1].segs)
	a.retired.Bytes += st.flows[0].bytes + st.flows[1].bytes
	wait := a.sum(&a.gone, st)
	if wait > 0 {
		a.retired.Stalled++
		a.keepWorst(a.derive(st))
	}
	for i := range st.flows {
		if d := st.flows[i].detail; d != 0 {
			a.free = append(a.free, d)
		}
	}
}

// keepWorst keeps the result of a stream that is let go, unless there are
// enough of them that waited longer.
func (a *Analyzer) keepWorst(s *Stream) {
	a.kept = append(a.kept, s)
	if len(a.kept) >= 2*a.cfg.MaxVerdicts {
		slices.SortFunc(a.kept, worseFirst)
		clear(a.kept[a.cfg.MaxVerdicts:])
		a.kept = a.kept[:a.cfg.MaxVerdicts]
	}
}

// sum adds a stream to totals and returns the time that its senders waited.
func (a *Analyzer) sum(t *totals, st *stream) int64 {
	var wait, stalls int64
	for i := range st.flows {
		f := &st.flows[i]
		t.retransmissions += int64(f.retrans)
		d := a.trouble(f)
		if d == nil {
			continue
		}
		wait += d.stallTime
		stalls += d.stallCount - d.unwaited
		t.stalls += d.stallCount - d.unwaited
		t.probes += int64(d.probes)
		t.keepAlives += int64(d.keepAlives)
		t.zeroWindows += int64(d.zeroSegs)
	}
	t.stallTime += wait
	if stalls > 0 {
		t.stalled++
	}
	return wait
}

// finish closes what is still open in a stream at its end.
func (a *Analyzer) finish(st *stream) {
	for i := range st.flows {
		f := &st.flows[i]
		t := a.trouble(f)
		if t != nil {
			t.pause(f, st.last, a.pauseOf(st))
			if t.on {
				a.leaveOpen(st, f, t, &st.flows[i^1])
			}
		}
		a.settle(f, false)
	}
}

// leaveOpen ends a stall that was on when the stream was seen last.
func (a *Analyzer) leaveOpen(st *stream, f *flow, t *detail, o *flow) {
	w := &t.stall
	w.End, w.EndFrame, w.EndedBy = st.end, st.endFrame, EndCaptureEnded
	w.Duration = nanos(st.last - t.began)
	if o.is(sawFIN) && f.is(sawFIN) {
		w.EndedBy = EndFIN
	}
	a.silence(f, t)
	if n := len(w.Probes); n > 0 && w.Probes[n-1].Silence == silencePeer &&
		st.last-t.probeAt <= st.timeout(int64(a.cfg.ProbeTimer)) {
		w.Probes[n-1].Silence = silenceEnd
	}
	t.on = false
	a.judge(st, f, t, t.listed(t.keep(a.cfg.MaxStalls)))
}
