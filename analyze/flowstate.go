package analyze

import "winwatch/capture"

// detail is what only a flow needs whose window was ever full, zero or probed,
// or which keep-alives were sent on.
type flowstate struct {
	stalls []Stall
	// bytes is what the detail holds, by the last weighing. probesListed is for how
	// many probes the listed stalls have room.
	bytes, probesListed int
	slot                uint32 // of the stream
	stallCount          int64
	unwaited            int64 // stalls in which the sender had nothing to send
	stallTime           int64

	// stall is the one that is on if on is set; began and zeroAt are the adjusted
	// times of its begin and of its first zero window, zeroSpent and acked what
	// spent[zeroWindow] and flow.una were then.
	stall         Stall
	on            bool
	began, zeroAt int64
	zeroSpent     int64
	acked         uint32
	// spent is the time that the window took of the flow's.
	spent [classes]int64
	// heldAt is when the window first held the sender back (isFull, isHeld), at
	// capture time heldTime in frame heldNum, when heldRoom bytes were left of it;
	// and openedAt when it opened again (isOpened).
	heldAt, openedAt     int64
	heldTime, openedTime int64
	heldNum, openedNum   uint64
	heldRoom             uint32
	// leftRoom is what the sender has left of the window while it holds back.
	leftRoom uint32
	// smallTime is how long a small window has held the sender back since it
	// last was large enough.
	smallTime int64

	// asked is EventProbe or EventKeepAlive while an answer to one is open.
	asked Events
	// form and probeAt are of the last probe of this stall, and probeEnd ends the data that it carried past the right edge, if withData.
	form     ProbeForm
	probeAt  int64
	probeEnd uint32
	withData bool
	// answerAt is when a probe was last answered, in this stall or another: the
	// receiver's rate limit is the socket's. silent counts the probes since that
	// should have been.
	answerAt int64
	silent   int
	// doubted are what may be probes, but for the time taken for keep-alives.
	doubted   []Probe
	doubtedAt int64

	// endedAt is when the last stall (watched; see listed) ended, as long as it
	// is watched what comes out after it; 0 once the sender has paused. burst is
	// what came before the first ACK of it.
	endedAt, sentAt      int64
	watched              int
	releasedBytes, burst int64
	burstOver            bool

	// needEnd ends the data that needed a larger window than was known to be
	// open, and needShift is the shift that makes it legal: see scale.go.
	needEnd   uint32
	needShift uint8
	// unseen is the payload that was sent but not captured.
	unseen                int64
	gaps, reorder, dupAck uint32
	// holes are the parts of the data that were not captured, or not yet.
	holes []hole

	// doubled: a window update before the first zero window shows reading.
	doubled bool

	// The ledger of the right edge: when it first stood still at a zero window,
	// how far it has risen since, and when it rose last.
	closedAt, rise   int64
	riseAt, riseTime int64 // adjusted and capture time
	riseFrame        uint64

	zeroSegs, toZero, fromZero, filled, shrunk, updates uint32
	retransZero, keepAlives, keepAliveAnswers           uint32
	probes, probeAnswers, timerData                     uint32
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
	t := &flowstate{bytes: flowstateBytes, slot: sh.current}
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
func (sh *shard) advertise(st *stream, f *flow, s *capture.Segment, now int64, advanced, update bool) Events {
	var ev Events
	wnd := uint32(s.Window)
	isSYN := s.Flags&capture.SYN != 0
	rescaled := !isSYN && !f.is(sawScaled)
	if isSYN {
		f.marks &^= sawScaled // of a connection before
	} else {
		f.marks |= sawScaled
		f.rawMax, f.rawMin = max(f.rawMax, s.Window), min(f.rawMin, s.Window)
		if f.shift > 0 {
			wnd <<= uint8(f.shift)
		}
	}
	old, oldEdge := f.wnd, f.edge
	first := !f.is(hasWnd)
	edge := s.Ack + wnd
	f.wnd, f.edge, f.wl1 = wnd, edge, s.Seq
	f.maxWnd = max(f.maxWnd, wnd)
	f.marks |= hasWnd
	if first {
		f.maxEdge = edge
	} else {
		if update && wnd > old {
			ev |= EventWindowUpdate
			t := sh.needState(f)
			t.updates++
			// A window grows a little as its owner learns the size of packets; it
			// doubles only if the application has read (Linux: tcp_cleanup_rbuf).
			t.doubled = t.doubled || old > 0 && wnd >= 2*old
		}
		ev |= sh.moveEdge(f, s, now, oldEdge, rescaled)
	}
	if !isSYN || wnd == 0 {
		sh.zero(st, f, s, now, first, advanced)
	}
	return ev
}

// moveEdge follows the right edge forward, which means that the application
// read or the buffer grew, and back, which no receiver should do.
//
// The first window after a SYN's is often smaller, and as long as nothing was
// sent past it no harm: RFC 7323 2.4 speaks of the like.
func (sh *shard) moveEdge(f *flow, s *capture.Segment, now int64, old uint32, rescaled bool) Events {
	unit := int32(1) // the edge is rounded to the scale
	if f.shift > 0 {
		unit <<= uint8(f.shift)
	}
	var ev Events
	if f.shift != Unknown && int32(old-f.edge) >= unit && !(rescaled && !after(f.nxt, f.edge)) {
		ev = EventWindowShrunk
		sh.needState(f).shrunk++
	}
	rise := int32(f.edge - f.maxEdge)
	if rise <= 0 {
		return ev
	}
	f.maxEdge = f.edge
	if t := sh.stateOf(f); t != nil && rise >= unit {
		if t.closedAt != 0 {
			t.rise += int64(rise)
		}
		t.riseAt, t.riseTime, t.riseFrame = now, s.Time, s.Frame
	}
	return ev
}

// zero follows the window to 0 and back.
func (sh *shard) zero(st *stream, f *flow, s *capture.Segment, now int64, first, advanced bool) {
	switch isNow := s.Window == 0; {
	case isNow && !f.is(isZero):
		f.marks |= isZero | isStory
		t := sh.needState(f)
		if !first {
			t.toZero++
		}
		if t.closedAt == 0 {
			t.closedAt = now
		}
		sh.beginStall(st, f, t, s, now, first && s.Flags&capture.SYN == 0)
	case !isNow && f.is(isZero):
		f.marks &^= isZero
		t := sh.needState(f)
		t.fromZero++
		sh.endStall(st, f, s, now, t.opening(st, s, now, advanced))
	}
}
