package analyze

import "math"

// flow is one direction of a stream: the data of its sender, and the window of
// its receiver that governs it. It holds no pointers, and what only a flow in
// trouble needs is in its flowstate, so that a million quiet streams are cheap.
//
// Sequence numbers are raw. Times are adjusted (see clock). Windows are in bytes
// or, while the scale is unknown, the unscaled window field.
//
// The fields that every segment touches come first: they fill two of three cache
// lines.
type flow struct {
	// base is the sequence number that counts as 0: the ISN or, if the handshake was
	// not captured, the first sequence number seen.
	base uint32
	// nxt is SND.NXT, una SND.UNA (RFC 9293 3.3.1), as far as captured.
	nxt, una uint32
	// wnd is SND.WND, edge the right edge, and maxEdge the furthest right edge so far.
	wnd, edge, maxEdge uint32
	// wl1 is SND.WL1. SND.WL2 is always una, since older ACKs are ignored.
	wl1 uint32
	// maxWnd is the largest window so far.
	maxWnd uint32
	// timed is the sequence number whose ACK is being timed, since timedAt.
	timed uint32

	marks          marks
	class          class
	shift          int8   // of the receiver's window; Unknown
	mss            uint16 // as the receiver announced it; 0 is unknown
	segs, dataSegs uint32
	maxSeg         uint32
	maxInFlight    uint32
	// state is an index into shard.states, 0 for none.
	state uint32

	ackedAt int64 // when the receiver last acknowledged something new
	lastAt  int64 // when the sender last sent something that occupies sequence space
	// since is the time up to which time has been booked: see book.
	since int64
	bytes int64

	// The current span of the sketch: its end, the most bytes in flight, and the
	// lowest and highest window field.
	spanEnd           int64
	spanFlight        uint32
	spanLow, spanHigh uint16

	rawMax, rawMin uint16 // highest and lowest window field
	retrans        uint32
	timedAt        int64

	// rtt is the smallest time from a segment to its ACK (see shard.answered): the round
	// trip from the capture point to the receiver, in ns; 0 is unknown.
	rtt int64
	// network and unjudged are the time booked to these classes. The time limited by
	// the window is in flowstate.spent; in the rest the sender was idle.
	network, unjudged int64
	// turns counts how often nxt wrapped past base: the upper half of relative
	// sequence numbers.
	turns uint16
	skip  uint16 // round trips that are not recorded: see shard.round
	// synWnd is the window field of the receiver's SYN or SYN-ACK, firstWnd the first
	// one after that; 0 is unknown.
	synWnd, firstWnd uint16
	// sketch is a 1-based index into shard.sketches, 0 for none.
	sketch   uint32
	resent   uint32 // retransmissions with payload
	offer    int8   // the scale that the receiver announced, absent or Unknown
	minShift uint8
	side     uint8 // the side of the stream that sends
	// sighted strays in a row were at the sequence number other, since the stream had
	// stream.sightedAt other segments; if none was, other means nothing.
	sighted uint8
	other   uint32
	// pace is a 1-based index into shard.paces, 0 for none.
	pace uint32
	// timedBy is how far the adjusted time was from the capture time at timedAt.
	timedBy int64
}

// marks are the yes-or-no facts of a flow.
type marks uint32

