package analyze

import "winwatch/capture"

// received follows the receiving half of a segment from the receiver of f's
// data: what it acknowledges, and the window it advertises. o is the flow of
// what the receiver itself sends.
func (sh *shard) received(st *stream, f, o *flow, s *capture.Segment, now int64, ev Events) Events {
	if s.Flags&capture.ACK == 0 {
		if s.Flags&capture.SYN != 0 {
			f.maxWnd = max(f.maxWnd, uint32(s.Window))
		}
		return 0
	}
	if s.Window == 0 && s.Flags&capture.SYN == 0 {
		sh.needState(f).zeroSegs++
	}
	hadUna, una := f.is(hasUna), f.una
	var out Events
	if !hadUna {
		out |= sh.firstACK(f, s, now)
		una = f.una
	}
	advanced := after(s.Ack, una)
	switch {
	case before(s.Ack, una):
		return out // an old ACK: neither it nor its window counts (RFC 9293 3.10.7.4)
	case advanced:
		out |= sh.acknowledge(f, s, now)
		sh.echo(f, o, now)
	}
	pure := s.Len == 0 && s.Flags&(capture.SYN|capture.FIN) == 0
	if !f.is(hasWnd) || advanced || !before(s.Seq, f.wl1) {
		out |= sh.advertise(st, f, s, now, advanced, hadUna && !advanced && pure)
	}
	if pure && hadUna && !advanced && !out.Has(EventWindowUpdate) {
		out |= sh.repeated(f, s, now, ev)
	}
	return out
}

// firstACK begins the receiving half of a flow.
func (sh *shard) firstACK(f *flow, s *capture.Segment, now int64) Events {
	f.una, f.ackedAt = s.Ack, now
	f.answered(s.Ack, now)
	if !f.is(hasBase) {
		f.base, f.nxt = s.Ack, s.Ack
		if s.Flags&capture.SYN != 0 {
			f.base--
			f.marks |= hasISN
		}
		f.marks |= hasBase
	}
	f.marks |= hasUna
	if !f.is(hasNxt) {
		f.nxt = s.Ack
		return 0
	}
	if d := int32(s.Ack - f.nxt); d > 0 {
		if d == 1 && f.is(idleProbe) {
			// The only segment seen was empty and below SND.UNA: a probe, or a
			// keep-alive, and this is its answer.
			f.advance(s.Ack)
			f.base = s.Ack
			if s.Window == 0 {
				f.marks |= midProbe
				return 0
			}
			sh.keepAlive(f)
			t := sh.needState(f)
			t.asked = 0
			t.keepAliveAnswers++
			return EventKeepAliveAnswer
		}
		sh.addHole(f, f.nxt, s.Ack, now)
		f.advance(s.Ack)
		f.marks |= isUnsound
		return EventACKOfUnseen
	}
	return 0
}

// acknowledge moves SND.UNA.
func (sh *shard) acknowledge(f *flow, s *capture.Segment, now int64) Events {
	var ev Events
	t := sh.stateOf(f)
	if d := int32(s.Ack - f.nxt); d > 0 {
		if t == nil || !t.withData || after(s.Ack, t.probeEnd) {
			if f.is(hasNxt) {
				ev = EventACKOfUnseen
			}
			sh.addHole(f, f.nxt, s.Ack, now)
			f.marks |= isUnsound
		} else if t.form == ProbeFIN {
			// It was no probe, after all, but the end of the data.
			t.takeBack()
			f.marks |= sawFIN
		}
		f.advance(s.Ack)
	}
	f.answered(s.Ack, now)
	if t != nil && t.on {
		t.stall.taken += int64(s.Ack - f.una)
	}
	f.una, f.ackedAt = s.Ack, now
	if f.shift == Unknown {
		sh.legal(f)
	}
	if f.is(hasHoles) {
		sh.forgetHoles(f, now)
	}
	return ev
}

// answered takes the time from a segment to its ACK.
func (f *flow) answered(ack uint32, now int64) {
	if !f.is(isTiming) || before(ack, f.timed) {
		return
	}
	f.marks &^= isTiming
	if d := now - f.timedAt; d > 0 && (f.rtt == 0 || d < f.rtt) {
		f.rtt = d
	}
}

// repeated takes an ACK that acknowledges nothing new and opens nothing: the
// answer to a probe or a keep-alive, or a duplicate ACK.
func (sh *shard) repeated(f *flow, s *capture.Segment, now int64, ev Events) Events {
	if ev.Has(EventKeepAlive | EventProbe) {
		return 0
	}
	if t := sh.stateOf(f); t != nil {
		if t.asked == EventKeepAlive {
			t.asked = 0
			t.keepAliveAnswers++
			return EventKeepAliveAnswer
		}
		if t.asked == EventProbe {
			t.answer(s, now)
			return EventProbeAnswer
		}
	}
	if f.inFlight() > 0 {
		sh.needState(f).dupAck++
		return EventDupACK
	}
	return 0
}
