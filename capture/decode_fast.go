package capture

import "encoding/binary"

// usual reads the frames that nearly all are in many captures: Ethernet with IPv4
// without options and TCP with timestamps alone. It is fast for them, and faster:
// b is the frame up to the end of the TCP header, so that nothing has to be
// checked but what is in it.
func usual(b *[66]byte, s *Segment) bool {
	le := binary.LittleEndian
	total := be16(b[16:18])
	if be16(b[12:14]) != etherIPv4 || b[14] != 0x45 || b[23] != protoTCP || be16(b[20:22])&0x3fff != 0 ||
		b[46]>>4 != 8 || be32(b[54:58]) != nopNopTimestamps || total < 52 {
		return false
	}
	le.PutUint64(s.Src[0:8], 0)
	le.PutUint64(s.Src[8:16], 0xffff_0000|uint64(le.Uint32(b[26:30]))<<32)
	le.PutUint64(s.Dst[0:8], 0)
	le.PutUint64(s.Dst[8:16], 0xffff_0000|uint64(le.Uint32(b[30:34]))<<32)
	s.SrcPort, s.DstPort = be16(b[34:36]), be16(b[36:38])
	s.Seq, s.Ack = be32(b[38:42]), be32(b[42:46])
	s.Len = uint32(total) - 52
	s.Window, s.Urgent = be16(b[48:50]), be16(b[52:54])
	s.Flags = Flags(be16(b[46:48]) & 0x1ff)
	s.MSS, s.WindowShift, s.HopLimit, s.IPID = 0, 0, b[22], be16(b[18:20])
	s.Options, s.SACKCount = HasTimestamps, 0
	s.TSVal, s.TSEcr = be32(b[58:62]), be32(b[62:66])
	s.SACK = [2]SACKBlock{}
	return true
}

// fast reads the frames that most captures consist of: TCP without options or
// with timestamps alone, in IPv4 without options or IPv6 without extension
// headers, neither fragmented nor of length 0. It reports false for all others,
// and where anything is odd; then s holds nothing of use. What it reads it reads
// as the slow path does, which a fuzz test holds it to.
//
// b is the IP header on. All offsets are constants, so that one bounds check a
// header is enough.
func fast(etherType uint16, b []byte, s *Segment) bool {
	le := binary.LittleEndian
	switch {
	case etherType == etherIPv4 && len(b) >= 40:
		h := (*[20]byte)(b)
		total := int(be16(h[2:4]))
		if h[0] != 0x45 || h[9] != protoTCP || be16(h[6:8])&0x3fff != 0 {
			return false
		}
		src, dst := le.Uint32(h[12:16]), le.Uint32(h[16:20])
		s.IPID, s.HopLimit = be16(h[4:6]), h[8]
		le.PutUint64(s.Src[0:8], 0)
		le.PutUint64(s.Src[8:16], 0xffff_0000|uint64(src)<<32)
		le.PutUint64(s.Dst[0:8], 0)
		le.PutUint64(s.Dst[8:16], 0xffff_0000|uint64(dst)<<32)
		return fastTCP(b[20:], total-20, s)
	case etherType == etherIPv6 && len(b) >= 60:
		h := (*[40]byte)(b)
		payload := int(be16(h[4:6]))
		if h[0]>>4 != 6 || h[6] != protoTCP {
			return false
		}
		s.IPID, s.HopLimit = 0, h[7]
		s.Src, s.Dst = Addr(h[8:24]), Addr(h[24:40])
		return fastTCP(b[40:], payload, s)
	}
	return false
}

// fastTCP is the TCP part of fast: length is that of header and payload on the
// wire, at most 0 if the IP header is odd. b has at least 20 bytes.
func fastTCP(b []byte, length int, s *Segment) bool {
	h := (*[20]byte)(b)
	word := be16(h[12:14])
	hlen := int(word >> 12 * 4)
	if hlen > length || hlen > len(b) || length > 0xffff {
		return false
	}
	s.TSVal, s.TSEcr, s.Options = 0, 0, 0
	switch {
	case hlen == 20:
	case hlen == 32 && len(b) >= 32:
		o := (*[12]byte)(b[20:])
		if be32(o[0:4]) != nopNopTimestamps {
			return false
		}
		s.TSVal, s.TSEcr, s.Options = be32(o[4:8]), be32(o[8:12]), HasTimestamps
	default:
		return false
	}
	s.SrcPort, s.DstPort = be16(h[0:2]), be16(h[2:4])
	s.Seq, s.Ack = be32(h[4:8]), be32(h[8:12])
	s.Flags = Flags(word & 0x1ff)
	s.Window, s.Urgent = be16(h[14:16]), be16(h[18:20])
	s.Len = uint32(length - hlen)
	s.MSS, s.WindowShift, s.SACKCount = 0, 0, 0
	s.SACK = [2]SACKBlock{}
	return true
}

// nopNopTimestamps is how nearly every host begins the timestamps option (RFC
// 7323, appendix A).
const nopNopTimestamps = 0x0101080a
