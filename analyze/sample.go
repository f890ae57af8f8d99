package analyze

import "winwatch/capture"

// Unknown stands in a Sample for a byte count that is not known.
const Unknown = -1

// Sample is what the analyzer made of one segment. It is valid, together with
// the Segment it points to, only during the call that receives it; copy what
// must be kept.
type Sample struct {
	Segment *capture.Segment
	// Time is Segment.Time with clock jumps taken out: charts go by it, so that
	// one wrong stamp does not stretch them over hours.
	Time int64
	// Stream is the number of the stream, as Wireshark's tcp.stream.
	Stream int64
	// Dir is the direction in which the segment went: the window it advertises
	// governs data in the other direction.
	Dir Dir

	// Shift is the window scale that applies to this segment's window field, 0
	// where it is not scaled, or Unknown.
	Shift int8
	// Window is the advertised window in bytes, or Unknown. A zero window is
	// known at any scale.
	Window int64
	// RightEdge is ack + Window, Ack the acknowledgment number, Seq and SeqEnd
	// the sequence numbers of the segment's first byte and after its last, all
	// relative to the initial sequence number (or the first one seen), which
	// counts as 0, and unwrapped beyond 32 bits; or Unknown. RightEdge and Ack
	// count in the sequence space of the other direction's data.
	RightEdge, Ack, Seq, SeqEnd int64
	// InFlight is what this segment's sender has outstanding after it, in
	// bytes, or Unknown while the capture does not allow to say.
	InFlight int64

	Events Events
}

// sample fills in what was made of a segment, but for the number of its stream.
func (st *stream) sample(m *Sample, side uint8, s *capture.Segment, ev Events, now int64) {
	f, r := &st.flows[side], &st.flows[side^1]
	*m = Sample{
		Segment: s, Time: now, Dir: st.dir(side), Events: ev,
		Shift: r.shift, Window: Unknown, RightEdge: Unknown, Ack: Unknown, InFlight: Unknown,
		Seq: f.rel(s.Seq),
	}
	m.SeqEnd = m.Seq + int64(s.SeqEnd()-s.Seq)
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
}

// dir names the direction in which a side sends.
func (st *stream) dir(side uint8) Dir {
	if side == st.client {
		return ClientToServer
	}
	return ServerToClient
}
