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
	if len(t.loss.holes) == sh.cfg.MaxHoles {
		t.loss.holes = append(t.loss.holes[:0], t.loss.holes[1:]...)
	}
	t.loss.holes = append(t.loss.holes, hole{seq, end, now})
}

// fill closes the holes that the data from seq to end covers. It returns how many
// bytes of it fell into holes, and whether they came soon enough to have been
// merely overtaken.
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

// forgetHoles removes acknowledged holes: their data will not be captured any more,
// unless its ACK overtook it just now.
func (sh *shard) forgetHoles(f *flow, now int64) {
	t := sh.states[f.state]
	t.loss.holes = slices.DeleteFunc(t.loss.holes, func(h hole) bool {
		return !after(h.end, f.una) && now-h.at > int64(sh.cfg.Reordering)
	})
	if len(t.loss.holes) == 0 {
		f.marks &^= hasHoles
	}
}
