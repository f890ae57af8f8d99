package capture

// minTCP is how much of a TCP header is needed: up to and including the window.
// Wireshark needs as much to begin a stream.
const minTCP = 16

// tcp reads a TCP header (RFC 9293 3.1). v is the payload of an IP datagram; s
// holds the addresses, and in Flags what is known about the datagram.
func tcp(v view, s *Segment) Skip {
	if len(v.b) < minTCP {
		return v.short(minTCP, BadTCP)
	}
	b := v.b
	s.SrcPort, s.DstPort = be16(b[0:2]), be16(b[2:4])
	s.Seq, s.Ack = be32(b[4:8]), be32(b[8:12])
	word := be16(b[12:14])
	s.Flags |= Flags(word & 0x1ff)
	s.Window = be16(b[14:16])
	s.Urgent = 0
	if len(b) >= 20 {
		s.Urgent = be16(b[18:20])
	}
	s.MSS, s.WindowShift = 0, 0
	s.Options, s.SACKCount = 0, 0
	s.TSVal, s.TSEcr = 0, 0
	s.SACK = [2]SACKBlock{}
	hlen := int(word >> 12 * 4)
	if hlen < 20 || hlen > v.wire {
		s.Flags |= BadHeader
		s.Len = 0
		return Kept
	}
	s.Len = uint32(v.wire - hlen)
	switch {
	case hlen == 20:
	case hlen == 32 && len(b) >= 32 && be32(b[20:24]) == nopNopTimestamps:
		s.TSVal, s.TSEcr = be32(b[24:28]), be32(b[28:32])
		s.Options = HasTimestamps
	default:
		s.parseOptions(b[min(20, len(b)):min(hlen, len(b))], hlen-20)
	}
	return Kept
}

// parseOptions reads the option list b, of which whole bytes were on the wire
// (RFC 9293 3.2). An option of a known kind with another length than its RFC's
// is ignored, as receivers do (Linux: tcp_parse_options), and marks the list.
func (s *Segment) parseOptions(b []byte, whole int) {
	for i := 0; i < whole; {
		if i >= len(b) {
			s.Options |= OptionsCut
			return
		}
		kind := b[i]
		if kind == 0 { // end of list
			return
		}
		if kind == 1 { // no-operation
			i++
			continue
		}
		if i+1 == whole {
			s.Options |= OptionsMalformed
			return
		}
		if i+1 >= len(b) {
			s.Options |= OptionsCut
			return
		}
		n := int(b[i+1])
		if n < 2 || i+n > whole {
			s.Options |= OptionsMalformed
			return
		}
		if i+n > len(b) {
			s.Options |= OptionsCut
			return
		}
		s.Options |= s.option(kind, b[i+2:i+n])
		i += n
	}
}

// option stores one option and returns what it was.
func (s *Segment) option(kind byte, val []byte) Options {
	switch {
	case kind == 2 && len(val) == 2: // RFC 9293 3.7.1
		s.MSS = be16(val)
		return HasMSS
	case kind == 3 && len(val) == 1: // RFC 7323 2.2
		s.WindowShift = val[0]
		return HasWindowScale
	case kind == 4 && len(val) == 0: // RFC 2018 2
		return HasSACKPermitted
	case kind == 5 && len(val)%8 == 0 && len(val) > 0: // RFC 2018 3
		s.SACKCount = uint8(min(len(val)/8, len(s.SACK)))
		for i := range s.SACK[:s.SACKCount] {
			s.SACK[i] = SACKBlock{be32(val[i*8:]), be32(val[i*8+4:])}
		}
		return HasSACK
	case kind == 8 && len(val) == 8: // RFC 7323 3.2
		s.TSVal, s.TSEcr = be32(val), be32(val[4:])
		return HasTimestamps
	case kind >= 2 && kind <= 5, kind == 8:
		return OptionsMalformed
	}
	return 0
}

// nopNopTimestamps is how the option list of most segments begins (RFC 7323,
// appendix A).
const nopNopTimestamps = 0x0101080a
