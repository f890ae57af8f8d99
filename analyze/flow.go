package analyze

// flow is one direction of a stream: the data of its sender, and the window of
// its receiver that governs it. It holds no pointer, and what only a direction
// in trouble needs is in its detail, so that a million quiet streams are cheap.
//
// Sequence numbers are raw. Times are adjusted ones (see clock). Windows are in
// bytes; while the scale is unknown, the bare field.
//
// The fields that every segment touches come first: they fill two cache lines, of
// three.
type flow struct {
	// base is the sequence number that counts as 0: the ISN or, if the handshake
	// was not captured, the first one seen.
	base uint32
	// nxt is SND.NXT, una SND.UNA (RFC 9293 3.3.1), as far as captured.
	nxt, una uint32
	// wnd is SND.WND, edge the right edge, and maxEdge the furthest it was.
	wnd, edge, maxEdge uint32
	// wl1 is SND.WL1; SND.WL2 is una, as only ACKs of una or more are heeded.
	wl1 uint32
	// maxWnd is the largest window.
	maxWnd uint32
	// readTo is up to where the receiver's application has read, to judge by
	// its having answered: what was acknowledged when it last sent data.
	readTo uint32

	marks          marks
	class          class
	shift          int8   // of the receiver's window; Unknown
	mss            uint16 // what the receiver announced; 0 is unknown
	segs, dataSegs uint32
	maxSeg         uint32
	maxInFlight    uint32
	// timed is the sequence number whose ACK is waited for since timedAt.
	timed uint32

	ackedAt int64 // when the receiver last acknowledged something new
	lastAt  int64 // when the sender last sent something that takes sequence space
	// since is up to when the time has been booked: see book.
	since int64
	bytes int64

	// The current span of the sketch ends at spanEnd: least and most of the window
	// field, and most bytes in flight.
	spanEnd           int64
	spanFlight        uint32
	spanLow, spanHigh uint16

	rawMax, rawMin uint16 // most and least of the window field
	retrans        uint32
	timedAt        int64

	// rtt is the smallest time from a segment to its ACK: the round trip from the
	// capture point to the receiver, in ns; 0 is unknown.
	rtt int64
	// network and unjudged are what the time until since went to, beside what the
	// detail says that the window took; the rest of the stream's the sender was idle.
	network, unjudged int64
	// turns counts how often nxt passed base: the upper half of relative
	// sequence numbers.
	turns uint32
	// detail is an index into shard.details, 0 is none; sketch one into
	// shard.sketches, from 1.
	state, sketch uint32
	offer         int8 // what the receiver announced; Unknown if nothing was seen
	minShift      uint8
	side          uint8    // the side of the stream that sends
	_             [24]byte // so that a flow begins with a cache line
}

// marks are the yes-or-no facts of a flow.
type marks uint32

const (
	hasBase    marks = 1 << iota // base is set
	hasISN                       // and it is the ISN
	hasNxt                       // the sender was seen sending
	hasUna                       // the receiver was seen acknowledging
	hasWnd                       // a window was seen
	isZero                       // the window is 0
	sawSYN                       // the sender's SYN was captured
	optsCut                      // the receiver's SYN came without all of its options
	sawFIN                       // the sender sent FIN
	sawRST                       // the sender sent RST
	isUnsound                    // what is in flight can't be told: packets are missing
	isFull                       // the rest of the window is smaller than the next segment, data in flight
	isHeld                       // the same with nothing in flight
	isOpened                     // it has opened since, and nothing was sent yet
	isTiming                     // timed is being waited for
	idleProbe                    // nothing but one empty segment was seen: it may prove to be a probe
	midProbe                     // and it has: the stall began before the capture
	isStory                      // the window was 0, or an answer is waited for: its detail follows every segment
	hasHoles                     // parts of the data before nxt were not captured, or not yet
	isEcho                       // the last ACK has left nothing in flight, but the sender can't have had it before a while
	wasFull                      // and had filled the window when it was sent
	sawScaled                    // a window other than a SYN's was seen
	isAnswered                   // the receiver's side has sent data itself: readTo is set
	afterPause                   // the last new data came after a pause, with nothing in flight
)

func (f *flow) is(m marks) bool  { return f.marks&m != 0 }
func (f *flow) has(m marks) bool { return f.marks&m == m }

// inFlight is what was sent and not acknowledged, in bytes.
func (f *flow) inFlight() uint32 {
	if n := int32(f.nxt - f.una); n > 0 && f.has(hasNxt|hasUna) {
		return uint32(n)
	}
	return 0
}

// room is what the window leaves to send, in bytes (at least that much while
// the scale is unknown).
func (f *flow) room() uint32 {
	if n := int32(f.edge - f.nxt); n > 0 {
		return uint32(n)
	}
	return 0
}

// nextSegment is the size under which a sender does not split a segment to fit
// the window: the MSS, but no more than half the largest window (Linux:
// tcp_bound_to_half_wnd).
func (f *flow) nextSegment() uint32 {
	seg := uint32(f.mss)
	if seg == 0 {
		seg = f.maxSeg
	}
	return min(seg, f.maxWnd/2)
}

// rel makes a sequence number relative to base, beyond 32 bits.
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

// acked is the payload that the receiver has acknowledged since base.
func (f *flow) acked() int64 { return f.payload(f.una) }

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
