package analyze

import (
	"time"

	"winwatch/capture"
)

// Unknown is the value of an unknown byte count in a Sample.
const Unknown = -1

// Sample is the analysis of one segment. It is valid, together with the Segment it
// points to, only during the call that receives it; copy what must be kept.
type Sample struct {
	Segment *capture.Segment
	// Time is Segment.Time with clock jumps removed. Charts use it, so that one wrong
	// time stamp does not stretch them over hours. It never goes back within a stream.
	Time int64
	// Elapsed is the time since the first packet of the capture, with clock jumps
	// removed. It is never negative: a packet stamped a little before the first has 0.
	Elapsed time.Duration
	// Stream is the number of the stream, as Wireshark's tcp.stream.
	Stream int64
	// Dir is the direction in which the segment went: the window it advertises
	// governs data in the other direction.
	Dir Dir

	// Shift is the window scale of this segment's window field, 0 if it is not scaled,
	// or Unknown.
	Shift int8
	// Window is the advertised window in bytes, or Unknown. A zero window is
	// known at any scale.
	Window int64
	// RightEdge is Ack + Window, Ack the acknowledgment number, Seq the sequence
	// number of the segment's first byte and SeqEnd the one after its last. All are
	// relative to the initial sequence number (or the first one seen), extended
	// beyond 32 bits, or Unknown. RightEdge and Ack are in the sequence space of the
	// other direction. Where the handshake was not captured, Ack and Seq are negative
	// for what came before the first number seen. RightEdge is never negative: it is
	// Unknown where Ack is, which then belongs to another connection.
	RightEdge, Ack, Seq, SeqEnd int64
	// InFlight is what this segment's sender has in flight after it, in bytes, or
	// Unknown.
	InFlight int64

	Events Events
}

// sample fills in m for a segment, except for the number of its stream.
func (st *stream) sample(m *Sample, side uint8, s *capture.Segment, ev Events, now int64) {
	f, r := &st.flows[side], &st.flows[side^1]
	*m = Sample{
		Segment: s, Time: now, Dir: st.dir(side), Events: ev,
		Shift: r.shift, Window: Unknown, RightEdge: Unknown, Ack: Unknown, InFlight: Unknown,
		Seq: f.rel(s.Seq),
	}
	m.SeqEnd = m.Seq + int64(s.SeqEnd()-s.Seq)
	if ev.Has(eventAside) {
		m.Events, m.Shift, m.Seq, m.SeqEnd = ev&^eventAside, Unknown, Unknown, Unknown
		return
	}
	switch {
	case s.Flags&capture.SYN != 0:
		m.Shift, m.Window = 0, int64(s.Window)
	case r.shift != Unknown:
		m.Window = int64(s.Window) << r.shift
	case s.Window == 0 && s.Flags&capture.RST == 0:
		m.Window = 0
	}
	if s.Flags&capture.ACK != 0 && r.is(hasBase) && !st.is(isForked) {
		m.Ack = r.rel(s.Ack)
		if m.Window != Unknown && s.Flags&capture.RST == 0 && m.Ack >= 0 {
			m.RightEdge = m.Ack + m.Window
		}
	}
	if f.has(hasNxt|hasUna) && !f.is(isUnsound) && !st.is(isForked) {
		m.InFlight = int64(f.inFlight())
	}
}

// dir returns the direction in which a side sends.
func (st *stream) dir(side uint8) Dir {
	if side == st.client {
		return ClientToServer
	}
	return ServerToClient
}
