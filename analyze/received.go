package analyze

import (
	"math"

	"winwatch/capture"
)

// received handles the receiving half of a segment, which concerns r: what it
// acknowledges, and the window it advertises. ev are the events found so far.
func (c *cursor) received(ev Events) Events {
	r, s := c.r, c.s
	if s.Flags&capture.ACK == 0 {
		if s.Flags&capture.SYN != 0 {
			r.maxWnd = max(r.maxWnd, uint32(s.Window))
		}
		return 0
	}
	if s.Window == 0 && s.Flags&capture.SYN == 0 {
		c.needState(r).counts.zeroSegs++
	}
	if c.stalled(r) {
		c.hears(c.states[r.state])
	}
	hadUna, una := r.is(hasUna), r.una
	if !hadUna && r.is(hasISN) && r.rel(s.Ack) < 1 {
		return 0 // it does not even acknowledge the SYN
	}
	var out Events
	if !hadUna {
		out |= c.firstACK(ev)
		una = r.una
	}
	advanced := after(s.Ack, una)
	switch {
	case before(s.Ack, una):
		return out // an old ACK: neither it nor its window counts (RFC 9293 3.10.7.4)
	case advanced:
		out |= c.acknowledge(ev)
		c.echo(r, c.f, c.now)
	}
	pure := s.Len == 0 && s.Flags&(capture.SYN|capture.FIN) == 0
	if !r.is(hasWnd) || advanced || !before(s.Seq, r.wl1) {
		out |= c.advertise(advanced, hadUna && !advanced && pure)
	}
	if pure && hadUna && !advanced && !out.Has(EventWindowUpdate) {
		out |= c.repeated(ev)
	}
	return out
}

// firstACK initializes the receiving half of r.
func (c *cursor) firstACK(ev Events) Events {
	r, s := c.r, c.s
	r.una, r.ackedAt = s.Ack, c.now
	c.connected(r)
	c.time(ev)
	if !r.is(hasBase) || !r.is(hasNxt) && distance(s.Ack, r.base) > late { // see flow.begin
		r.base, r.nxt = s.Ack, s.Ack
		if s.Flags&capture.SYN != 0 {
			r.base--
			r.marks |= hasISN
		}
		r.marks |= hasBase
	}
	r.marks |= hasUna
	if !r.is(hasNxt) {
		r.nxt = s.Ack
		return 0
	}
	if d := int32(s.Ack - r.nxt); d > 0 {
		if d == 1 && r.is(idleProbe) {
			// The only segment seen was empty and below SND.UNA: a probe or a
			// keep-alive, which this ACK answers.
			r.advance(s.Ack)
			r.base = s.Ack
			if s.Window == 0 {
				r.marks |= midProbe
				return 0
			}
			c.keepAlive(r)
			t := c.needState(r)
			t.probing.asked, t.probing.doubted = 0, t.probing.doubted[:0]
			t.counts.keepAliveAnswers++
			return EventKeepAliveAnswer
		}
		c.addHole(r, r.nxt, s.Ack)
		r.advance(s.Ack)
		r.marks |= isUnsound
		return EventACKOfUnseen
	}
	return 0
}

// acknowledge advances SND.UNA.
func (c *cursor) acknowledge(found Events) Events {
	r, s := c.r, c.s
	var ev Events
	t := c.stateOf(r)
	c.time(found)
	if d := int32(s.Ack - r.nxt); d > 0 {
		if t == nil || !t.probing.withData || after(s.Ack, t.probing.end) {
			if r.is(hasNxt) {
				ev = EventACKOfUnseen
			}
			c.addHole(r, r.nxt, s.Ack)
			r.marks |= isUnsound
		} else if t.probing.form == ProbeFIN {
			// It was not a probe after all, but the end of the data.
			t.takeBack()
			r.marks |= sawFIN
		}
		r.advance(s.Ack)
	}
	if t != nil && t.stall.on {
		t.stall.taken = uint32(min(uint64(t.stall.taken)+uint64(s.Ack-r.una), math.MaxUint32))
	}
	r.una, r.ackedAt = s.Ack, c.now
	if t != nil && t.clues != nil {
		c.endClues(t, r, c.now, false)
	}
	if r.is(isRecovering) {
		c.recovered()
	}
	if r.shift == Unknown {
		c.legal(r)
	}
	if r.is(hasHoles) {
		c.forgetHoles(r)
	}
	return ev
}

// time ends the timing of data that the segment acknowledges, and measures the round
// trip unless the ACK may be late: of data that was not captured, or part of a
// keep-alive or a probe, which a timer sent.
func (c *cursor) time(found Events) {
	r, s := c.r, c.s
	if after(s.Ack, r.nxt) || found.Has(EventKeepAlive|EventProbe) {
		r.marks &^= isTiming
		return
	}
	c.answered(r, s, c.now)
}

// answered measures the time from the timed data of f to its ACK s. An ACK that
// comes with data may have waited for an application to write it, and any ACK may be
// one that repeats an earlier one that was not captured: what takes longer than a
// receiver delays an ACK, or than a sender waits for one, is no round trip. Neither is
// a time across a jump of the clock.
func (sh *shard) answered(f *flow, s *capture.Segment, now int64) {
	if !f.is(isTiming) || before(s.Ack, f.timed) {
		return
	}
	f.marks &^= isTiming
	most := int64(sh.cfg.SlowACK)
	if s.Len > 0 || s.Flags&capture.FIN != 0 {
		most = int64(sh.cfg.DelayedACK)
	}
	d := now - f.timedAt
	if d <= 0 || d > most || now-s.Time != f.timedBy {
		return
	}
	if f.rtt == 0 || d < f.rtt {
		f.rtt = d
	}
	if late := d-f.rtt >= int64(sh.cfg.LateACK); late || f.dataSegs >= paceAfter {
		sh.tripped(f, s, now, d, late)
	}
}

// tripped notes a round trip that took d, and whether it was late: much longer than the
// shortest one.
func (sh *shard) tripped(f *flow, s *capture.Segment, now, d int64, late bool) {
	if late {
		sh.lateACK(f, s, d)
	}
	if f.dataSegs >= paceAfter {
		sh.lookFar(f, s.Ack, now)
	}
	switch {
	case f.skip > 0:
		f.skip--
	case f.dataSegs >= paceAfter:
		sh.round(f, s, now, d)
	}
}

// repeated handles an ACK that neither acknowledges anything new nor opens the
// window: the answer to a probe or a keep-alive, or a duplicate ACK.
func (c *cursor) repeated(ev Events) Events {
	r := c.r
	if ev.Has(EventKeepAlive | EventProbe) {
		return 0
	}
	if t := c.stateOf(r); t != nil {
		if t.probing.asked == EventKeepAlive {
			t.answerKeepAlive(c.s, c.now)
			return EventKeepAliveAnswer
		}
		if t.probing.asked == EventProbe {
			t.answer(c.s, c.now)
			return EventProbeAnswer
		}
	}
	if r.inFlight() > 0 {
		t := c.needState(r)
		t.counts.dupAck++
		c.refused(t)
		if t.clues != nil {
			t.clues.confirm(r)
		}
		c.duplicated()
		return EventDupACK
	}
	return 0
}
