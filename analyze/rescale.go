package analyze

import (
	"winwatch/analyze/cause"
	"winwatch/capture"
)

// rewritten notes that the copy of a SYN or SYN-ACK, captured further on its way, carries
// another window scale: a device between the two points changed it.
func (sh *shard) rewritten(st *stream, side uint8, s *capture.Segment, now int64) {
	if s.Flags&capture.SYN == 0 || s.Options&(capture.OptionsCut|capture.OptionsMalformed) != 0 {
		return
	}
	r := &st.flows[side^1]
	offer := int8(absent)
	if s.Options.Has(capture.HasWindowScale) {
		offer = int8(min(s.WindowShift, maxShift))
	}
	if r.offer == Unknown || r.offer == offer {
		return
	}
	x := sh.needState(r).needClues()
	if x.rewrite.After.Frame != 0 {
		return // the first one says it all
	}
	x.rewrite = cause.Rewrite{From: scaleOf(r.offer), To: scaleOf(offer), After: moment{now, s.Frame}.mark()}
	if st.segments() == 1 {
		x.rewrite.Before = moment{st.first, st.firstFrame}.mark()
	}
}

// scaleOf returns an offer as the causes know it.
func scaleOf(offer int8) int {
	if offer == absent {
		return cause.NoScale
	}
	return int(offer)
}

// misread notes the first window after the SYN, if it is about what the SYN's window would
// be when scaled, although neither side scales: the receiver believes that both do. Only
// windows of less than a segment count, since no receiver that means them keeps offering
// so little (RFC 9293 3.8.6.2.2).
func (c *cursor) misread(syn uint32) {
	r, wnd := c.r, uint32(c.s.Window)
	acked := r.payload(c.s.Ack)
	if r.shift != 0 || !c.st.unscaled() || wnd == 0 || wnd >= uint32(r.mss) || acked > int64(syn/4) {
		return
	}
	// Since the SYN, the window may have fallen by the data that nobody has read yet, or
	// risen by as much and twice that (Linux: tcp_grow_window).
	least, most := int64(syn)-acked, int64(syn)+2*acked
	for shift := uint8(1); shift <= maxShift; shift++ {
		// Some round the field up, some down.
		if low, high := int64(wnd-1)<<shift, int64(wnd+1)<<shift; low <= most && high > least {
			c.needState(r).needClues().misread = cause.Misread{
				SYN: int64(syn), Field: int64(wnd), Shift: shift, Mark: moment{c.now, c.s.Frame}.mark(),
			}
			return
		}
	}
}
