package capture

import "encoding/binary"

// Decoder turns frames into segments and counts what became of them. The zero
// value is ready. It keeps nothing of a frame; one goroutine at a time may use it.
type Decoder struct {
	c      Counters
	layers int // nested headers of the current frame
	filter Filter
}

// maxLayers bounds the nesting of tunnels and tags: no real frame comes near.
const maxLayers = 32

// view is what is left of a frame: the captured bytes from some header on, and
// how many bytes there were from there on the wire. It may be that b is longer
// than wire only where the outermost wire length is wrong; limit mends that.
type view struct {
	b    []byte
	wire int
}

// drop returns the view without its first n bytes, which must be captured.
func (v view) drop(n int) view { return view{v.b[n:], v.wire - n} }

// limit returns the view with n bytes on the wire; what was captured beyond
// them is padding. n may be more than v.wire (quoted and cut datagrams).
func (v view) limit(n int) view {
	if n < len(v.b) {
		v.b = v.b[:max(n, 0)]
	}
	v.wire = n
	return v
}

// short returns why a header of n bytes isn't in v: not captured, or never there.
func (v view) short(n int, never Skip) Skip {
	if v.wire < n {
		return never
	}
	return CutShort
}

// Counters returns what became of the frames decoded so far.
func (d *Decoder) Counters() Counters { return d.c }

// Decode reads the frame data, of which wireLen bytes were on the wire, and
// fills in s, all but Frame and Time. If the result is not Kept, s is undefined.
// The frame is counted either way. In a tunnel the segment is the innermost one;
// outer headers leave no trace.
func (d *Decoder) Decode(linkType LinkType, data []byte, wireLen int, s *Segment) Skip {
	d.c.Frames++
	if d.filter != nil && !d.filter(linkType, data, wireLen) {
		d.c.Skipped[FilteredOut]++
		return FilteredOut
	}
	if linkType == LinkEthernet && len(data) >= 14 && wireLen >= len(data) &&
		(len(data) >= 66 && usual((*[66]byte)(data), s) || fast(be16(data[12:14]), data[14:], s)) {
		d.c.Segments++
		return Kept
	}
	return d.decode(linkType, data, wireLen, s)
}

// decode is Decode off the fast path; the frame has been counted.
func (d *Decoder) decode(linkType LinkType, data []byte, wireLen int, s *Segment) Skip {
	if wireLen < len(data) {
		wireLen = len(data)
		d.c.Noted[WireLenTooSmall]++
	}
	d.layers = 0
	v := view{data, wireLen}
	skip := UnknownLinkType
	if int(linkType) < len(linkTypes) && linkTypes[linkType].read != nil {
		skip = linkTypes[linkType].read(d, v, s)
	}
	if skip != Kept {
		d.c.Skipped[skip]++
		return skip
	}
	d.c.Segments++
	if s.Options >= OptionsCut || s.Flags >= Quoted {
		d.note(s)
	}
	return Kept
}

// note counts what is odd about a segment that was kept.
func (d *Decoder) note(s *Segment) {
	if s.Options.Has(OptionsCut) {
		d.c.Noted[CutOptions]++
	}
	if s.Options.Has(OptionsMalformed) {
		d.c.Noted[MalformedOptions]++
	}
	if s.Flags.Has(Fragmented) {
		d.c.Noted[FirstFragment]++
	}
	if s.Flags.Has(Quoted) {
		d.c.Noted[QuotedInICMP]++
	}
	if s.Flags.Has(BadHeader) {
		d.c.Noted[BadHeaderLength]++
	}
}

// skipFrame counts a frame that a reader could not hand to Decode.
func (d *Decoder) skipFrame(reason Skip) {
	d.c.Frames++
	d.c.Skipped[reason]++
}

// ip reads an IP header of either version.
func (d *Decoder) ip(v view, s *Segment) Skip {
	if len(v.b) == 0 {
		return v.short(1, BadIP)
	}
	switch v.b[0] >> 4 {
	case 4:
		return d.ipv4(v, s)
	case 6:
		return d.ipv6(v, s)
	}
	return BadIP
}

// be16 and be32 read a number in network byte order.
func be16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }
func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
