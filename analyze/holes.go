package analyze

import "slices"

// hole is a part of a flow's data that others came after before it did: it was
// lost, or overtaken, or not captured.
type hole struct {
	seq, end uint32
	at       int64 // when it showed
}

// addHole notes that nothing between seq and end was captured so far.
func (sh *shard) addHole(f *flow, seq, end uint32, now int64) {
	f.marks |= hasHoles
	t := sh.needState(f)
	t.loss.unseen += int64(end - seq)
	if len(t.loss.holes) == sh.cfg.MaxHoles {
		t.loss.holes = append(t.loss.holes[:0], t.loss.holes[1:]...)
	}
	t.loss.holes = append(t.loss.holes, hole{seq, end, now})
}

// fill closes holes as far as the data from seq to end does, and reports how much
// of it was new, and whether that came soon enough after the hole showed to have
// been overtaken only.
func (sh *shard) fill(f *flow, seq, end uint32, now int64) (filled int64, soon bool) {
	if !f.is(hasHoles) {
		return 0, false
	}
	t := sh.states[f.state]
	left := t.loss.holes[:0]
	var split []hole
	for _, h := range t.loss.holes {
		from, to := h.seq, h.end
		if after(seq, from) {
			from = seq
		}
		if before(end, to) {
			to = end
		}
		if !before(from, to) {
			left = append(left, h)
			continue
		}
		filled += int64(to - from)
		soon = soon || now-h.at <= int64(sh.cfg.Reordering)
		if before(h.seq, from) {
			left = append(left, hole{h.seq, from, h.at})
			h.seq = to
		}
		if before(to, h.end) {
			split = append(split, hole{to, h.end, h.at})
		}
	}
	t.loss.holes = append(left, split...)
	if len(t.loss.holes) == 0 {
		f.marks &^= hasHoles
	}
	t.loss.unseen -= filled
	return filled, soon
}

// forgetHoles lets those go that were acknowledged: what belongs there will not
// come any more, unless it was overtaken by its ACK just now.
func (sh *shard) forgetHoles(f *flow, now int64) {
	t := sh.states[f.state]
	t.loss.holes = slices.DeleteFunc(t.loss.holes, func(h hole) bool {
		return !after(h.end, f.una) && now-h.at > int64(sh.cfg.Reordering)
	})
	if len(t.loss.holes) == 0 {
		f.marks &^= hasHoles
	}
}
