package analyze

import "slices"

// hole is a part of a flow's data that was missing when later data arrived: it was
// lost, overtaken or not captured.
type hole struct {
	seq, end uint32
	at       int64 // when it appeared
}

// addHole notes that the data from seq to end has not been captured so far.
func (sh *shard) addHole(f *flow, seq, end uint32, now int64) {
	f.marks |= hasHoles
	t := sh.needState(f)
	t.loss.unseen += int64(end - seq)
	sh.keepHoles(t, append(t.loss.holes, hole{seq, end, now}))
}

// keepHoles sets the holes of a flow, without the oldest ones if there are too many.
func (sh *shard) keepHoles(t *flowstate, holes []hole) {
	many := max(len(holes)-sh.cfg.MaxHoles, 0)
	for _, h := range holes[:many] {
		t.loss.forget(h, int64(sh.cfg.Reordering))
	}
	t.loss.holes = slices.Delete(holes, 0, many)
}

// forget notes a hole that is no longer kept. Each range is of the holes that appeared
// within so many ns.
func (l *loss) forget(h hole, within int64) {
	x := &l.forgotten[0]
	if x.seq == x.end || h.at-x.at > within {
		l.forgotten[1], *x = *x, h
		return
	}
	if before(h.seq, x.seq) {
		x.seq = h.seq
	}
	if after(h.end, x.end) {
		x.end = h.end
	}
}

// fillForgotten reports whether the data from seq to end may have been overtaken and
// fill a hole that was forgotten: it counts as captured for the first time then.
func (sh *shard) fillForgotten(f *flow, seq, end uint32, now int64) bool {
	t := sh.stateOf(f)
	if t == nil {
		return false
	}
	for _, x := range t.loss.forgotten {
		if before(seq, x.end) && after(end, x.seq) && now-x.at <= 2*int64(sh.cfg.Reordering) {
			t.loss.unseen = max(t.loss.unseen-int64(end-seq), 0)
			return true
		}
	}
	return false
}

// dropHoles forgets what was lost: the numbers begin anew.
func (sh *shard) dropHoles(f *flow) {
	f.marks &^= hasHoles
	if t := sh.stateOf(f); t != nil {
		t.loss = loss{holes: t.loss.holes[:0]}
	}
}

// fill closes the holes that the data from seq to end covers. It returns how many
// bytes of it fell into holes, and whether they came soon enough to have been
// merely overtaken.
func (sh *shard) fill(f *flow, seq, end uint32, now int64) (filled int64, soon bool) {
	if !f.is(hasHoles) {
		return 0, false
	}
	t := sh.states[f.state]
	holes, left, n := t.loss.holes, 0, len(t.loss.holes)
	for _, h := range holes[:n] {
		sh.steps.holes++
		from, to := h.seq, h.end
		if after(seq, from) {
			from = seq
		}
		if before(end, to) {
			to = end
		}
		rest := h
		if before(from, to) {
			filled += int64(to - from)
			soon = soon || now-h.at <= int64(sh.cfg.Reordering)
			rest.end = from
			if before(to, h.end) { // the end of a hole counts as appeared last
				holes = append(holes, hole{to, h.end, h.at})
			}
		}
		if before(rest.seq, rest.end) {
			holes[left] = rest
			left++
		}
	}
	sh.keepHoles(t, slices.Delete(holes, left, n))
	if len(t.loss.holes) == 0 {
		f.marks &^= hasHoles
	}
	t.loss.unseen -= filled
	return filled, soon
}

// forgetHoles removes acknowledged holes: their data will not be captured any more,
// unless its ACK overtook it just now.
func (sh *shard) forgetHoles(f *flow, now int64) {
	t := sh.states[f.state]
	t.loss.holes = slices.DeleteFunc(t.loss.holes, func(h hole) bool {
		sh.steps.holes++
		return !after(h.end, f.una) && now-h.at > int64(sh.cfg.Reordering)
	})
	if len(t.loss.holes) == 0 {
		f.marks &^= hasHoles
	}
}
