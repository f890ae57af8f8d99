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
	bare := f.wnd >> uint8(f.shift)
	if n <= bare || bare < minBare*f.maxSeg {
		return
	}
	f.marks |= pastBare | isTiming
	f.timed, f.timedAt, f.timedBy = end, now, by
}

// blind follows what is lost past the bare window field.
type blind struct {
	// on: all that is known fits a device that ignores the scale. done: all data up to nxt
	// was taken, which had been sent when the loss was noticed.
	on, done bool
	nxt      uint32
	// fits is how far data was sent again within the bare field, and resent how far at
	// all.
	fits, resent uint32
	began        int64
	facts        cause.BareLoss
}

// lost notes that data of f is sent again, before anything else of the segment is
// noted. The first loss decides: it begins with the segment that crossed the bare edge,
// or there is no such device.
func (c *cursor) lost() {
	f := c.f
	if f.has(pastBare | isTiming | hasUna | hasWnd) {
		if t := c.needState(f); f.timed-f.una <= f.maxSeg && t.counts.dupAck == 0 {
			t.needClues().blind = blind{
				on: true, nxt: f.nxt, fits: f.una, resent: f.una, began: max(f.ackedAt, f.lastAt),
				facts: cause.BareLoss{Field: int64(f.wnd >> uint8(f.shift)), Shift: uint8(f.shift), First: moment{c.now, c.s.Frame}.mark()},
			}
		}
	}
	f.marks |= pastBare
	if t := c.stateOf(f); t != nil && t.clues != nil && t.clues.blind.on && !t.clues.blind.done {
		t.clues.blind.again(f, c.end)
	}
}

// again takes a segment that is sent again up to end.
func (x *blind) again(f *flow, end uint32) {
	if after(f.una, x.fits) || !after(end, x.fits) {
		x.on = false // something past the bare field arrived, or something within it was lost
		return
	}
	if after(end, x.resent) {
		x.facts.Lost++
		x.resent = end
	}
	if !after(end, f.una+f.wnd>>uint8(f.shift)) {
		x.fits = end
	}
	if x.facts.Lost > 1 {
		f.marks |= isStory // the ACK that ends it must not be missed
	}
}

// end ends the time that the losses cost once all of the data is taken, or the
// stream ended.
func (x *blind) end(f *flow, now int64, over bool) {
	if !x.on || x.done || !over && before(f.una, x.nxt) {
		return
	}
	x.done = true
	x.facts.Time = nanos(now - x.began)
}

// loss returns the facts if all of them fit.
func (x *blind) loss() cause.BareLoss {
	if !x.on {
		return cause.BareLoss{}
	}
	return x.facts
}
