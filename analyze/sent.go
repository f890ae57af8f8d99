package analyze

import "winwatch/capture"

// sent handles the sending half of a segment, its sequence numbers, in the flow of
// its sender.
func (c *cursor) sent() Events {
	f, s := c.f, c.s
	if !f.is(hasNxt) {
		f.first(s, c.end)
		if c.end != s.Seq && !f.is(isTiming) {
			c.clock(f, c.end, s, c.now)
		}
		if s.Len > 0 {
			f.data(s)
		}
		f.lastAt = c.now
		if c.end == s.Seq && f.is(hasUna) && s.Seq == f.una-1 {
			return c.below(ProbeEmpty)
		}
		return 0
	}
	if c.end == s.Seq {
		return c.empty()
	}
	if s.Len > 0 {
		f.data(s)
	}
	var ev Events
	switch d := int32(c.end - f.nxt); {
	case d <= 0:
		ev = c.old()
	case c.stalled(f) && f.inFlight() == 0 && s.Flags&capture.SYN == 0:
		ev = c.beyond()
	default:
		ev = c.fresh()
	}
	f.lastAt = c.now
	if s.Len > 0 && f.shift != Unknown && f.has(hasUna|hasWnd) && c.end == f.edge && !ev.Has(EventProbe|EventKeepAlive) && !f.is(isZero) {
		ev |= EventWindowFull
		c.needState(f).counts.filled++
	}
	return ev
}

// first handles the first segment of a sender.
func (f *flow) first(s *capture.Segment, end uint32) {
	isSYN := s.Flags&capture.SYN != 0
	if !f.is(hasBase) || !f.is(hasUna) && distance(s.Seq, f.base) > late { // see flow.begin
		f.base = s.Seq
		f.marks |= hasBase
	}
	if isSYN {
		f.base = s.Seq
		f.marks |= hasISN
	}
	if s.Flags&capture.FIN != 0 {
		f.marks |= sawFIN
	}
	if !f.is(hasUna) || after(end, f.una) {
		f.nxt = end
	} else {
		f.nxt = f.una
	}
	if !isSYN && end == s.Seq {
		f.marks |= idleProbe
	}
	f.marks |= hasNxt
}

// data counts a segment with payload.
func (f *flow) data(s *capture.Segment) {
	f.dataSegs++
	f.bytes += int64(s.Len)
	if s.Len > 1 || f.maxSeg == 0 {
		f.maxSeg = max(f.maxSeg, s.Len)
	}
}

// fresh handles new data, in order or after a gap, or a SYN or FIN.
func (c *cursor) fresh() Events {
	f, s := c.f, c.s
	var ev Events
	if s.Len > 0 {
		c.r.answers(s.Ack)
	}
	if (f.marks|c.r.marks)&isLate != 0 {
		c.goesOn(c.st, f, c.r, s, c.now)
	}
	if s.Flags&capture.FIN != 0 {
		f.marks |= sawFIN
	}
	if gap := int32(s.Seq - f.nxt); gap > 0 {
		ev |= EventGap
		c.addHole(f, f.nxt, s.Seq)
		c.needState(f).counts.gaps++
	}
	if s.Len > 0 {
		c.resume()
	}
	switch t := c.stateOf(f); {
	case t == nil:
	case s.Len > 0:
		c.release(t, f, s.Seq+s.Len, c.now, c.pauseOf(c.st))
	case t.after.endedAt != 0 && s.Flags&capture.FIN != 0:
		c.goOn(t, f, c.now, false)
	}
	if f.shift == Unknown && after(c.end, f.edge) {
		c.need(f, c.end)
	}
	f.marks &^= isUnsound | idleProbe
	c.extend(f, c.end, s, c.now)
	return ev
}

// answers notes that the receiver of the flow sends data itself after it took some,
// up to ack: it may be an answer to what its application has read.
func (f *flow) answers(ack uint32) {
	if after(ack, f.base+1) && f.is(hasUna) {
		f.marks |= isAnswered
	}
}

