package analyze

import "winwatch/capture"

// flowstate is what only a flow in trouble needs: one whose window was ever full,
// zero or probed, that lost data, or on which keep-alives were sent. Times are
// adjusted ones (see clock) unless they say otherwise.
type flowstate struct {
	stall   openStall
	past    pastStalls
	probing probing
	after   aftermath
	held    heldBack
	edge    edgeLedger
	loss    loss
	scale   scaleNeed
	counts  counts
	// spent is the time that the window took of the flow's.
	spent [classes]int64
	mem   footprint
}

// openStall is the stall that is on, if on is set.
type openStall struct {
	Stall
	on bool
	// began and zeroAt are when it and its first zero window began; zeroSpent and
	// acked what spent[zeroWindow] and flow.una were then.
	began, zeroAt int64
	zeroSpent     int64
	acked         uint32
}

// pastStalls are the stalls that are over.
type pastStalls struct {
	stalls   []Stall // at most Config.MaxStalls, the longest
	count    int64
	unwaited int64 // stalls in which the sender had nothing to send
	time     int64
}

// probing is what the sender does to find out whether the window has opened.
type probing struct {
	// asked is EventProbe or EventKeepAlive until one of them is answered.
	asked Events
	// form and at are of the last probe of this stall; end is where the data ended
	// that it carried past the right edge, if withData.
	form     ProbeForm
	at       int64
	end      uint32
	withData bool
	// answeredAt is when a probe was last answered, in this stall or an earlier one:
	// the receiver's rate limit is the socket's. silent counts the probes since then
	// that should have been.
	answeredAt int64
	silent     int
	// doubted may be probes; by their timing they were taken for keep-alives.
	doubted   []Probe
	doubtedAt int64
}

// aftermath is what comes out after a stall.
type aftermath struct {
	// endedAt is when the last stall ended, 0 once the sender has paused; watched is
	// the number of that stall: see flowstate.listed.
	endedAt, sentAt int64
	watched         int
	// bytes is the new data since then, burst the part before the first ACK of it.
	bytes, burst int64
	burstOver    bool
}

// heldBack is when the open window was too small for the next segment.
type heldBack struct {
	// at is when the window first held the sender back (isFull, isHeld), with room
	// bytes left of it; openedAt when it opened again (isOpened). time, frame and
	// openedTime, openedFrame are the capture times and frames of the two.
	at, openedAt       int64
	time, openedTime   int64
	frame, openedFrame uint64
	room               uint32
	// left is what the sender has left of the window while it holds back.
	left uint32
	// small is how long a small window has held the sender back since it last was
	// large enough.
	small int64
}

// edgeLedger follows the right edge to tell reading from a growing buffer.
type edgeLedger struct {
	// closedAt is when the edge first stood still at a zero window; rise is how far
	// it has risen since, and riseAt, riseTime (capture time) and riseFrame when it
	// rose last.
	closedAt, rise   int64
	riseAt, riseTime int64
	riseFrame        uint64
	// doubled: a window update before the first zero window shows reading.
	doubled bool
}

// loss is what was not captured, or not in order.
type loss struct {
	// unseen is the payload that was sent but not captured.
	unseen int64
	// holes are the parts of the data that were not captured, or not yet.
	holes []hole
}

// scaleNeed is what an unknown scale must allow: needEnd ends the data that needed
// a larger window than was known to be open, and needShift makes it legal.
type scaleNeed struct {
	needEnd   uint32
	needShift uint8
}

// counts are of segments and of changes of the window.
type counts struct {
	zeroSegs, toZero, fromZero, filled, shrunk, updates uint32
	retransZero, keepAlives, keepAliveAnswers           uint32
	probes, probeAnswers, timerData                     uint32
	gaps, reorder, dupAck                               uint32
}

// footprint is what a flowstate holds in memory, when last weighed; probes is how
// many probes the listed stalls have room for.
type footprint struct {
	bytes, probes int
	slot          uint32 // of the stream
}

