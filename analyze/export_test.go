package analyze

import "winwatch/capture"

// Slowly has every segment take the long way.
func (a *Analyzer) Slowly() {
	for _, l := range a.lanes {
		l.slowly = true
	}
}

// IsPlain reports whether the next segment would go the short way.
func (a *Analyzer) IsPlain(s *capture.Segment) bool {
	l := a.lanes[laneOf(s)&a.laneMask]
	slot, side := l.table.find(a.seed.hash(s), s, &l.slab)
	if side == nobody {
		return false
	}
	st := l.slab.at(slot)
	return isPlain(&st.flows[side], &st.flows[side^1], s)
}