// extend advances SND.NXT over the new data of s.
func (sh *shard) extend(f *flow, end uint32, s *capture.Segment, now int64) {
	if !f.is(isTiming) {
		sh.clock(f, end, s, now)
	}
	if f.inFlight() == 0 && now-max(f.lastAt, f.ackedAt) >= int64(sh.cfg.ProbeTimer) {
		f.marks |= afterPause
	} else {
		f.marks &^= afterPause
	}
	f.advance(end)
	if n := f.nxt - f.una; n > f.maxInFlight && f.has(hasNxt|hasUna) {
		if int64(n) > f.largest() && int64(n) > f.mostInFlight(sh.stateOrNone(f).loss.gaps > 0) {
			f.marks |= isUnsound
		} else {
			f.maxInFlight = n
			if f.shift > 0 && !f.is(pastBare) {
				f.crosses(n, end, now, now-s.Time)
			}
		}
	}
}

// mostInFlight bounds the bytes in flight, which never exceed a window by much. More
// can only mean that ACKs are missing from the capture. Where data is missing, ACKs may be:
// what exceeds the window at all is no fact then.
func (f *flow) mostInFlight(incomplete bool) int64 {
	if incomplete || f.is(hasHoles) {
		return f.largest()
	}
	return 2*f.largest() + maxUnscaled
}

// clock starts timing the ACK of the data of s, which ends at end. No other may be timed.
func (sh *shard) clock(f *flow, end uint32, s *capture.Segment, now int64) {
	f.marks = f.marks&^isClocked | isTiming
	f.timed, f.timedAt, f.timedBy = end, now, now-s.Time
	if f.skip == 0 && sh.clocked(f, now) { // otherwise, this round trip is not recorded
		f.marks |= isClocked
	}
}

// clocked reports whether new data of f at now is there because an ACK came: it follows
// the ACK at once, and much sooner than it follows the data before. Where an application
// sets the pace, ACKs and data have nothing to do with each other, but for the tails of its
// writes that Nagle holds back.
func (sh *shard) clocked(f *flow, now int64) bool {
	back := sh.slab.at(sh.current).flows[f.side&1^1].rtt // to the sender and back
	after := now - f.ackedAt
	return after <= back+back/4+int64(sh.cfg.AtOnce) && (after-back)*atOnceShare <= now-f.lastAt
}

// resume handles new data of a sender that the window held back, or may have held
// back: what it sends now shows whether it had something to send then.
func (c *cursor) resume() {
	f := c.f
	since := max(f.lastAt, c.r.lastAt, f.ackedAt)
	if t := c.stateOf(f); t != nil {
		since = max(since, t.after.endedAt) // before that, the window was 0
	}
	k := c.knows(f)
	fills := c.end == k.edge && f.has(hasUna|hasWnd) && f.shift != Unknown
	all := fills && k.inFlight(f) == 0
	switch {
	case all && !f.is(isOpened) && c.now-since >= int64(c.cfg.ProbeTimer) && (f.is(isHeld) || c.timerFits(c.now-since)):
		// The probe timer sent what fits into the small window (Linux:
		// tcp_write_wakeup; BSD: the persist timer).
		t := c.needState(f)
		t.counts.timerData++
		if !f.is(isHeld) {
			// So far, the part not booked to anything else counted as idle.
			t.spent[maybeSmall] += min(c.now-since, c.st.span()-f.booked(t))
			t.held.begin(f, k, moment{since, c.st.endFrame})
			f.marks |= isHeld
		}
		t.held.timer = moment{c.now, c.s.Frame}
		c.settle(c.st, f, true)
	case f.is(isOpened):
		// It did wait if it sends promptly, and its segments exceed what the window had
		// left.
		t := c.needState(f)
		c.deferred(t, t.held.full)
		wanted := c.now-t.held.opened.at <= max(2*c.st.rtt(), int64(c.cfg.Promptly)) && f.maxSeg > t.held.left
		if wanted && t.far != nil {
			c.delayed(t)
		}
		c.settle(c.st, f, wanted)
		how := EndSenderTimer
		if wanted {
			how = EndWindowUpdate
		}
		c.smallStall(f, how)
		f.marks &^= isOpened
		if wanted && t.far == nil && c.prompted() { // from afar, the burst itself takes as long
			f.marks |= isDeferring
		}
		t.held.fits = false
	case fills && f.is(isHeld|isFull) && (c.states[f.state].held.fits || c.prompted()):
		// It sends exactly what fits, again or as soon as an ACK came: the window determines
		// the size, and some timer or the ACK that it waits for the time. Once, and later,
		// that may be all it has.
		c.states[f.state].held.timer = moment{c.now, c.s.Frame}
		c.settle(c.st, f, true)
	case f.is(isHeld | isFull):
		// It sends into the rest of the window, so nothing held it back until now.
		c.settle(c.st, f, false)
		c.smallStall(f, EndSenderTimer)
		f.marks &^= isHeld | isFull
		c.states[f.state].held.fits = fills
	case f.is(isDeferring):
		t := c.states[f.state]
		c.deferred(t, 0)
		t.spent[windowFull] += t.spent[maybeFull] // no wait of its own: see setbacks.waits
		t.spent[maybeFull] = 0
		if after(k.una, t.held.filledTo) {
			f.marks &^= isDeferring // a round trip without a full window
		}
	}
}

