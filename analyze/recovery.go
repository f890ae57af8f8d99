package analyze

import "winwatch/capture"

// recovery is what is known about the losses of a flow: the sender sent data again,
// and SND.UNA has not passed what was outstanding then.
type recovery struct {
	// until is SND.NXT when the first retransmission of the current episode was sent;
	// from and to are what it carried, and stamp its time stamp.
	until, from, to uint32
	stamp           uint32
	hasStamp        bool
	// dupOf is the acknowledgment number of the last duplicate ACK; the first one with it
	// came at dupAt, when dupSpent was booked to network and maybeFull.
	dupOf           uint32
	hasDup          bool
	dupAt, dupSpent int64
	// since is when the window began to hold the sender back before the current episode, if
	// held is set.
	since moment
	held  bool
	// spent is the time booked to recovering before the current or last episode.
	spent int64
	// episodes counts the episodes; spurious counts those in which nothing was lost,
	// byTimer those that began after a silence of the sender, not with duplicate ACKs.
	episodes, spurious, byTimer uint32
	// first and last are when an episode that was not spurious began.
	first, last moment
}

// duplicated notes a duplicate ACK: the first one tells the sender of a loss.
func (c *cursor) duplicated() {
	f := c.r
	t := c.needState(f)
	l := &t.needSetbacks().recovery
	if !l.hasDup || l.dupOf != f.una {
		l.hasDup, l.dupOf, l.dupAt, l.dupSpent = true, f.una, c.now, f.network+t.spent[maybeFull]
	}
	c.refute(l)
}

// recover handles the retransmission of data. The time since the sender could know of
// the loss was spent on it: since the first duplicate ACK or, if a timer expired, since
// it fell silent. Time in which the window is closed stays the window's.
func (c *cursor) recover() {
	f, s := c.f, c.s
	if f.is(isZero|isRecovering) || f.inFlight() == 0 {
		return
	}
	if p := c.paceOf(f); p != nil {
		p.rounds.ended = 0
	}
	t := c.needState(f)
	l := &t.needSetbacks().recovery
	l.until, l.from, l.to = f.nxt, s.Seq, s.Seq+s.Len
	l.stamp, l.hasStamp = s.TSVal, s.Options&capture.HasTimestamps != 0
	l.episodes++
	spent := f.network + t.spent[maybeFull]
	var lost int64
	if l.hasDup && l.dupOf == f.una {
		lost = max(min(spent-l.dupSpent, c.now-l.dupAt), 0)
	} else {
		l.byTimer++
		if f.class == network || f.class == maybeFull {
			lost = min(c.now-max(f.lastAt, f.ackedAt), spent)
		}
	}
	l.spent = t.spent[recovering]
	l.since, l.held = t.held.since, f.is(isFull|isHeld)
	full := min(lost, t.spent[maybeFull])
	t.spent[maybeFull] -= full
	f.network -= lost - full
	t.spent[recovering] += lost
	l.last = moment{c.now, s.Frame}
	if l.first.frame == 0 {
		l.first = l.last
	}
	f.marks |= isRecovering
}

// recovered handles a new ACK during recovery.
func (c *cursor) recovered() {
	f, s := c.r, c.s
	l := &c.states[f.state].setbacks.recovery
	if l.hasStamp && after(s.Ack, l.from) {
		if s.Options&capture.HasTimestamps != 0 && before(s.TSEcr, l.stamp) {
			c.inVain(l) // the ACK of the original, not of the copy (Eifel: RFC 3522)
			return
		}
		l.hasStamp = false
	}
	c.refute(l)
	if !before(s.Ack, l.until) {
		f.marks &^= isRecovering
	}
}

// refute looks for a D-SACK of the last retransmission: the receiver got it twice (RFC
// 2883 4).
func (c *cursor) refute(l *recovery) {
	s := c.s
	if s.SACKCount == 0 || l.from == l.to {
		return
	}
	d := s.SACK[0]
	inside := s.SACKCount > 1 && !before(d.Left, s.SACK[1].Left) && !after(d.Right, s.SACK[1].Right)
	if (before(d.Left, s.Ack) || inside) && before(d.Left, l.to) && after(d.Right, l.from) {
		c.inVain(l)
	}
}

// inVain takes the last episode back: its retransmission was spurious.
func (c *cursor) inVain(l *recovery) {
	f, t := c.r, c.needState(c.r)
	back := &f.network
	if f.is(isFull | isHeld | isOpened) {
		back = &t.spent[maybeFull]
		if l.held {
			t.held.since = l.since
		}
	}
	*back += t.spent[recovering] - l.spent
	t.spent[recovering] = l.spent
	l.from, l.to, l.hasStamp = 0, 0, false
	l.spurious++
	f.marks &^= isRecovering
}

// connected handles the first ACK of the flow f. If its SYN had to be sent again, the time
// until the last of them was lost. This is no matter of SYNs that nothing answers: a scan
// needs no state.
func (c *cursor) connected(f *flow) {
	if !f.has(sawSYN|hasISN) || f.dataSegs > 0 || f.retrans == 0 {
		return
	}
	if lost := f.network - (c.now - f.lastAt); lost > 0 {
		f.network -= lost
		c.needState(f).spent[recovering] += lost
	}
}
