package analyze

import (
	"math"

	"winwatch/capture"
)

// flowstate is the part of a flow that only a flow in trouble needs: one whose
// window was ever full, zero or probed, that lost data, or that carried
// keep-alives. Times are adjusted (see clock).
type flowstate struct {
	stall   openStall
	past    pastStalls
	probing probing
	after   aftermath
	waits   waits
	held    heldBack
	edge    edgeLedger
	loss    loss
	scale   scaleNeed
	// clues and setbacks are nil until there are any.
	clues    *clues
	setbacks *setbacks
	// far is what the sender knows, if it is far away: see lookFar.
	far    *farView
	counts counts
	// spent is the time limited by the window, by class.
	spent [classes]int64
	mem   footprint
}

// openStall is the current stall, if on is set.
type openStall struct {
	Stall
	// began is when the stall began, zeroAt when its first zero window did; acked is the
	// value of flow.una at that time, the others are those of spent, before what led to the
	// stall was booked.
	began, zeroAt                    int64
	zeroSpent, fullSpent, smallSpent int64
	acked                            uint32
	// resent counts the retransmissions of data by a timer since Heard.
	resent uint16
	on     bool
}

// pastStalls are the stalls that have ended.
type pastStalls struct {
	stalls   []Stall // at most Config.MaxStalls, the longest
	count    int64
	unwaited int64 // stalls in which the sender had nothing to send
	time     int64
}

// probing is the state of the sender's probes and keep-alives.
type probing struct {
	// asked is EventProbe or EventKeepAlive until one of them is answered.
	asked Events
	// form and at are the form and time of the last probe of this stall. If withData
	// is set, the probe carried data past the right edge, which ended at end.
	end  uint32
	form ProbeForm
	at   int64
	// answeredAt is when a probe was last answered, in this stall or an earlier one,
	// since the receiver limits the rate per socket.
	answeredAt int64
	// doubted are segments that count as keep-alives by their timing, but may be
	// probes.
	doubted   []Probe
	doubtedAt int64
	// silent counts the probes since the receiver's last sign of life that were due an
	// answer. mute: it was silent once, and then opened its window all the same, so it
	// does not answer probes.
	silent   uint16
	mute     bool
	withData bool
}

// aftermath is what the sender sends after a stall.
type aftermath struct {
	// endedAt is when the last stall ended, 0 once the sender has paused; watched
	// identifies that stall: see flowstate.listed.
	endedAt, sentAt int64
	// bytes is the new data since then, burst the part of it before its first ACK.
	bytes, burst int64
	// late: the sender probed after the stall had ended; learnedAt is when the last of
	// these probes was answered. wentOn: it has sent something else since.
	learnedAt               int64
	watched                 int32
	burstOver, late, wentOn bool
}

// waits are the parts of the time that the sender waited for something else than a
// window that is known to be closed.
type waits struct {
	// silent is the end of stalls in which the receiver gave no sign of life: see Stall.
	silent int64
	// unaware and stuck are the times after stalls until the sender went on.
	unaware, stuck int64
}

// unheard is data that a timer sent again with no sign of life of the receiver in
// between.
type unheard struct {
	// since is when the data was first sent, copies how often it was sent again, segs how
	// many segments the receiver had sent by then.
	since  int64
	segs   uint32
	copies uint16
}

// heldBack is the time in which the open window was too small for the next segment.
type heldBack struct {
	// since is when the window began to hold the sender back (isFull, isHeld), with room
	// bytes of it left; opened is when it opened again (isOpened), timer when the sender's
	// timer last sent what fits.
	since, opened, timer moment
	room                 uint32
	wnd                  uint32 // the window at since
	// openedTo is the window that opened it; asked: it came with the ACK of what the timer
	// had sent.
	openedTo uint32
	offer    offer // at since
	// filledTo is SND.NXT when the next segment last did not fit.
	filledTo uint32
	// full is how much of spent[maybeFull] was booked before that.
	full int64
	// left is how much of the window the sender has left, in bytes, but for what it would
	// not use yet: see shard.defers.
	left  uint32
	asked bool
	// fits: the last data into a window that was too small filled it exactly.
	fits bool
	// small is how long the window has been too small for the sender since it was
	// last large enough, in waits much longer than a round trip.
	small int64
}

