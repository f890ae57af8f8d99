package analyze

import "winwatch/analyze/cause"

// A device that tracks the window but ignores its scale takes the bare window field for
// the window, and drops what lies past it. Then data is lost from exactly the segment on
// that first goes past the bare field, and nothing past it arrives.
//
// To look for it costs next to nothing: the first segment past the bare field is timed. If
// its ACK comes before anything is sent again, no such device is on the way.

// minBare is how many full segments the bare field must hold: if it holds fewer, nearly
// every loss begins with the first segment past it.
const minBare = 2

// crosses starts timing the segment that is the first to go past the bare window field,
// with n bytes in flight up to its end.
func (f *flow) crosses(n, end uint32, now, by int64) {
	if n <= f.bare() || f.bare() < minBare*f.maxSeg {
		return
	}
	f.marks |= pastBare | isTiming
	f.timed, f.timedAt, f.timedBy = end, now, by
}

// blind follows what is lost past the bare window field.
type blind struct {
	// on: the first loss fits a device that ignores the scale. busy: a loss is followed
	// until all data up to nxt is taken, which had been sent when the loss was noticed.
	on, busy bool
	nxt      uint32
	// fits is how far data was sent again within the bare field, and resent how far at
	// all.
	fits, resent uint32
	began        int64
	segments     uint64 // that were lost
	dupACKs      uint32 // counts.dupAck when it began
	facts        cause.BareLoss
}

// lost notes that data of f is sent again, before anything else of the segment is
// noted. The first loss decides: it begins with the segment that crossed the bare edge,
// or there is no such device.
func (c *cursor) lost() {
	f := c.f
	first := f.has(pastBare|isTiming|hasUna|hasWnd) && f.timed-f.una <= f.maxSeg
	f.marks |= pastBare
	t := c.stateOf(f)
	switch {
	case first && (t == nil || t.counts.dupAck == 0):
		x := &c.needState(f).needClues().blind
		x.facts = cause.BareLoss{Field: int64(f.bare()), Shift: uint8(f.shift), First: moment{c.now, c.s.Frame}.mark()}
		x.begin(f, 0)
	case t == nil || t.clues == nil || !t.clues.blind.on:
		return
	case !t.clues.blind.busy && t.clues.blind.dupACKs == t.counts.dupAck:
		t.clues.blind.begin(f, t.counts.dupAck)
	}
	if x := &c.states[f.state].clues.blind; x.busy {
		x.again(f, c.end)
	}
}

// bare is the window as a device sees it that ignores the scale.
func (f *flow) bare() uint32 { return f.wnd >> uint8(f.shift) }

// begin begins to follow a loss. None of the duplicate ACKs came since the one before.
func (x *blind) begin(f *flow, dupACKs uint32) {
	x.dupACKs, x.segments = dupACKs, 0
	x.on, x.busy, x.nxt, x.fits, x.resent, x.began = true, true, f.nxt, f.una, f.una, max(f.ackedAt, f.lastAt)
}

// again takes a segment that is sent again up to end. If something past the bare field
// arrived, or something within it was lost, the loss is an ordinary one.
func (x *blind) again(f *flow, end uint32) {
	if after(f.una, x.fits) || !after(end, x.fits) {
		x.ordinary()
		return
	}
	if after(end, x.resent) {
		x.segments++
		x.resent = end
	}
	if !after(end, f.una+f.bare()) {
		x.fits = end
	}
	if x.segments > 1 {
		f.marks |= isStory // the ACK that ends it must not be missed
	}
}

// ordinary drops the loss; if it is the first, there is no such device.
func (x *blind) ordinary() { x.busy, x.on = false, x.facts.Time > 0 }

// end adds the time that a loss cost once all of the data is taken, or the stream ended.
func (x *blind) end(f *flow, now int64, over bool) {
	switch {
	case !x.busy || !over && before(f.una, x.nxt):
	case after(f.una, x.fits):
		x.ordinary()
	default:
		x.busy = false
		x.facts.Lost += x.segments
		x.facts.Time += nanos(now - x.began)
	}
}

// loss returns the facts if they fit.
func (x *blind) loss() cause.BareLoss {
	if !x.on {
		return cause.BareLoss{}
	}
	return x.facts
}