const (
	hasBase      marks = 1 << iota // base is set
	hasISN                         // and it is the ISN
	hasNxt                         // the sender was seen sending
	hasUna                         // the receiver was seen acknowledging
	hasWnd                         // a window was seen
	isZero                         // the window is 0
	sawSYN                         // the sender's SYN was captured
	optsCut                        // the receiver's SYN came without all of its options
	sawFIN                         // the sender sent FIN
	sawRST                         // the sender sent RST
	isUnsound                      // packets are missing: the bytes in flight are unknown
	isFull                         // the next segment does not fit the rest of the window, data in flight
	isHeld                         // the same with nothing in flight
	isOpened                       // the window has opened since, and nothing was sent yet
	isDeferring                    // it has sent since, as soon as an ACK let it, and the window may still hold it back: see shard.defers
	isTiming                       // the ACK of timed is awaited
	idleProbe                      // only one empty segment was seen so far: it may be a probe
	midProbe                       // it was: the stall began before the capture
	isStory                        // the window was 0, or an answer is due: every segment takes the slow path
	hasHoles                       // parts of the data before nxt were not captured, or not yet
	isEcho                         // the last ACK left nothing in flight, but takes time to reach the sender
	wasFull                        // with isEcho: the window was full when the ACK was sent
	sawScaled                      // a window was seen outside a SYN
	isAnswered                     // the receiver has sent data itself after it took some
	afterPause                     // the last new data came after a pause, with nothing in flight
	hasOffer                       // the sender's SYN carried the window scale option
	pastBare                       // data went past the bare window field: see flow.crosses
	isRecovering                   // lost data was sent again, and SND.UNA has not passed recovery.until
	isLate                         // the last ACK came alone, and later than a round trip: see lateACK
	hasTwin                        // it is a second numbering: every segment takes the slow path
	isPaired                       // the stream has a pairing: every segment takes the slow path
	isClocked                      // the data that is being timed left as soon as an ACK came: see shard.clocked
)

func (f *flow) is(m marks) bool  { return f.marks&m != 0 }
func (f *flow) has(m marks) bool { return f.marks&m == m }

// inFlight is what was sent and not yet acknowledged, in bytes.
func (f *flow) inFlight() uint32 {
	if n := int32(f.nxt - f.una); n > 0 && f.has(hasNxt|hasUna) {
		return uint32(n)
	}
	return 0
}

// room is what the sender may still send within the window, in bytes: a lower
// bound while the scale is unknown.
func (f *flow) room() uint32 {
	if n := int32(f.edge - f.nxt); n > 0 {
		return uint32(n)
	}
	return 0
}

// allSent reports whether the sender has sent all of its data and its FIN, and the
// receiver has the data: no window can keep it waiting.
func (f *flow) allSent() bool { return f.is(sawFIN) && f.nxt-f.una <= 1 }

// nextSegment is the size of a full segment, which a sender does not split to fit
// a smaller window: the MSS, but no more than half the largest window (Linux:
// tcp_bound_to_half_wnd). While the scale is unknown, and the bare window was full once,
// nothing shows that a segment fits: it is larger than any window then.
func (f *flow) nextSegment() uint32 {
	if f.shift == Unknown && f.rawMax > 0 && int64(f.maxInFlight) >= int64(f.rawMax)<<f.minShift {
		return math.MaxUint32
	}
	seg := uint32(f.mss)
	if seg == 0 {
		seg = f.maxSeg
	}
	return min(seg, f.maxWnd/2)
}

// rel returns a sequence number relative to base, extended beyond 32 bits.
func (f *flow) rel(seq uint32) int64 {
	nxt := int64(f.turns)<<32 | int64(f.nxt-f.base)
	return nxt + int64(int32(seq-f.nxt))
}

// advance moves SND.NXT forward.
func (f *flow) advance(nxt uint32) {
	if nxt-f.base < f.nxt-f.base {
		f.turns++
	}
	f.nxt = nxt
}

// acked is the payload that the receiver has acknowledged since base: 0 until an
// ACK was seen, since una means nothing before.
func (f *flow) acked() int64 {
	if !f.is(hasUna) {
		return 0
	}
	return f.payload(f.una)
}

// unique is the payload captured, without what was sent again; t is the state of f.
func (f *flow) unique(t *flowstate) int64 {
	return min(max(f.payload(f.nxt)-t.loss.unseen, 0), f.bytes)
}

// payload is the number of bytes of data between base and seq.
func (f *flow) payload(seq uint32) int64 {
	if !f.is(hasBase) {
		return 0
	}
	n := f.rel(seq)
	if f.is(hasISN) {
		n-- // the SYN
	}
	if f.is(sawFIN) && seq == f.nxt {
		n--
	}
	return max(n, 0)
}