// timerFits reports whether the pause before data that fills the window is no longer
// than a first probe timer, and the window is smaller than the MSS. Both rarely hold
// when an application merely writes after a pause.
func (c *cursor) timerFits(pause int64) bool {
	f := c.f
	return pause <= c.st.timeout(2*int64(c.cfg.ProbeTimer)) && (f.mss == 0 || f.room() < uint32(f.mss))
}

// pauseOf returns how long a sender must be silent to count as pausing.
func (sh *shard) pauseOf(st *stream) int64 { return max(int64(sh.cfg.Pause), 2*st.rtt()) }

// old handles sequence numbers that were sent before.
func (c *cursor) old() Events {
	f, s := c.f, c.s
	if s.Len == 1 && c.end == f.nxt && f.una == f.nxt && s.Flags&(capture.SYN|capture.FIN) == 0 {
		return c.below(ProbeJunkByte)
	}
	filled, soon := c.fill(f, s.Seq, c.end)
	if filled > 0 && !f.is(hasHoles) && int64(f.inFlight()) <= f.largest() {
		f.marks &^= isUnsound // nothing is missing any more
	}
	if filled == 0 {
		soon = c.fillForgotten(f, s.Seq, c.end, c.now)
	}
	if soon {
		c.needState(f).counts.reorder++
		return EventOutOfOrder
	}
	f.retrans++
	if s.Len > 0 {
		c.lost()
	}
	f.marks &^= isTiming // its ACK could be for either copy (Karn)
	if s.Len > 0 {
		f.resent++
		c.doubtRepeats()
		c.resend()
		c.recover()
		if f.is(isZero) {
			c.needState(f).counts.retransZero++
		}
		if c.now-f.lastAt >= int64(c.cfg.ProbeTimer) {
			c.sendAgain()
		}
	}
	return EventRetransmission
}

// empty handles a segment without payload, SYN or FIN.
func (c *cursor) empty() Events {
	f, s := c.f, c.s
	if s.Flags&capture.SeqInferred != 0 {
		if c.stalled(f) && f.inFlight() == 0 && c.sinceLast >= int64(c.cfg.ProbeTimer) {
			return c.below(ProbeEmpty)
		}
		return 0
	}
	switch d := int32(s.Seq - f.nxt); {
	case d == -1 && f.una == f.nxt && f.is(hasUna):
		return c.below(ProbeEmpty)
	case d == 0 && s.Flags&capture.URG != 0 && c.stalled(f) && f.una == f.nxt:
		return c.probe(ProbeUrgent)
	case d == 0 && s.Flags&capture.PSH != 0 && c.pushes():
		return c.probe(ProbePush)
	case d == 0 && f.is(idleProbe) && !f.is(hasUna):
		c.sameAgain()
	case d > 0:
		// Data in between was sent but not captured.
		c.addHole(f, f.nxt, s.Seq)
		c.needState(f).counts.gaps++
		f.advance(s.Seq)
		f.marks |= isUnsound
		return EventGap
	}
	return 0
}
