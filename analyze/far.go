package analyze

import "winwatch/capture"

// farView is what the sender of a flow knows of the ACKs and windows of its receiver, if the
// capture point is so far from it that this differs from what the capture has shown by then.
// An ACK that passes the point reaches the sender later, and the data that answers it comes
// back later still: by the round trip between the point and the sender. So the data at the
// point is what the sender sent when it knew the ACKs that had passed a round trip before.
type farView struct {
	// una and edge are SND.UNA and the right edge as the sender knows them, ackedAt when the
	// ACK that moved una passed the point.
	una, edge uint32
	ackedAt   int64
	// back is how long an answer of the sender takes at the least, as far as the time stamps
	// show: a queue between it and the capture point makes it longer than the smallest round
	// trip.
	back int64
	// passed are the n ACKs on their way to the sender, from first on, in a ring. The known
	// ones before first are those that it has learned of last.
	passed          [mostPassed]passed
	first, n, known uint8
}

// passed is an ACK that has passed the capture point.
type passed struct {
	moment
	una, edge uint32
	// stamp is its time stamp, which the sender echoes from then on, if stamped is set.
	stamp   uint32
	stamped bool
}

const (
	// mostPassed bounds the ACKs on their way that are told apart. If there are more, those
	// that follow each other within about that part of a round trip count as one, the last.
	mostPassed = 64
	// farShare is the part of the window that must arrive in a round trip for the view of the
	// sender to matter: with less, the window has room for twice what is in flight, as the
	// causes ask for to exclude it.
	farShare = 2
)

// far returns the view of the sender of f, nil if it is the same as that of the capture or
// does not matter.
func (sh *shard) far(f *flow) *farView {
	if f.state == 0 {
		return nil
	}
	return sh.states[f.state].far
}

// known is what the sender of a flow knows: SND.UNA, the right edge, and when the ACK of una
// passed the capture point.
type known struct {
	una, edge uint32
	ackedAt   int64
}

// knows returns what the sender of f knew when it sent the data that passes now.
func (sh *shard) knows(f *flow) known {
	if v := sh.far(f); v != nil {
		return known{v.una, v.edge, v.ackedAt}
	}
	return known{f.una, f.edge, f.ackedAt}
}

// inFlight is flow.inFlight as the sender of f sees it.
func (k known) inFlight(f *flow) uint32 {
	if n := int32(f.nxt - k.una); n > 0 && f.has(hasNxt|hasUna) {
		return uint32(n)
	}
	return 0
}

// room is flow.room as the sender of f sees it.
func (k known) room(f *flow) uint32 {
	if n := int32(k.edge - f.nxt); n > 0 {
		return uint32(n)
	}
	return 0
}

// lookFar gives f a view of its sender if that is far away and what arrives in a round trip
// is a good part of the window. It is called after each round trip, with the ACK ack.
func (sh *shard) lookFar(f *flow, ack uint32, now int64) {
	back := sh.slab.at(sh.current).flows[f.side&1^1].rtt
	if back < int64(sh.cfg.FarAway) || f.shift == Unknown || sh.far(f) != nil {
		return
	}
	p := sh.needPace(f)
	if p == nil {
		return
	}
	trip, since := back+f.rtt, now-p.lookedAt
	if since < trip {
		return
	}
	came := float64(ack-p.lookedAck) * float64(trip) / float64(since)
	first := p.lookedAt == 0
	p.lookedAt, p.lookedAck = now, ack
	if first || farShare*came < float64(f.wnd) || sh.tight() {
		return
	}
	t := sh.needState(f)
	t.far = &farView{una: f.una, edge: f.edge, ackedAt: f.ackedAt}
	f.marks |= isStory // the view must follow every ACK
	sh.weigh(f)
}

