package analyze

import "winwatch/capture"

// class says what the time of a flow is spent on.
type class uint8

const (
	windowFull class = iota
	smallWindow
	// heldWindow is the part of smallWindow in which the window opened much later than a
	// round trip: see settle.
	heldWindow
	zeroWindow
	// recovering is the time in which lost data was sent again.
	recovering
	// maybeFull and maybeSmall stand for windowFull and smallWindow until settle
	// decides whether the sender had anything to send.
	maybeFull
	maybeSmall
	classes
	// network and unjudged are booked in the flow, not in its state: most flows need no
	// more. senderIdle is the remainder; it is not booked.
	network
	unjudged
	senderIdle
)

// book books the time since the last call to the class of the flow. It is called
// when the class changes, not for every segment. o is the opposite flow.
//
// A capture taken near the receiver shows an ACK long before the sender gets it.
// Until then the sender is not idle: it still waits as before.
func (sh *shard) book(f, o *flow, now int64) {
	d := now - f.since
	if d <= 0 {
		return
	}
	f.since = now
	if f.is(isEcho) {
		f.marks &^= isEcho
		echo := min(d, o.rtt)
		if f.is(wasFull) {
			sh.needState(f).spent[maybeFull] += echo
		} else {
			f.network += echo
		}
		d -= echo
	}
	switch f.class {
	case senderIdle:
	case network:
		f.network += d
	case unjudged:
		f.unjudged += d
	case maybeFull:
		if f.is(isDeferring) && d > 2*int64(sh.cfg.Defer) {
			f.network += d // no ACK was due: it would not have waited for one
			return
		}
		fallthrough
	default:
		sh.needState(f).spent[f.class] += d
	}
}

// booked is the time booked so far, which is all but the sender's idle time; t is
// the state of f.
func (f *flow) booked(t *flowstate) int64 {
	sum := f.network + f.unjudged
	for _, d := range t.spent {
		sum += d
	}
	return sum
}

// echo notes that an ACK left nothing in flight, as seen from the capture point; o
// is the opposite flow.
func (sh *shard) echo(f, o *flow, now int64) {
	if f.nxt != f.una || sh.far(f) != nil || o.rtt < int64(sh.cfg.FarAway) || f.dataSegs == 0 || f.class == unjudged || f.is(isZero) {
		return
	}
	sh.book(f, o, now)
	f.marks |= isEcho
	if f.is(isFull | isHeld) {
		f.marks |= wasFull
	} else {
		f.marks &^= wasFull
	}
}

// classify sets what the time from now on is spent on, and marks whether the
// window holds the sender back. It is called after every segment s of the stream.
// Book the time until now first.
func (sh *shard) classify(f *flow, s *capture.Segment, now int64, bothSides bool) {
	if f.marks&(hasUna|hasWnd) == 0 {
		f.class = f.unanswered(s)
		return
	}
	sh.spend(f, moment{now, s.Frame}, bothSides)
}

// spend is classify for a flow with an ACK, at any moment.
func (sh *shard) spend(f *flow, at moment, bothSides bool) {
	switch {
	case !bothSides || f.marks&(hasWnd|isUnsound) != hasWnd:
		f.class = unjudged
	case sh.stalled(f):
		f.class = zeroWindow
	case f.dataSegs == 0 || f.is(sawRST):
		f.class = senderIdle
	case sh.knows(f).inFlight(f) > 0:
		f.class = sh.limited(f, at, network, maybeFull, isFull)
		if f.class == network && f.is(isOpened|isDeferring) && sh.defers(f, at.at) {
			f.class = maybeFull
		}
		if f.is(isRecovering) && f.class != unjudged {
			// Even if the window is full: it does not move because of the loss (Linux, too,
			// counts this time as limited by the congestion window).
			f.class = recovering
			if t := sh.stateOf(f); f.is(isFull) && t.held.small == 0 {
				t.held.since = at
			}
		}
	default:
		f.class = sh.limited(f, at, senderIdle, maybeSmall, isHeld)
	}
}

