package analyze

import (
	"slices"

	"winwatch/capture"
)

// An ACK of data that was not captured means that the capture misses packets, or that the
// ACK does not belong to the stream: a host or a forger sent it that knows little of the
// stream. What follows decides. If the sender goes on where the capture left it, and the
// receiver acknowledges that, the data in between was never sent: the receiver's
// ACKs don't go back. So the engine follows such an ACK at first, but remembers how things
// were, and returns there if it turns out to be false.

// doubt is the last ACK of data that was not captured, and what to return to if it is
// false. A shard has one at a time.
type doubt struct {
	of   *stream // nil if there is no doubt
	side uint8   // who sent the ACK
	// una and nxt are of the data before the ACK, ack what it acknowledged, sent the end
	// of the data that followed at nxt.
	una, nxt, ack, sent uint32

	flows  [2]flow
	states [2]flowstate
	// later are the segments since then.
	later []laterSegment
}

type laterSegment struct {
	s    capture.Segment
	side uint8
	now  int64
}

const (
	// fewLater is how many segments decide: more than a sender's first burst (RFC 6928).
	fewLater = 32
	// fewStalls is how many stalls a flow may have to be worth remembering: the cost is
	// theirs.
	fewStalls = 8
)

// weighDoubt notes a segment while there is a doubt about its stream, or begins one.
func (c *cursor) weighDoubt() {
	d := &c.shard.doubt
	for d.of == c.st && c.refutes(d) { // the next one comes with the segments since then
		c.goBack(d)
	}
	if d.of == c.st && len(d.later) < fewLater && !c.confirms(d) {
		d.note(c)
		return
	}
	if d.of == c.st {
		d.of = nil
	}
	if c.isDoubtful() {
		c.beginDoubt(d)
	}
}

// isDoubtful reports whether the segment acknowledges data that was not captured, in a
// stream of which nothing is known to be missing, or with a window of 0.
func (c *cursor) isDoubtful() bool {
	r, s := c.r, c.s
	return s.Flags&(capture.ACK|capture.SYN|capture.RST) == capture.ACK && r.has(hasNxt|hasUna) && after(s.Ack, r.nxt) &&
		!r.is(sawFIN|idleProbe|isZero) && c.st.pairing == 0 && !c.st.is(isForked) &&
		(s.Window == 0 || c.stateOrNone(r).loss.unseen == 0) &&
		len(c.stateOrNone(r).past.stalls)+len(c.stateOrNone(c.f).past.stalls) <= fewStalls
}

func (c *cursor) beginDoubt(d *doubt) {
	r := c.r
	d.of, d.side, d.una, d.nxt, d.ack, d.sent = c.st, c.f.side, r.una, r.nxt, c.s.Ack, r.nxt
	d.flows, d.later = c.st.flows, d.later[:0]
	for i := range d.states {
		if t := c.stateOf(&c.st.flows[i]); t != nil {
			d.states[i].copyFrom(t)
			d.states[i].probing.doubted = slices.Clone(t.probing.doubted)
			d.states[i].loss.holes = slices.Clone(t.loss.holes)
			if t.setbacks != nil {
				d.states[i].setbacks = new(*t.setbacks)
			}
		}
	}
}

// refutes reports whether the segment acknowledges data that followed where the capture
// was, and not what the doubtful ACK acknowledged.
func (c *cursor) refutes(d *doubt) bool {
	s := c.s
	return c.f.side == d.side && s.Flags&(capture.ACK|capture.SYN|capture.RST) == capture.ACK &&
		after(s.Ack, d.nxt) && !after(s.Ack, d.sent) && before(s.Ack, d.ack)
}

// confirms reports whether the sender goes on behind what the doubtful ACK acknowledged.
func (c *cursor) confirms(d *doubt) bool {
	return c.f.side != d.side && !before(c.end, d.ack-1) || c.s.Flags&(capture.SYN|capture.FIN|capture.RST) != 0
}

// note remembers a segment that decides nothing.
func (d *doubt) note(c *cursor) {
	if c.f.side != d.side && c.s.Len > 0 && !after(c.s.Seq, d.sent) && after(c.end, d.sent) {
		d.sent = c.end
	}
	d.later = append(d.later, laterSegment{*c.s, c.f.side, c.now})
}

// goBack returns to before the doubtful ACK, which counts as a stray, and follows the
// segments since then once more.
func (c *cursor) goBack(d *doubt) {
	st := c.st
	d.of = nil
	for i := range st.flows {
		f, was := &st.flows[i], &d.flows[i]
		was.pace, was.sketch, was.spanEnd, was.spanFlight, was.spanLow, was.spanHigh = f.pace, f.sketch, f.spanEnd, f.spanFlight, f.spanLow, f.spanHigh
		if t := c.stateOf(f); t != nil && was.state == 0 {
			c.dropState(f)
		} else if t != nil {
			mem := t.mem
			*t = d.states[i]
			t.mem = mem
			d.states[i] = flowstate{} // t owns its lists
		}
		*f = *was
	}
	st.flows[d.side].segs++
	st.strays++
	for _, l := range slices.Clone(d.later) { // one of them may begin another doubt
		c.process(st, l.side, &l.s, l.now)
	}
	// The current segment has not been booked yet in the state that holds again.
	c.book(c.f, c.r, c.now)
	c.book(c.r, c.f, c.now)
}
