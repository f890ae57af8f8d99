package analyze

import "winwatch/capture"

// sent follows the sending half of a segment: its sequence numbers, in the flow
// f of its sender. r is the other flow.
func (sh *shard) sent(st *stream, f, r *flow, s *capture.Segment, now int64) Events {
	end := s.SeqEnd()
	if !f.is(hasNxt) {
		f.first(s, end)
		f.time(end, now)
		if s.Len > 0 {
			f.data(s)
		}
		f.lastAt = now
		if end == s.Seq && f.is(hasUna) && s.Seq == f.una-1 {
			return sh.below(st, f, s, now, ProbeEmpty)
		}
		return 0
	}
	if end == s.Seq {
		return sh.empty(st, f, r, s, now)
	}
	if s.Len > 0 {
		f.data(s)
	}
	var ev Events
	switch d := int32(end - f.nxt); {
	case d <= 0:
		ev = sh.old(st, f, s, end, now)
	case f.is(isZero) && f.inFlight() == 0 && s.Flags&capture.SYN == 0:
		ev = sh.beyond(st, f, r, s, end, now)
	default:
		ev = sh.fresh(st, f, r, s, end, now)
	}
	f.lastAt = now
	if s.Len > 0 && f.shift != Unknown && f.has(hasUna|hasWnd) && end == f.edge && !ev.Has(EventProbe|EventKeepAlive) && !f.is(isZero) {
		ev |= EventWindowFull
		sh.needState(f).filled++
	}
	return ev
}

