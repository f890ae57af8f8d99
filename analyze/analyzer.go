// Package analyze finds out who made the sender of a TCP stream wait, for how
// long, and how big the buffers were, from the segments alone.
//
// It is pure: it reads no file and no clock, and formats nothing. Segments go
// in one at a time, in the order of the capture; samples come out as they go
// in, and the result once at the end:
//
//	a := analyze.New(analyze.DefaultConfig())
//	a.OnSample(csv.Add)
//	for source.Next(&seg) == nil {
//		a.Add(&seg)
//	}
//	r := a.Result()
//
// Memory grows with the streams that are kept, never with the segments.
package analyze

import "winwatch/capture"

// Analyzer follows the streams of one capture. It is not safe for concurrent
// use.
type Analyzer struct {
	cfg      Config
	clock    clock
	table    table
	slab     slab
	nextID   int64
	dups     duplicates
	details  []*detail
	free     []uint32 // details that can be used again
	sketches []*sketch
	hand     uint32 // where to look for the next slot to let go
	retired  Retired
	kept     []*Stream // the worst of the streams that were let go

	segments uint64
	bytes    int64
	begin    int64 // capture time of the first and the last segment
	end      int64
	beganAt  int64  // adjusted time of the first
	gone     totals // of the streams that were let go

	// held is a segment whose time is in doubt, kept until the next one.
	held    capture.Segment
	holding bool

	// hints are what lookUp found, as long as changes, which counts the streams
	// that were begun, is still hinted.
	hints   [ahead]*stream
	changes uint64
	hinted  uint64
	touched uint32

	// sinceLast is the time from the last segment of the stream to this one.
	sinceLast int64

	// slowly has every segment take the long way: tests compare the two.
	slowly bool

	sinks  []func(*Sample)
	sample Sample
}

// New returns an Analyzer with these thresholds.
func New(cfg Config) *Analyzer {
	return &Analyzer{cfg: cfg, table: newTable(), details: make([]*detail, 1)}
}

// OnSample has f called for every segment that is added, in order. The Sample
// is valid during the call only. It must be set before the first Add; several
// may be set.
func (a *Analyzer) OnSample(f func(*Sample)) { a.sinks = append(a.sinks, f) }

// Add takes the next segment of the capture. It does not keep s.
func (a *Analyzer) Add(s *capture.Segment) { a.next(s, nil) }

// AddBatch takes the next segments of the capture, as Add does one by one, in
// less time. It does not keep segs.
func (a *Analyzer) AddBatch(segs []capture.Segment) {
	for len(segs) > 0 {
		n := min(len(segs), ahead)
		a.lookUp(segs[:n])
		for i := range segs[:n] {
			var hint *stream
			if a.hinted == a.changes {
				hint = a.hints[i]
			}
			a.next(&segs[i], hint)
		}
		segs = segs[n:]
	}
}

func (a *Analyzer) next(s *capture.Segment, hint *stream) {
	if a.holding {
		a.release(s.Time)
		hint = nil // it was from before the held segment
	}
	if a.clock.started && s.Time-a.clock.last >= int64(a.cfg.ClockLeap) {
		a.held, a.holding = *s, true
		return
	}
	a.add(s, hint, a.clock.read(s.Time, s.Frame, int64(a.cfg.ClockStep)))
}

// release lets the held segment through: at its own time if the next one
// confirms that so much time has passed, else at the time of the one before.
func (a *Analyzer) release(next int64) {
	a.holding = false
	s := &a.held
	if s.Time-next >= int64(a.cfg.ClockStep) {
		a.add(s, nil, a.clock.skip(s.Time, s.Frame))
		return
	}
	a.add(s, nil, a.clock.read(s.Time, s.Frame, int64(a.cfg.ClockStep)))
}

// add follows one segment; now is its adjusted time.
func (a *Analyzer) add(s *capture.Segment, hint *stream, now int64) {
	st, side := a.find(s, hint)
	if s.Flags.NoTraffic() {
		if st.endFrame == 0 {
			st.marks |= namedOnly
		}
		return
	}
	now = a.account(st, s, now)
	f, r := &st.flows[side], &st.flows[side^1]
	var ev Events
	if a.dups.seen(st, s, now, int64(a.cfg.Duplicate)) {
		st.duplicates++
		ev = EventDuplicate | windowEvents(s)
	} else {
		ev = a.follow(st, f, r, s, now)
	}
	if len(a.sinks) > 0 {
		a.emit(st, side, s, ev, now)
	}
}

// account counts a segment and books the time since the last one of its stream.
// It returns the stream's time, which never goes back: a packet out of order
// happened when the one before it did.
func (a *Analyzer) account(st *stream, s *capture.Segment, now int64) int64 {
	if a.segments == 0 {
		a.begin, a.beganAt = s.Time, now
	}
	a.segments++
	a.bytes += int64(s.Len)
	a.end = s.Time
	if st.endFrame == 0 {
		st.begin, st.firstFrame, st.last = s.Time, s.Frame, now
		st.marks &^= namedOnly
	}
	st.end, st.endFrame = s.Time, s.Frame
	a.sinceLast = max(now-st.last, 0)
	if d := a.sinceLast; d > 0 {
		st.flows[0].spend(d, &st.flows[1])
		st.flows[1].spend(d, &st.flows[0])
		st.span += d
		st.last = now
	}
	return st.last
}