// unanswered is what the time is spent on after s, before the first ACK.
func (f *flow) unanswered(s *capture.Segment) class {
	switch {
	case !f.is(hasNxt):
		return senderIdle // before its SYN
	case f.has(sawSYN|hasISN) && (f.dataSegs == 0 || s.Flags&capture.SYN != 0):
		return network // its SYN is on its way, perhaps with data (RFC 7413)
	}
	return unjudged
}

// limited returns free if the next segment fits the window; otherwise it marks the
// flow with m and returns limited.
func (sh *shard) limited(f *flow, at moment, free, limited class, m marks) class {
	k := sh.knows(f)
	if k.room(f) >= f.nextSegment() || f.is(sawFIN) {
		if f.is(isFull | isHeld) {
			f.marks = f.marks&^(isFull|isHeld) | isOpened
			t := sh.needState(f)
			t.held.opened, t.held.openedTo = at, k.edge-k.una
			t.held.asked = t.held.timer.at >= t.held.since.at && f.ackedAt == at.at
			t.held.full = t.spent[maybeFull]
		}
		return free
	}
	if f.shift == Unknown {
		return unjudged
	}
	t := sh.needState(f)
	if room := k.room(f); room < t.held.left || !f.is(isFull) || !sh.defers(f, at.at) {
		t.held.left = room
	}
	t.held.filledTo = f.nxt
	t.overshoot(f, at)
	if !f.is(isFull | isHeld) {
		t.held.begin(f, k, at)
	}
	f.marks = f.marks&^(isFull|isHeld|isOpened|isDeferring) | m
	return limited
}

// defers reports whether a sender whose window was full still waits for more room, though
// the next segment fits: Linux sends nothing until a burst fits, unless it has sent nothing
// for a while (tcp_tso_should_defer), and counts that as limited by the window. No other
// sender is taken for that one: if it waits, it is not for long.
func (sh *shard) defers(f *flow, now int64) bool {
	k := sh.knows(f)
	return now-f.lastAt <= int64(sh.cfg.Defer) && int64(k.room(f)) < min(int64(k.edge-k.una)/sh.cfg.BurstShare, sh.cfg.Burst)
}

// prompted reports whether the data of f that passes now is there because an ACK came.
func (c *cursor) prompted() bool {
	back := c.r.rtt
	if v := c.far(c.f); v != nil {
		back = max(back, v.back)
	}
	return c.now-c.knows(c.f).ackedAt <= back+int64(c.cfg.AtOnce)
}

// deferred settles what was booked for a sender that seemed to wait for more room: all but
// booked of it. If no ACK made it send, it was its application that kept it waiting.
func (c *cursor) deferred(t *flowstate, booked int64) {
	if !c.prompted() {
		none := max(t.spent[maybeFull]-booked, 0)
		c.f.network += none
		t.spent[maybeFull] -= none
		c.f.marks &^= isDeferring
	}
}

// settle decides what to book the time to in which the window may have held the
// sender back. wanted says that the sender had something to send.
//
// A buffer that is merely too small for the path costs a round trip each time: the
// window is large enough again in the ACK of the data that filled it, or soon after.
// If everything is acknowledged, and the window stays too small for longer than that,
// the receiver takes the data out slowly or does not announce that it did.
func (sh *shard) settle(st *stream, f *flow, wanted bool) {
	t := sh.stateOf(f)
	if t == nil {
		return
	}
	small := t.spent[maybeSmall]
	switch rtt := st.rtt(); {
	case !wanted:
		f.network += t.spent[maybeFull]
	case rtt > 0 && small > int64(sh.cfg.HeldTrips*float64(rtt)):
		t.held.small += small
		t.needSetbacks().waits.add(&t.held, small)
		t.spent[windowFull] += t.spent[maybeFull]
		t.spent[heldWindow] += small
	default:
		if t.spent[maybeFull]+small > 0 {
			t.needSetbacks().waits.add(&t.held, 0)
		}
		t.spent[windowFull] += t.spent[maybeFull]
		t.spent[smallWindow] += small
	}
	t.spent[maybeFull], t.spent[maybeSmall] = 0, 0
}