// first takes the first segment of a sender.
func (f *flow) first(s *capture.Segment, end uint32) {
	isSYN := s.Flags&capture.SYN != 0
	if !f.is(hasBase) {
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

// fresh takes new data in order or after a gap, or a SYN or FIN.
func (sh *shard) fresh(st *stream, f, r *flow, s *capture.Segment, end uint32, now int64) Events {
	var ev Events
	if s.Len > 0 {
		r.answers(s.Ack)
	}
	if s.Flags&capture.FIN != 0 {
		f.marks |= sawFIN
	}
	if gap := int32(s.Seq - f.nxt); gap > 0 {
		ev |= EventGap
		sh.addHole(f, f.nxt, s.Seq, now)
		sh.needState(f).gaps++
	}
	if s.Len > 0 {
		sh.resume(st, f, r, s, end, now)
	}
	if f.state != 0 && s.Len > 0 {
		sh.states[f.state].release(f, s.Seq+s.Len, now, sh.pauseOf(st))
	}
	if f.shift == Unknown && after(end, f.edge) {
		sh.need(f, end)
	}
	sh.extend(f, end, now)
	f.marks &^= isUnsound | idleProbe
	return ev
}

// answers notes that the receiver of the flow sends data itself: its
// application has read what was acknowledged so far, to judge by its answering.
func (f *flow) answers(ack uint32) {
	if !f.is(hasUna) {
		return
	}
	f.marks |= isAnswered
	f.readTo = f.una
	if after(ack, f.una) && !after(ack, f.nxt) {
		f.readTo = ack // the answer itself acknowledges it
	}
}

// extend moves SND.NXT forward over new data.
func (sh *shard) extend(f *flow, end uint32, now int64) {
	f.time(end, now)
	if f.inFlight() == 0 && now-max(f.lastAt, f.ackedAt) >= int64(sh.cfg.ProbeTimer) {
		f.marks |= afterPause
	} else {
		f.marks &^= afterPause
	}
	f.advance(end)
	if n := f.inFlight(); n > f.maxInFlight {
		f.maxInFlight = n
	}
}

// time begins to time the ACK of the data that ends at end, unless one is being
// timed already.
func (f *flow) time(end uint32, now int64) {
	if !f.is(isTiming) {
		f.marks |= isTiming
		f.timed, f.timedAt = end, now
	}
}

// resume takes new data of a sender that the window held back, or may have: what
// it does now tells whether it had something to send then.
func (sh *shard) resume(st *stream, f, r *flow, s *capture.Segment, end uint32, now int64) {
	since := max(f.lastAt, r.lastAt, f.ackedAt)
	switch fills := end == f.edge && f.inFlight() == 0 && f.has(hasUna|hasWnd) && f.shift != Unknown; {
	case fills && !f.is(isOpened) && now-since >= int64(sh.cfg.ProbeTimer) && (f.is(isHeld) || sh.timerFits(st, f, now-since)):
		// The probe timer sent what fits into the small window (Linux:
		// tcp_write_wakeup; BSD: the persist timer).
		t := sh.needState(f)
		t.timerData++
		if !f.is(isHeld) {
			// It was taken for idle until now, as far as it was not judged otherwise.
			t.spent[maybeSmall] += min(now-since, st.span()-f.booked(t))
			t.heldAt, t.heldTime, t.heldNum, t.heldRoom = since, s.Time-(now-since), st.endFrame, f.room()
			f.marks |= isHeld
		}
		sh.settle(f, true)
	case f.is(isOpened):
		// It did wait for room if it sends more now than there was, or is known to.
		t := sh.needState(f)
		wanted := now-t.openedAt <= max(2*st.rtt(), promptly) && f.maxSeg > t.leftRoom
		sh.settle(f, wanted)
		if wanted {
			sh.smallStall(f)
		}
		f.marks &^= isOpened
	case f.is(isHeld | isFull):
		// It sends into what is left of the window: it was not held back so far.
		sh.settle(f, false)
		f.marks &^= isHeld | isFull
	}
}

// timerFits reports whether a pause before data that fills the window is as long
// as a first probe timer, and the window smaller than the MSS: an application
// that writes after a pause rarely meets both.
func (sh *shard) timerFits(st *stream, f *flow, pause int64) bool {
	return pause <= st.timeout(2*int64(sh.cfg.ProbeTimer)) && (f.mss == 0 || f.room() < uint32(f.mss))
}

// pauseOf is how long the sender of a stream must be silent to have paused.
func (sh *shard) pauseOf(st *stream) int64 { return max(int64(sh.cfg.Pause), 2*st.rtt()) }

// promptly is how soon after the window opened a sender that was held back
// sends again, in ns, if two round trips are less.
const promptly = 10e6

// old takes sequence numbers that were sent before.
func (sh *shard) old(st *stream, f *flow, s *capture.Segment, end uint32, now int64) Events {
	if s.Len == 1 && end == f.nxt && f.una == f.nxt && s.Flags&(capture.SYN|capture.FIN) == 0 {
		return sh.below(st, f, s, now, ProbeJunkByte)
	}
	if filled, soon := sh.fill(f, s.Seq, end, now); filled > 0 && soon {
		sh.needState(f).reorder++
		return EventOutOfOrder
	}
	f.retrans++
	f.marks &^= isTiming // its ACK could be of either (Karn)
	if f.is(isZero) && s.Len > 0 {
		sh.needState(f).retransZero++
	}
	return EventRetransmission
}

// empty takes a segment without payload, SYN or FIN.
func (sh *shard) empty(st *stream, f, r *flow, s *capture.Segment, now int64) Events {
	if s.Flags&capture.SeqInferred != 0 {
		if f.is(isZero) && f.inFlight() == 0 && sh.sinceLast >= int64(sh.cfg.ProbeTimer) {
			return sh.below(st, f, s, now, ProbeEmpty)
		}
		return 0
	}
	switch d := int32(s.Seq - f.nxt); {
	case d == -1 && f.una == f.nxt && f.is(hasUna):
		return sh.below(st, f, s, now, ProbeEmpty)
	case d == 0 && s.Flags&capture.URG != 0 && f.is(isZero) && f.una == f.nxt:
		return sh.probe(f, s, now, ProbeUrgent)
	case d > 0:
		// Only data that was not captured can lie between.
		sh.addHole(f, f.nxt, s.Seq, now)
		sh.needState(f).gaps++
		f.advance(s.Seq)
		f.marks |= isUnsound
		return EventGap
	}
	return 0
}