// follow brings the stream to where it is after the segment, which f's sender
// sent, and tells what the segment was.
func (a *Analyzer) follow(st *stream, f, r *flow, s *capture.Segment, now int64) Events {
	if !a.slowly && a.plain(f, r, s, now) {
		return 0
	}
	if f.segs == sketchAfter && f.sketch == 0 {
		a.beginSketch(st, now)
	}
	ev := windowEvents(s)
	if s.Flags&(capture.SYN|capture.FIN|capture.RST) != 0 {
		ev |= a.control(st, f, r, s, now)
	}
	if s.Flags&capture.RST == 0 {
		ev |= a.sent(st, f, r, s, now)
		ev |= a.received(st, r, f, s, now, ev)
	}
	f.segs++
	if f.sketch != 0 && s.Flags&(capture.SYN|capture.RST) == 0 {
		a.draw(f, r, s, now)
	}
	both := st.bothSides()
	a.classify(f, now, s.Frame, both)
	a.classify(r, now, s.Frame, both)
	return ev
}

// windowEvents are those that the segment alone shows.
func windowEvents(s *capture.Segment) Events {
	var ev Events
	if s.Window == 0 && s.Flags&(capture.SYN|capture.RST) == 0 {
		ev = EventZeroWindow
	}
	return ev
}

// control takes SYN, FIN and RST.
func (a *Analyzer) control(st *stream, f, r *flow, s *capture.Segment, now int64) Events {
	var ev Events
	if s.Flags.Has(capture.SYN) {
		ev |= EventSYN
		st.handshake(r, f, s)
		f.marks &^= sawRST // the same SYN again, after the first was refused
		r.marks &^= sawRST
		st.marks |= knowsClient
		st.client = st.index(f)
		if s.Flags.Has(capture.ACK) {
			st.client ^= 1
			st.marks &^= wasRefused
		}
		a.restart(st, f, r, s, now)
	}
	if s.Flags.Has(capture.FIN) {
		ev |= EventFIN
	}
	if s.Flags.Has(capture.RST) {
		ev |= EventRST
		a.reset(st, f, r, s, now)
	}
	return ev
}

// restart forgets the sequence numbers of an attempt before this SYN or SYN-ACK:
// an old connection of the same ports that the peer still held (RFC 9293 3.5.1),
// or a new connection that happens to have the same ISN. What was counted stays.
func (a *Analyzer) restart(st *stream, f, r *flow, s *capture.Segment, now int64) {
	again := f.is(hasNxt) && (s.Seq != f.base || after(f.nxt, s.Seq+1+s.Len))
	if s.Flags&capture.ACK != 0 {
		again = f.is(hasNxt) && s.Seq != f.base
		if r.is(hasUna) && r.una != s.Ack && !r.is(sawFIN) && r.dataSegs == 0 {
			r.marks &^= hasUna | hasWnd | isUnsound | isTiming
		}
	}
	if !again {
		return
	}
	for _, g := range []*flow{f, r} {
		a.endStall(st, g, s, now, EndResetBySender)
		g.marks &^= hasUna | hasWnd | isUnsound | isFull | isHeld | isOpened | isTiming | sawFIN | hasHoles
	}
	f.marks &^= hasNxt | hasBase
	f.turns = 0
}

// index of a flow of the stream.
func (st *stream) index(f *flow) uint8 {
	if f == &st.flows[sideA] {
		return sideA
	}
	return sideB
}

// maxUnscaled is the largest window without a scale.
const maxUnscaled = 65535

// reset takes an RST: its window and numbers mean nothing, but it ends what
// was waiting.
//
// One that is far from the sequence numbers of its sender is of no connection,
// or of another one (RFC 9293 3.10.7.4; RFC 5961 3): it ends nothing.
func (a *Analyzer) reset(st *stream, f, r *flow, s *capture.Segment, now int64) {
	if d := int32(s.Seq - f.nxt); f.is(hasNxt) && s.Seq != 0 && (d < -maxUnscaled || d > max(int32(f.room()), maxUnscaled)) {
		return
	}
	if r.is(sawSYN) && r.dataSegs == 0 && !f.is(sawSYN) {
		st.marks |= wasRefused
	}
	f.marks |= sawRST
	// f's sender reset: it is the receiver of r's data, and the sender of f's.
	a.endStall(st, r, s, now, EndResetByReceiver)
	a.endStall(st, f, s, now, EndResetBySender)
}

// emit passes what was made of the segment to those who asked for it.
func (a *Analyzer) emit(st *stream, side uint8, s *capture.Segment, ev Events, now int64) {
	f, r := &st.flows[side], &st.flows[side^1]
	m := &a.sample
	*m = Sample{
		Segment: s, Time: now, Stream: st.id, Dir: st.dir(side), Events: ev,
		Shift: r.shift, Window: Unknown, RightEdge: Unknown, Ack: Unknown, InFlight: Unknown,
		Seq: f.rel(s.Seq), SeqEnd: f.rel(s.SeqEnd()),
	}
	switch {
	case s.Flags&capture.SYN != 0:
		m.Shift, m.Window = 0, int64(s.Window)
	case r.shift != Unknown:
		m.Window = int64(s.Window) << r.shift
	case s.Window == 0 && s.Flags&capture.RST == 0:
		m.Window = 0
	}
	if s.Flags&capture.ACK != 0 && r.is(hasBase) {
		m.Ack = r.rel(s.Ack)
		if m.Window != Unknown && s.Flags&capture.RST == 0 {
			m.RightEdge = m.Ack + m.Window
		}
	}
	if f.has(hasNxt|hasUna) && !f.is(isUnsound) {
		m.InFlight = int64(f.inFlight())
	}
	for _, sink := range a.sinks {
		sink(m)
	}
}

// dir names the direction in which a side sends.
func (st *stream) dir(side uint8) Dir {
	if side == st.client {
		return ClientToServer
	}
	return ServerToClient
}