// pass notes that the window or SND.UNA of f may have changed with the segment s, which is on
// its way to the sender.
func (sh *shard) pass(f, o *flow, s *capture.Segment, now int64) {
	v := sh.far(f)
	if v == nil {
		return
	}
	last := passed{una: v.una, edge: v.edge}
	if v.n > 0 {
		last = *v.at(v.n - 1)
	}
	next := passed{moment: moment{now, s.Frame}, una: f.una, edge: f.edge, stamp: s.TSVal}
	// The time stamp of an ACK is echoed at once if nothing before it waits for an ACK (RFC
	// 7323 4.3).
	next.stamped = s.Options&capture.HasTimestamps != 0 && s.Len == 0 && o.nxt == o.una
	switch {
	case last.una == next.una && last.edge == next.edge:
		return
	case f.is(isZero):
		// A stall is what the receiver says it is.
		v.una, v.edge, v.ackedAt, v.n = f.una, f.edge, f.ackedAt, 0
		v.known = 0
		return
	case v.n == mostPassed, v.n > 1 && now-v.at(v.n-2).at < o.rtt/mostPassed:
		*v.at(v.n - 1) = next
		return
	}
	v.n++
	v.known = min(v.known, mostPassed-v.n)
	*v.at(v.n - 1) = next
}

// at returns one of the ACKs on their way.
func (v *farView) at(i uint8) *passed { return &v.passed[(v.first+i)%mostPassed] }

// learn lets the sender of f know of the ACKs that passed a round trip between the capture
// point and it ago.
func (sh *shard) learn(st *stream, f, o *flow, now int64) {
	v := sh.far(f)
	if v == nil {
		return
	}
	for v.n > 0 && v.at(0).at+max(v.back, o.rtt) <= now {
		sh.learnNext(st, f, o, v, v.at(0).at+max(v.back, o.rtt))
	}
}

// learnNext lets the sender of f know of the next ACK at a time.
func (sh *shard) learnNext(st *stream, f, o *flow, v *farView, now int64) {
	p := *v.at(0)
	v.first, v.n, v.known = (v.first+1)%mostPassed, v.n-1, v.known+1
	sh.book(f, o, now)
	if v.una != p.una {
		v.ackedAt = p.at
	}
	v.una, v.edge = p.una, p.edge
	sh.spend(f, moment{now, p.frame}, st.bothSides() && !st.is(isForked))
}

// shows takes what new data of f shows of what its sender knew when it sent it: it knew a
// window that the data fits, and the ACK whose time stamp it echoes but none with a newer one.
func (sh *shard) shows(st *stream, f, o *flow, s *capture.Segment, now int64) {
	v := sh.far(f)
	if v == nil || s.Len == 0 || s.Seq != f.nxt {
		return
	}
	echoes := s.Options&capture.HasTimestamps != 0
	for v.n > 0 {
		p := v.at(0)
		switch {
		case echoes && p.stamped && !after(p.stamp, s.TSEcr):
			v.back = now - p.at
		case !after(s.Seq+s.Len, v.edge):
			sh.late(v, s, now)
			return
		}
		sh.learnNext(st, f, o, v, now)
	}
	sh.late(v, s, now)
}

// late notes that the sender did not know some ACKs yet that it should have known, if so: a
// queue holds up what it sends. It knew the ACK before them, and sent before the next came.
func (sh *shard) late(v *farView, s *capture.Segment, now int64) {
	if s.Options&capture.HasTimestamps == 0 {
		return
	}
	for i := uint8(1); i <= v.known; i++ {
		p := v.at(-i)
		if known := !after(p.stamp, s.TSEcr); !p.stamped || known && i == 1 {
			return
		} else if v.back = max(v.back, min(now-p.at, int64(sh.cfg.SlowACK))); known {
			return
		}
	}
}

// delayed books to the window what went by since a sender that had waited for it should have
// answered: it was not the sender that took the time, but the path.
func (c *cursor) delayed(t *flowstate) {
	f, back := c.f, max(t.far.back, c.r.rtt)
	if late := c.now - t.held.opened.at; f.class == network && late <= back/4+int64(c.cfg.AtOnce) {
		late = min(late, f.network)
		f.network -= late
		t.spent[maybeFull] += late
	}
}

func (v *farView) clone() *farView {
	if v == nil {
		return nil
	}
	c := *v
	return &c
}