// begin notes that the window of f, as its sender knows it, holds it back since then.
func (h *heldBack) begin(f *flow, k known, since moment) {
	h.since, h.room, h.wnd, h.offer = since, k.room(f), k.edge-k.una, f.offered()
}

// moment is when a segment was captured: its adjusted time and its frame.
type moment struct {
	at    int64
	frame uint64
}

// edgeLedger follows the right edge to distinguish reading from a growing buffer.
type edgeLedger struct {
	// closedAt is when the window first closed; rise is how far the right edge has
	// risen since, in bytes, and riseAt and riseFrame say when it last rose.
	closedAt, rise int64
	riseAt         int64
	riseFrame      uint64
	withdrawn      withdrawal
	// widest is the largest window until it first closed (flow.widest).
	widest uint32
	// doubled: a window update before the first zero window proves reading.
	doubled bool
}

// loss is data that was not captured, or not in order.
type loss struct {
	// unseen is the payload that was sent but not captured.
	unseen int64
	// missed is the part of it that the receiver acknowledged. It lay in gaps places, the
	// largest of largestGap bytes; firstGap shows the first.
	missed           int64
	gaps, largestGap uint32
	firstGap         moment
	// holes are the parts that may still arrive.
	holes []hole
}

// scaleNeed is a condition on an unknown scale: the data up to needEnd did not fit
// the window under a smaller shift than needShift.
type scaleNeed struct {
	needEnd   uint32
	needShift uint8
}

// counts counts segments and window changes.
type counts struct {
	zeroSegs, toZero, fromZero, filled, shrunk, updates uint32
	retransZero, keepAlives, keepAliveAnswers           uint32
	probes, probeAnswers, timerData                     uint32
	gaps, reorder, dupAck                               uint32
}

// footprint is the memory that a flowstate used when last weighed; probes is the
// capacity of the probe lists of its listed stalls.
type footprint struct {
	bytes, probes int
}

// needState returns the state of a flow, creating it if there is none.
func (sh *shard) needState(f *flow) *flowstate {
	if f.state != 0 {
		return sh.states[f.state]
	}
	if n := len(sh.free); n > 0 {
		f.state, sh.free = sh.free[n-1], sh.free[:n-1]
	} else {
		f.state = uint32(len(sh.states))
		sh.states, sh.owners = append(sh.states, nil), append(sh.owners, nobodys)
	}
	t := sh.newState()
	sh.states[f.state], sh.owners[f.state] = t, sh.current
	sh.weigh(f)
	return t
}

// nobodys is the slot of the stream of a state that is free.
const nobodys = math.MaxUint32

// stateBlock is how many states are allocated at once.
const stateBlock = 32

// newState returns an empty state, which is not yet in use.
func (sh *shard) newState() *flowstate {
	if len(sh.spare) == 0 {
		block := make([]flowstate, stateBlock)
		clear(block) // see table.grow
		for i := range block {
			sh.spare = append(sh.spare, &block[i])
		}
	}
	n := len(sh.spare)
	t := sh.spare[n-1]
	sh.spare = sh.spare[:n-1]
	return t
}

// dropState frees the state of a flow, if it has one.
func (sh *shard) dropState(f *flow) {
	t := sh.stateOf(f)
	if t == nil {
		return
	}
	sh.room += t.mem.bytes
	sh.states[f.state], sh.owners[f.state] = nil, nobodys
	sh.free = append(sh.free, f.state)
	f.state = 0
	var stalls []Stall
	if cap(t.past.stalls) == 1 { // as most streams in trouble need
		clear(t.past.stalls)
		stalls = t.past.stalls[:0]
	}
	*t = flowstate{past: pastStalls{stalls: stalls}}
	sh.spare = append(sh.spare, t)
}

