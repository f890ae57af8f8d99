package capture

// fast reads the frames that most captures consist of: TCP in IPv4 without
// options or in IPv6 without extension headers, neither fragmented nor of
// length 0. It reports false for all others and for anything odd, and leaves s
// undefined. Where it reports true it has read what the slow path would have
// read; a fuzz test compares the two.
//
// b starts at the IP header. All offsets are constants, so that one bounds check
// per header is enough.
func fast(etherType uint16, b []byte, s *Segment) bool {
	var v view
	switch {
	case etherType == etherIPv4 && len(b) >= 40:
		h := (*[20]byte)(b)
		total := int(be16(h[2:4]))
		if h[0] != 0x45 || h[9] != protoTCP || be16(h[6:8])&0x3fff != 0 || total < 40 {
			return false
		}
		s.IPID, s.HopLimit = be16(h[4:6]), h[8]
		setAddr4(&s.Src, h[12:16])
		setAddr4(&s.Dst, h[16:20])
		v = view{b[20:min(total, len(b))], total - 20}
	case etherType == etherIPv6 && len(b) >= 60:
		h := (*[40]byte)(b)
		payload := int(be16(h[4:6]))
		if h[0]>>4 != 6 || h[6] != protoTCP || payload < 20 {
			return false
		}
		s.IPID, s.HopLimit = 0, h[7]
		s.Src, s.Dst = Addr(h[8:24]), Addr(h[24:40])
		v = view{b[40:min(40+payload, len(b))], payload}
	default:
		return false
	}
	s.Flags = 0
	return tcp(v, s) == Kept && s.Options < OptionsCut && s.Flags < Quoted
}
