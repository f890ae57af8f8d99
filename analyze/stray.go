package analyze

import "winwatch/capture"

// A stray is a segment whose numbers are not those of its stream: of an old
// connection on the same ports, forged, or of a second numbering. A firewall that
// rewrites initial sequence numbers shows the same packets in two numberings to a
// capture on both of its sides. A stray changes nothing, unless the stream goes on
// where it is: then the segments in between were not captured.

// eventAside marks a stray, or a segment with impossible flags: its numbers and its
// window say nothing about the stream. It is not reported.
const eventAside Events = 1 << 31

const (
	// farthest is the largest window (RFC 7323 2.3): beyond it, sequence numbers can't
	// be told from old ones.
	farthest = 1 << 30
	// slack is how many bytes a capture may miss on top of full windows without raising
	// doubt, and late how far behind a segment can be.
	slack, late = 1 << 26, 1 << 20
	// sightings is how many strays in one place show that the stream goes on there, or
	// that there is a second numbering.
	sightings = 3
)

// reach is how far, in bytes, the numbers of the next segment can be from nxt with
// that much more: a sender is never more than a window ahead of its receiver.
func (f *flow) reach(more int64) int64 {
	if !f.is(hasWnd) {
		return farthest
	}
	return min(2*f.largest()+more, farthest)
}

// distance is how many bytes two sequence numbers are apart.
func distance(a, b uint32) int64 { return abs(int64(int32(a - b))) }

// astray reports whether n is no sequence number of the flow.
func (f *flow) astray(n uint32) bool {
	switch d := int64(int32(n - f.nxt)); {
	case !f.is(hasNxt | hasUna):
		return false
	case f.is(hasTwin) && distance(n, f.other) <= late && distance(f.nxt, f.other) > 2*late:
		return true
	case d > 0 && !f.is(hasWnd):
		return d > slack // nothing was acknowledged yet, or it was not captured
	case d < 0:
		return -d > f.reach(late)
	default:
		return d > f.reach(slack)
	}
}

// stray reports whether the segment is a stray, and notes where. An RST has its own
// check, and a SYN begins a numbering.
func (c *cursor) stray() bool {
	f, r, s := c.f, c.r, c.s
	if s.Flags&capture.SYN != 0 {
		return c.straySYN()
	}
	seq := f.astray(s.Seq)
	ack := s.Flags&capture.ACK != 0 && r.astray(s.Ack)
	if !seq && !ack {
		return false
	}
	moved := false
	if seq {
		moved = c.sight(f, s.Seq)
	}
	if ack {
		moved = c.sight(r, s.Ack) || moved
	}
	if moved {
		c.follows(f, seq, s.Seq)
		c.follows(r, ack, s.Ack)
		return false
	}
	return true
}

// straySYN reports whether the segment is a SYN-ACK that answers another SYN than
// the one captured (RFC 9293 3.10.7.3).
func (c *cursor) straySYN() bool {
	f, r, s := c.f, c.r, c.s
	opening := r.is(hasISN) && r.dataSegs == 0 && f.dataSegs == 0 && !r.is(sawFIN)
	if s.Flags&capture.ACK == 0 || !opening || r.rel(s.Ack) >= 1 && !after(s.Ack, r.nxt) {
		return false
	}
	c.twin(f, s.Seq+1)
	c.twin(r, s.Ack)
	return true
}

// twin notes a second numbering that a SYN-ACK announced.
func (c *cursor) twin(f *flow, n uint32) {
	f.marks |= hasTwin
	f.other, f.sighted, c.st.sightedAt[f.side] = n, sightings-1, c.st.followed()
}

// sight notes that a stray was seen at n, and reports whether the flow goes on there:
// several strays in a row, and nothing else. If the flow goes on in both places, the
// stream has two numberings.
func (c *cursor) sight(f *flow, n uint32) (moved bool) {
	if f.sighted == 0 || distance(n, f.other) > f.reach(late) {
		f.sighted, c.st.sightedAt[f.side] = 0, c.st.followed()
	}
	f.other = n
	f.sighted++
	switch {
	case f.sighted < sightings || c.st.is(isForked):
		return false
	case c.st.sightedAt[f.side] == c.st.followed():
		return true
	}
	c.fork()
	return false
}

// followed counts the segments that were no strays.
func (st *stream) followed() uint32 { return st.flows[0].segs + st.flows[1].segs - st.strays }

// follows continues the flow at n, where it was seen if moved is set. A step forward
// within reach of a window is a gap, which the next steps handle; after any other,
// nothing known of the numbers holds. The place that a second numbering leaves may still
// be the other one's.
func (c *cursor) follows(f *flow, moved bool, n uint32) {
	isTwin, from := f.is(hasTwin), f.nxt
	f.marks &^= hasTwin
	f.sighted = 0
	d := int64(int32(n - from))
	switch {
	case !moved, !isTwin && 0 < d && d <= farthest:
	case isTwin:
		c.forget(f)
		c.twin(f, from)
	default:
		c.forget(f)
	}
}

// forget drops the numbers of a flow: what follows begins anew. Counters are kept.
func (c *cursor) forget(f *flow) {
	c.breakOff(f)
	f.marks &^= hasNxt | hasBase | hasISN | hasTwin
	f.turns, f.sighted = 0, 0
}

// fork gives up a stream with two numberings: which bytes were in flight, and what
// the sender waited for, can't be known.
func (c *cursor) fork() {
	c.st.marks |= isForked
	for i := range c.st.flows {
		f := &c.st.flows[i]
		f.marks = f.marks&^(isZero|isFull|isHeld|isOpened|isDeferring|isEcho|isTiming) | hasTwin
		f.class, f.network, f.unjudged, f.rtt = unjudged, 0, c.now-c.st.first, 0
		if t := c.stateOf(f); t != nil {
			t.spent, t.past, t.after, t.probing = [classes]int64{}, pastStalls{}, aftermath{}, probing{}
			t.stall.on, t.held, t.mem.probes = false, heldBack{}, 0
		}
	}
}
