package analyze

import "winwatch/analyze/cause"

// overrun follows data that was sent past the furthest right edge that its receiver ever
// advertised. No sender may do that, and no delay excuses it: an edge that the capture
// has not seen yet, the sender can't know. But the capture may have missed the ACK, so it
// counts only once a later ACK shows that the edge was where it seemed to be.
type overrun struct {
	on, sure bool
	end      uint32 // of the data
	began    moment
	resent   uint32 // flow.resent at that time
	current  cause.Overrun
	sum      cause.Overrun
}

// overshoot notes that the data of f goes past the furthest right edge, as far as known. One
// byte more is a FIN, or a probe.
func (t *flowstate) overshoot(f *flow, at moment) {
	over := int32(f.nxt - f.maxEdge)
	if over <= 1 {
		return
	}
	x := &t.needClues().overrun
	if !x.on {
		*x = overrun{on: true, began: at, resent: f.resent, sum: x.sum}
	}
	x.end = f.nxt
	if int64(over) > x.current.Bytes {
		n := &x.current
		n.Bytes, n.InFlight, n.Window, n.Mark = int64(over), int64(f.inFlight()), int64(f.wnd), at.mark()
	}
}

// confirm notes that a duplicate ACK of the data of f came while its sender was past the
// edge. A receiver answers each segment outside its window so (RFC 9293 3.10.7.4).
func (x *clues) confirm(f *flow) {
	if o := &x.overrun; o.on && before(f.maxEdge, o.end) {
		o.sure = true
		o.current.Answers++
		f.marks |= isStory // the ACK that ends it must not be missed
	}
}

// endOverrun ends an episode once the receiver has all of the data, or the stream ended.
// It cost time only if some of the data had to be sent again.
func (t *flowstate) endOverrun(f *flow, now int64, over bool) {
	x := &t.clues.overrun
	if !x.on || !over && before(f.una, x.end) {
		return
	}
	x.on = false
	if x.sure && f.resent > x.resent {
		x.current.Resent = int64(f.resent - x.resent)
		x.current.Time = nanos(now - x.began.at)
		x.sum.Add(&x.current)
	}
}
