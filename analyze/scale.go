package analyze

import "winwatch/capture"

// maxShift is the largest window scale; larger ones count as this (RFC 7323 2.3).
const maxShift = 14

// absent is the value of flow.offer for a SYN whose options are known and include
// no window scale.
const absent = -2

// handshake takes what a SYN or SYN-ACK announces: its sender's MSS and the scale
// of its sender's window. f is the flow of its sender, r the opposite flow, which
// this window governs.
//
// Windows are scaled only if both SYNs carried the option (RFC 7323 2.2). A SYN-ACK
// may carry it only if the SYN that it answers did. If SYNs were sent with and
// without the option, the SYN-ACK shows which one was answered.
func (st *stream) handshake(r, f *flow, s *capture.Segment) {
	f.marks |= sawSYN
	r.synWnd = s.Window
	if s.Options.Has(capture.HasMSS) {
		r.mss = s.MSS
	}
	isACK := s.Flags.Has(capture.ACK)
	if isACK {
		st.marks |= sawSYNACK
	}
	switch {
	case s.Options.Has(capture.HasWindowScale):
		r.offer = int8(min(s.WindowShift, maxShift))
		f.marks |= hasOffer
	case s.Options&(capture.OptionsCut|capture.OptionsMalformed) != 0:
		r.marks |= optsCut
	case isACK || r.offer == Unknown:
		r.offer = absent
	}
	switch {
	case isACK && r.offer == absent:
		f.offer, r.shift, f.shift = absent, 0, 0
	case r.offer == absent && f.offer < 0:
		r.shift, f.shift = 0, 0
	case st.is(sawSYNACK) && r.offer >= 0 && f.offer >= 0:
		r.shift, f.shift = r.offer, f.offer
	case isACK && r.offer >= 0:
		r.shift = r.offer
		if f.offer == absent {
			f.offer, f.shift = Unknown, Unknown
		}
	}
}

// halfScaled reports whether neither side scales although one of them offered to.
func (st *stream) halfScaled() bool {
	return st.unscaled() && (st.flows[0].marks|st.flows[1].marks)&hasOffer != 0
}

// unscaled reports whether the handshake showed that windows are not scaled.
func (st *stream) unscaled() bool {
	return st.flows[0].offer == absent || st.flows[1].offer == absent
}

// need notes that data up to end was sent, which does not fit the window without a
// larger shift. If it is acknowledged, it was within the window, and the shift is at
// least that large.
func (sh *shard) need(f *flow, end uint32) {
	if !f.has(hasUna|hasWnd) || f.wnd == 0 {
		return
	}
	reach := int64(int32(end - f.una))
	shift := f.minShift
	for shift < maxShift && int64(f.wnd)<<shift < reach {
		shift++
	}
	if shift > f.minShift {
		if t := sh.needState(f); shift >= t.scale.needShift {
			t.scale.needEnd, t.scale.needShift = end, shift
		}
	}
}

// legal raises the lower bound of the shift once the data that needs it is
// acknowledged.
func (sh *shard) legal(f *flow) {
	if t := sh.stateOf(f); t != nil && t.scale.needShift > f.minShift && !before(f.una, t.scale.needEnd) {
		f.minShift = t.scale.needShift
	}
}