// touch reads from most parts of a state, as stream.touch does.
func (t *flowstate) touch() uint32 {
	return uint32(t.stall.Begin) + uint32(t.stall.ProbeCount) + uint32(t.stall.began) + uint32(t.past.count) +
		uint32(t.probing.at) + uint32(t.after.endedAt) + uint32(t.edge.rise) + t.counts.zeroSegs + uint32(t.spent[zeroWindow]) + uint32(t.mem.bytes)
}

// stateOf returns the state of a flow, or nil if it has none.
func (sh *shard) stateOf(f *flow) *flowstate {
	if f.state == 0 {
		return nil
	}
	return sh.states[f.state]
}

// stalled reports whether a closed window keeps the sender from sending.
func (sh *shard) stalled(f *flow) bool { return f.is(isZero) && sh.states[f.state].stall.on }

// noState is the state of flows that have none; it is never written.
var noState flowstate

// stateOrNone returns the state of a flow for reading, never nil.
func (sh *shard) stateOrNone(f *flow) *flowstate {
	if t := sh.stateOf(f); t != nil {
		return t
	}
	return &noState
}

// advertise takes the window of a segment that may update it (RFC 9293 3.10.7.4).
// advanced says that the segment acknowledges new data, update that nothing but
// its window can be new.
func (c *cursor) advertise(advanced bool, update bool) Events {
	r, s := c.r, c.s
	var ev Events
	wnd := uint32(s.Window)
	isSYN := s.Flags&capture.SYN != 0
	rescaled := !isSYN && !r.is(sawScaled)
	if isSYN {
		r.marks &^= sawScaled // from an earlier attempt
	} else {
		if rescaled {
			r.firstWnd = s.Window
		}
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
	if rescaled {
		c.misread(r.maxWnd)
	}
	r.maxWnd = max(r.maxWnd, wnd)
	r.marks |= hasWnd
	if first {
		r.maxEdge = edge
	} else {
		if update && wnd > old {
			ev |= EventWindowUpdate
			t := c.needState(r)
			t.counts.updates++
			// A window grows a little as the receiver learns the size of packets. It
			// doubles only when the application reads (Linux: tcp_cleanup_rbuf).
			t.edge.doubled = t.edge.doubled || old > 0 && wnd >= 2*old
		}
		ev |= c.moveEdge(oldEdge, rescaled)
	}
	if (!isSYN || wnd == 0) && !c.st.is(isForked) {
		c.zero(first, advanced)
	}
	return ev
}

// moveEdge follows the right edge forward, which means that the application read
// or the buffer grew, and back, which no receiver should do.
//
// The first window after the SYN is often smaller than the one in the SYN. That is
// harmless unless data was already sent past it (see RFC 7323 2.4).
func (c *cursor) moveEdge(old uint32, rescaled bool) Events {
	r := c.r
	unit := int32(1) // the edge is rounded to the scale
	if r.shift > 0 {
		unit <<= uint8(r.shift)
	}
	var ev Events
	if r.shift != Unknown && int32(old-r.edge) >= unit && !(rescaled && !after(r.nxt, r.edge)) {
		ev = EventWindowShrunk
		t := c.needState(r)
		t.counts.shrunk++
		t.edge.withdrawn.note(old-r.edge, moment{c.now, c.s.Frame})
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
		t.edge.riseAt, t.edge.riseFrame = c.now, c.s.Frame
	}
	return ev
}

// zero follows the window to 0 and back.
func (c *cursor) zero(first bool, advanced bool) {
	r, s := c.r, c.s
	switch isNow := s.Window == 0; {
	case isNow && !r.is(isZero):
		r.marks = r.marks&^isTiming | isZero | isStory // the next ACK may wait for the window
		t := c.needState(r)
		if !first {
			t.counts.toZero++
		}
		if r.allSent() {
			return
		}
		if t.edge.closedAt == 0 {
			t.edge.closedAt, t.edge.widest = c.now, r.widest()
		}
		c.beginStall(t, first && s.Flags&capture.SYN == 0)
	case !isNow && r.is(isZero):
		r.marks &^= isZero
		t := c.needState(r)
		t.counts.fromZero++
		c.endStall(r, c.opening(t, advanced))
	}
}