// more returns the detail of a flow, which it is given if it has none.
func (sh *shard) needState(f *flow) *flowstate {
	if f.state != 0 {
		return sh.states[f.state]
	}
	if n := len(sh.free); n > 0 {
		f.state, sh.free = sh.free[n-1], sh.free[:n-1]
	} else {
		f.state = uint32(len(sh.states))
		sh.states = append(sh.states, nil)
	}
	t := &flowstate{mem: footprint{bytes: flowstateBytes, slot: sh.current}}
	sh.states[f.state] = t
	sh.room -= flowstateBytes
	return t
}

// trouble returns the detail of a flow, or nil if it has none.
func (sh *shard) stateOf(f *flow) *flowstate {
	if f.state == 0 {
		return nil
	}
	return sh.states[f.state]
}

// noState stands for the state of a flow that has none; it is only read.
var noState flowstate

// stateOrNone returns the state of a flow, for reading.
func (sh *shard) stateOrNone(f *flow) *flowstate {
	if t := sh.stateOf(f); t != nil {
		return t
	}
	return &noState
}

// advertise takes the window of a segment that may change it (RFC 9293
// 3.10.7.4). update says that nothing but the window can be new in it.
func (c *cursor) advertise(advanced bool, update bool) Events {
	r, s := c.r, c.s
	var ev Events
	wnd := uint32(s.Window)
	isSYN := s.Flags&capture.SYN != 0
	rescaled := !isSYN && !r.is(sawScaled)
	if isSYN {
		r.marks &^= sawScaled // of a connection before
	} else {
		r.marks |= sawScaled
		r.rawMax, r.rawMin = max(r.rawMax, s.Window), min(r.rawMin, s.Window)
		if r.shift > 0 {
			wnd <<= uint8(r.shift)
		}
	}
	old, oldEdge := r.wnd, r.edge
	first := !r.is(hasWnd)
	edge := s.Ack + wnd
	r.wnd, r.edge, r.wl1 = wnd, edge, s.Seq
	r.maxWnd = max(r.maxWnd, wnd)
	r.marks |= hasWnd
	if first {
		r.maxEdge = edge
	} else {
		if update && wnd > old {
			ev |= EventWindowUpdate
			t := c.needState(r)
			t.counts.updates++
			// A window grows a little as its owner learns the size of packets; it
			// doubles only if the application has read (Linux: tcp_cleanup_rbuf).
			t.edge.doubled = t.edge.doubled || old > 0 && wnd >= 2*old
		}
		ev |= c.moveEdge(oldEdge, rescaled)
	}
	if !isSYN || wnd == 0 {
		c.zero(first, advanced)
	}
	return ev
}

// moveEdge follows the right edge forward, which means that the application
// read or the buffer grew, and back, which no receiver should do.
//
// The first window after a SYN's is often smaller, and as long as nothing was
// sent past it no harm: RFC 7323 2.4 speaks of the like.
func (c *cursor) moveEdge(old uint32, rescaled bool) Events {
	r := c.r
	unit := int32(1) // the edge is rounded to the scale
	if r.shift > 0 {
		unit <<= uint8(r.shift)
	}
	var ev Events
	if r.shift != Unknown && int32(old-r.edge) >= unit && !(rescaled && !after(r.nxt, r.edge)) {
		ev = EventWindowShrunk
		c.needState(r).counts.shrunk++
	}
	rise := int32(r.edge - r.maxEdge)
	if rise <= 0 {
		return ev
	}
	r.maxEdge = r.edge
	if t := c.stateOf(r); t != nil && rise >= unit {
		if t.edge.closedAt != 0 {
			t.edge.rise += int64(rise)
		}
		t.edge.riseAt, t.edge.riseTime, t.edge.riseFrame = c.now, c.s.Time, c.s.Frame
	}
	return ev
}

// zero follows the window to 0 and back.
func (c *cursor) zero(first bool, advanced bool) {
	r, s := c.r, c.s
	switch isNow := s.Window == 0; {
	case isNow && !r.is(isZero):
		r.marks |= isZero | isStory
		t := c.needState(r)
		if !first {
			t.counts.toZero++
		}
		if t.edge.closedAt == 0 {
			t.edge.closedAt = c.now
		}
		c.beginStall(t, first && s.Flags&capture.SYN == 0)
	case !isNow && r.is(isZero):
		r.marks &^= isZero
		t := c.needState(r)
		t.counts.fromZero++
		c.endStall(r, c.opening(t, advanced))
	}
}
