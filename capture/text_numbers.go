package capture

import "bytes"

// textNumbers turns the sequence numbers that tcpdump printed into those of the
// wire.
//
// Without -S tcpdump prints the first segment with an ACK of every connection,
// and every SYN-ACK, as it is, and later ones relative to it (print-tcp.c). Which
// of the two a text is shows at the first connection whose numbers are far from
// 0: either they go on near there, or they start again at 0.
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

// maxTextConns bounds the connections remembered; over that all are forgotten.
const maxTextConns = 1 << 18

// textKey is a connection, the lesser end first.
type textKey struct {
	addr [2]Addr
	port [2]uint16
}

// textConn is one connection. origin says that the segment to which tcpdump
// makes numbers relative was seen.
type textConn struct {
	half   [2]textHalf
	origin bool
}

// textHalf is one direction: the number to which others are relative, and
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
		from.next, from.known = s.Seq, true // a new connection, perhaps
	}
	switch {
	case !s.Flags.Has(ACK): // printed as it is in either mode
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

// originate reads a segment with an ACK whose numbers are as on the wire in
// either mode, and to which those after it may be relative.
func (c *textConn) originate(from, to *textHalf, p *textSegment, s *Segment) {
	c.origin = true
	from.base, to.base = from.next, s.Ack-1
	if p.hasSeq {
		from.base = s.Seq
	}
	if s.Flags.Has(SYN) { // what came before belongs to another connection
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

// decide finds out whether the text has relative numbers, from n that belongs to
// h: only one of the two readings is near to what was sent last.
func (t *textNumbers) decide(n uint32, h *textHalf) {
	const near = 1 << 16 // below that the two can't be told apart
	if t.mode != textUndecided || !h.known || distance(h.base, 0) < near {
		return
	}
	if distance(n+h.base, h.next) < distance(n, h.next) {
		t.mode = textRelative
	} else {
		t.mode = textAbsolute
	}
}

// distance returns how far apart two sequence numbers are.
func distance(a, b uint32) uint32 {
	d := int32(a - b)
	if d < 0 {
		return uint32(-d)
	}
	return uint32(d)
}

// advance moves SND.NXT on to n.
func (h *textHalf) advance(n uint32) {
	if !h.known || int32(n-h.next) > 0 {
		h.next, h.known = n, true
	}
}

// conn returns the connection of s and which half of it s belongs to.
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
