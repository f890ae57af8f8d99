package analyze

import "winwatch/capture"

// For a segment to be plain, both flows must have all of plainWanted and none of
// plainBarred.
const (
	plainWanted = hasBase | hasNxt | hasUna | hasWnd | sawScaled
	plainBarred = isZero | isUnsound | isFull | isHeld | isOpened | isDeferring | hasHoles | idleProbe | midProbe | isStory | sawFIN | sawRST | hasTwin | isPaired | isRecovering
)

// plain is the fast path for the stream that h hints at. It handles the segments
// that nearly all are: in order, with data or a new ACK, in a stream without
// trouble. For them it does what next does in a fraction of the time and returns
// true; otherwise it changes nothing and returns false.
func (sh *shard) plain(b *batch, index uint16, h hint) bool {
	s, now, st := &b.segs[index], b.now[index], h.stream
	side := st.key.side(s)
	if side == nobody || st.endFrame == 0 {
		return false
	}
	f, r := &st.flows[side&1], &st.flows[side&1^1]
	if !isPlain(f, r, s) {
		return false
	}
	now = st.pass(s, now)
	if sh.idle != nil {
		sh.idle[h.slot] = idlenessOf(now, false)
	}
	var ev Events
	// The copy of a plain segment is hardly ever plain itself, but next needs this one
	// remembered to recognize it.
	if sh.seen(st, side, s, now) < sh.cfg.atOnce(s) {
		st.duplicates++
		ev = EventDuplicate
	} else {
		if (f.marks|r.marks)&(isEcho|isLate) != 0 {
			sh.book(f, r, now)
			sh.book(r, f, now)
			if s.Len > 0 {
				sh.goesOn(st, f, r, s, now)
			}
		}
		sh.take(f, r, s, now)
	}
	if b.samples != nil {
		b.slots[index] = h.slot
		st.sample(&b.samples[index], side, s, ev, now)
	}
	return true
}

// isPlain reports whether a segment of f's sender is plain.
func isPlain(f, r *flow, s *capture.Segment) bool {
	if s.Flags&^(capture.PSH|capture.ECE|capture.CWR|capture.AE) != capture.ACK ||
		f.marks&r.marks&plainWanted != plainWanted || (f.marks|r.marks)&plainBarred != 0 ||
		f.shift|r.shift < 0 || s.Window == 0 || s.Seq != f.nxt || f.segs == sketchAfter {
		return false
	}
	acked := int32(s.Ack - r.una) // acked|Len > 0: neither is negative, not both are 0
	back := int32(r.edge - s.Ack - uint32(s.Window)<<uint8(r.shift&15))
	return acked|int32(s.Len) > 0 && !after(s.Ack, r.nxt) && !before(s.Seq, r.wl1) &&
		back < 1<<uint8(r.shift&15) && (s.Len == 0 || s.Seq+s.Len != f.edge)
}

// take updates the flows as sent, received and classify would, skipping what can't
// change: most segments are either data that acknowledges nothing new, or ACKs
// without data.
func (sh *shard) take(f, r *flow, s *capture.Segment, now int64) {
	if now >= f.spanEnd {
		sh.nextSpan(f, r, now)
	}
	f.segs++
	if s.Len > 0 {
		f.data(s)
		sh.extend(f, s.Seq+s.Len, s, now)
		r.answers(s.Ack)
		f.lastAt = now
		f.spanFlight = max(f.spanFlight, f.inFlight())
		sh.reclassify(f, r, s, now)
	}
	wnd := uint32(s.Window) << uint8(r.shift&15)
	if edge := s.Ack + wnd; edge != r.edge || wnd != r.wnd || s.Ack != r.una {
		sh.takeACK(r, f, s, wnd, now)
		sh.reclassify(r, f, s, now)
	}
	r.wl1 = s.Seq
}

// takeACK takes the ACK and the window of a plain segment. o is the flow of the
// segment's sender.
func (sh *shard) takeACK(f, o *flow, s *capture.Segment, wnd uint32, now int64) {
	if s.Ack != f.una {
		sh.answered(f, s, now)
		f.una, f.ackedAt = s.Ack, now
		sh.echo(f, o, now)
	}
	edge := s.Ack + wnd
	f.wnd, f.edge, f.maxWnd = wnd, edge, max(f.maxWnd, wnd)
	f.rawMax, f.rawMin = max(f.rawMax, s.Window), min(f.rawMin, s.Window)
	f.spanLow, f.spanHigh = min(f.spanLow, s.Window), max(f.spanHigh, s.Window)
	if after(edge, f.maxEdge) {
		f.maxEdge = edge
	}
	if f.is(isStory) {
		sh.pass(f, o, s, now) // the view of its sender began with this ACK
	}
}

// reclassify is classify for a flow that was plain so far. It books the time first
// if the class changes.
func (sh *shard) reclassify(f, o *flow, s *capture.Segment, now int64) {
	c := senderIdle
	if f.dataSegs > 0 {
		if f.inFlight() > 0 {
			c = network
		}
		if f.room() < f.nextSegment() || f.is(isStory) {
			sh.book(f, o, now)
			sh.classify(f, s, now, true)
			return
		}
	}
	if c != f.class {
		sh.book(f, o, now)
		f.class = c
	}
}
