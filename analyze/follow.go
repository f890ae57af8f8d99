package analyze

import "winwatch/capture"

// follow updates the stream with a segment that side sent, and returns the events
// found in it.
func (sh *shard) follow(st *stream, side uint8, s *capture.Segment, now int64) Events {
	st.noteID(side, s)
	lag := sh.seen(st, side, s, now)
	if lag == never && !st.is(twiceSYN) && !st.flows[0].is(isPaired) {
		return sh.process(st, side, s, now) // as nearly all
	}
	copied, suspect := sh.copied(st, side, s, now, lag)
	if copied {
		sh.rewritten(st, side, s, now)
		st.duplicates++
		return EventDuplicate | windowEvents(s)
	}
	ev := sh.process(st, side, s, now)
	if suspect {
		sh.pairingOf(st).suspect(side, s, ev)
	}
	return ev
}

// process is follow for a segment that is no duplicate.
func (sh *shard) process(st *stream, side uint8, s *capture.Segment, now int64) Events {
	f, r := &st.flows[side&1], &st.flows[side&1^1]
	var c cursor // a literal would be made elsewhere and copied
	c.shard, c.st, c.f, c.r, c.s, c.now, c.end = sh, st, f, r, s, now, s.SeqEnd()
	if (f.marks|r.marks)&isStory != 0 {
		sh.learn(st, f, r, now)
		sh.learn(st, r, f, now)
		sh.shows(st, f, r, s, now)
	}
	sh.book(f, r, now)
	sh.book(r, f, now)
	ev := windowEvents(s)
	if f.sketch == 0 && (f.segs == sketchAfter || ev != 0) {
		sh.beginSketch(st, f, now)
	}
	if now >= f.spanEnd {
		sh.nextSpan(f, r, now)
	}
	if impossible(s.Flags) {
		st.ignored++
		f.begin(s)
		return c.setAside()
	}
	if s.Flags&capture.RST == 0 && c.stray() {
		st.strays++
		return c.setAside()
	}
	if sh.doubt.of == st || after(s.Ack, r.nxt) {
		c.weighDoubt()
	}
	if s.Flags&(capture.SYN|capture.FIN|capture.RST) != 0 {
		ev |= c.control()
	}
	if s.Flags&capture.RST == 0 {
		ev |= c.sent()
		ev |= c.received(ev)
		sh.pass(r, f, s, now)
	}
	f.segs++
	if s.Flags&(capture.SYN|capture.RST) == 0 {
		f.draw(r, s)
	}
	both := st.bothSides() && !st.is(isForked)
	sh.classify(f, s, now, both)
	sh.classify(r, s, now, both)
	return ev
}

// setAside counts a segment that says nothing about the stream.
func (c *cursor) setAside() Events {
	c.f.segs++
	if c.s.Len > 0 {
		c.f.data(c.s)
	}
	return flagEvents(c.s) | eventAside
}

// begin sets the base if there is none: Wireshark numbers streams by the first
// sequence number, whatever the flags.
func (f *flow) begin(s *capture.Segment) {
	if f.is(hasBase) {
		return
	}
	f.base, f.marks = s.Seq, f.marks|hasBase
	if s.Flags&capture.SYN != 0 {
		f.base++
	}
	f.nxt = f.base
}

// windowEvents returns the events that the segment's window field alone shows.
func windowEvents(s *capture.Segment) Events {
	var ev Events
	if s.Window == 0 && s.Flags&(capture.SYN|capture.RST) == 0 {
		ev = EventZeroWindow
	}
	return ev
}

// impossible reports whether no stack sends a segment with these flags and none
// takes it: a SYN that also ends the connection, or neither SYN, RST nor ACK (RFC
// 9293 3.10.7.4: without ACK, drop the segment). Such segments come from scanners,
// fuzzers and broken devices; they change nothing. FIN with RST is an RST: a
// receiver looks at it first.
func impossible(fl capture.Flags) bool {
	if fl&capture.SYN != 0 {
		return fl&(capture.FIN|capture.RST) != 0
	}
	return fl&(capture.RST|capture.ACK) == 0
}

