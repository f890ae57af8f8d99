package capture

import "bytes"

// textNumbers turns printed sequence numbers back into the numbers on the wire.
//
// Without -S, tcpdump prints absolute numbers for the first ACK segment of each
// connection and for every SYN-ACK; later numbers are relative to those
// (print-tcp.c). The first connection whose numbers are far from 0 shows whether
// the text was made with -S: its numbers either continue nearby or restart at 0.
type textNumbers struct {
	conns map[textKey]*textConn
	mode  textMode
}

type textMode uint8

const (
	textUndecided textMode = iota
	textAbsolute
	textRelative
)

// maxTextConns bounds the connections remembered; beyond it all are forgotten.
const maxTextConns = 1 << 18

// textKey identifies a connection, lesser endpoint first.
type textKey struct {
	addr [2]Addr
	port [2]uint16
}

// textConn is one connection. origin is set once the segment was seen that
// tcpdump counts relative numbers from.
type textConn struct {
	half   [2]textHalf
	origin bool
}

// textHalf is one direction: base is the origin of its relative numbers, next is
// SND.NXT as far as seen.
type textHalf struct {
	base, next uint32
	known      bool
}

// resolve replaces the numbers in s and fills in a missing sequence number.
func (t *textNumbers) resolve(p *textSegment, s *Segment, dec *Decoder) {
	c, own := t.conn(s)
	from, to := &c.half[own], &c.half[1-own]
	if s.Flags.Has(SYN) && p.hasSeq {
		from.next, from.known = s.Seq, true // possibly a new connection
	}
	switch {
	case !s.Flags.Has(ACK): // absolute in either mode
	case s.Flags.Has(SYN) || !c.origin:
		c.originate(from, to, p, s)
	default:
		t.shift(p, s, from, to, dec)
	}
	if !p.hasSeq {
		s.Seq = from.next
		dec.c.Noted[TextSeqGuessed]++
		s.Flags |= SeqInferred
	}
	if !p.hasLen && p.hasN {
		s.Len = p.end - p.seg.Seq
	}
	if s.Flags.NoTraffic() {
		return
	}
	from.advance(s.SeqEnd())
	if s.Flags.Has(ACK) {
		to.advance(s.Ack)
	}
}

// originate records a segment with an ACK that is absolute in either mode, and
// that later numbers may be relative to.
func (c *textConn) originate(from, to *textHalf, p *textSegment, s *Segment) {
	c.origin = true
	from.base, to.base = from.next, s.Ack-1
	if p.hasSeq {
		from.base = s.Seq
	}
	if s.Flags.Has(SYN) { // earlier segments belong to another connection
		to.next, to.known = s.Ack, true
	}
}

// shift makes the numbers of a segment with an ACK absolute.
func (t *textNumbers) shift(p *textSegment, s *Segment, from, to *textHalf, dec *Decoder) {
	t.decide(s.Ack, to)
	if p.hasSeq {
		t.decide(s.Seq, from)
	}
	if t.mode != textRelative {
		return
	}
	dec.c.Noted[TextRelativeSeq]++
	if p.hasSeq {
		s.Seq += from.base
	}
	s.Ack += to.base
	for i := range s.SACK[:s.SACKCount] {
		s.SACK[i].Left += to.base
		s.SACK[i].Right += to.base
	}
}

// decide finds out from n, a number of direction h, whether the text has relative
// numbers: only one of the two interpretations is close to h.next.
func (t *textNumbers) decide(n uint32, h *textHalf) {
	const near = 1 << 16 // closer to 0 the two are indistinguishable
	if t.mode != textUndecided || !h.known || distance(h.base, 0) < near {
		return
	}
	if distance(n+h.base, h.next) < distance(n, h.next) {
		t.mode = textRelative
	} else {
		t.mode = textAbsolute
	}
}

// distance returns the distance between two sequence numbers.
func distance(a, b uint32) uint32 {
	d := int32(a - b)
	if d < 0 {
		return uint32(-d)
	}
	return uint32(d)
}

// advance moves SND.NXT forward to n.
func (h *textHalf) advance(n uint32) {
	if !h.known || int32(n-h.next) > 0 {
		h.next, h.known = n, true
	}
}

// conn returns the connection of s and the index of the half that sent s.
func (t *textNumbers) conn(s *Segment) (*textConn, int) {
	k := textKey{[2]Addr{s.Src, s.Dst}, [2]uint16{s.SrcPort, s.DstPort}}
	own := 0
	if order := bytes.Compare(s.Dst[:], s.Src[:]); order < 0 || order == 0 && s.DstPort < s.SrcPort {
		k.addr[0], k.addr[1] = k.addr[1], k.addr[0]
		k.port[0], k.port[1] = k.port[1], k.port[0]
		own = 1
	}
	c := t.conns[k]
	if c == nil {
		if len(t.conns) >= maxTextConns {
			clear(t.conns)
		}
		c = new(textConn)
		t.conns[k] = c
	}
	return c, own
}