// flagEvents returns the events for the flags that the segment has set.
func flagEvents(s *capture.Segment) Events {
	var ev Events
	if s.Flags&capture.SYN != 0 {
		ev |= EventSYN
	}
	if s.Flags&capture.FIN != 0 {
		ev |= EventFIN
	}
	if s.Flags&capture.RST != 0 {
		ev |= EventRST
	}
	return ev
}

// control handles SYN, FIN and RST.
func (c *cursor) control() Events {
	f, s := c.f, c.s
	if s.Flags.Has(capture.SYN) {
		c.st.handshake(c.r, f, s)
		if c.r.is(sawRST) && f.dataSegs == 0 {
			f.network = 0 // the first SYN was refused: its sender waited for nothing after that
		}
		f.marks &^= sawRST // the SYN is repeated after the first was refused
		c.r.marks &^= sawRST
		c.st.marks |= knowsClient
		c.st.client = f.side
		if s.Flags.Has(capture.ACK) {
			c.st.client ^= 1
			c.st.marks &^= wasRefused
		}
		c.restart()
	}
	if s.Flags.Has(capture.RST) {
		c.reset()
	}
	return flagEvents(s)
}

// restart forgets the sequence numbers from before this SYN or SYN-ACK: of an old
// connection on the same ports that the peer still had open (RFC 9293 3.5.1), or
// of a connection that happened to have the same ISN. Counters are kept.
func (c *cursor) restart() {
	f, r, s := c.f, c.r, c.s
	again := f.is(hasNxt) && (s.Seq != f.base || after(f.nxt, s.Seq+1+s.Len))
	rival := false // another SYN-ACK answered the same SYN
	if s.Flags&capture.ACK != 0 {
		// Without a una, a SYN has restarted the stream, and f still has the old numbers.
		again = again && (s.Seq != f.base || !f.is(hasUna))
		rival = again && s.Seq != f.base && f.dataSegs == 0 && r.dataSegs == 0 && !f.is(sawFIN)
		if r.is(hasUna) && r.una != s.Ack && !r.is(sawFIN) && r.dataSegs == 0 {
			r.marks &^= hasUna | hasWnd | isUnsound | isTiming
			if !r.is(hasNxt) {
				r.marks &^= hasBase | hasISN
			}
		}
	}
	if !again {
		return
	}
	for _, g := range []*flow{f, r} {
		c.breakOff(g)
	}
	f.marks &^= hasNxt | hasBase
	f.turns = 0
	if rival {
		c.twin(f, f.nxt)
	}
}

// breakOff ends what is going on in a flow whose numbers hold no longer.
func (c *cursor) breakOff(f *flow) {
	c.endClues(c.stateOf(f), f, c.now, true)
	c.endStall(f, EndResetBySender)
	c.settle(c.st, f, false)
	c.smallStall(f, EndSenderTimer)
	if t := c.stateOf(f); t != nil {
		t.far = nil
	}
	f.marks &^= hasUna | hasWnd | isUnsound | isFull | isHeld | isOpened | isDeferring | isTiming | sawFIN | isZero | isRecovering | isLate
	c.dropHoles(f)
}

// maxUnscaled is the largest window without a scale.
const maxUnscaled = 65535

// reset handles an RST: its window and numbers mean nothing, but it ends open
// stalls.
//
// An RST far from the sequence numbers of its sender belongs to no connection or
// to another one (RFC 9293 3.10.7.4; RFC 5961 3) and ends nothing.
func (c *cursor) reset() {
	f, r := c.f, c.r
	if d := int32(c.s.Seq - f.nxt); f.is(hasNxt) && c.s.Seq != 0 && (d < -maxUnscaled || d > max(int32(f.room()), maxUnscaled)) {
		return
	}
	if r.is(sawSYN) && r.dataSegs == 0 && !f.is(sawSYN) && !f.is(hasUna) && f.dataSegs == 0 {
		c.st.marks |= wasRefused // it sent nothing else that was captured, and its peer acknowledged nothing
	}
	f.marks |= sawRST
	c.endClues(c.stateOf(f), f, c.now, true)
	c.endClues(c.stateOf(r), r, c.now, true)
	// The side that sent the RST is the receiver of r's data and the sender of f's.
	c.endStall(r, EndResetByReceiver)
	c.endStall(f, EndResetBySender)
}
