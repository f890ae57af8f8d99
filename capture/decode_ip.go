package capture

import "encoding/binary"

// IP without a link-layer header.
const (
	linkRawBSD     LinkType = 12  // RAW where DLT_RAW is 12
	linkRawOpenBSD LinkType = 14  // RAW where DLT_RAW is 14
	LinkRaw        LinkType = 101 // IPv4 or IPv6, distinguished by the version
	LinkIPv4       LinkType = 228 // IPv4
	LinkIPv6       LinkType = 229 // IPv6
)

// IP protocol numbers that lead to TCP.
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoIPv4     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAH       = 51
	protoICMPv6   = 58
	protoDestOpts = 60
	protoMobility = 135
	protoHIP      = 139
	protoShim6    = 140
	protoEtherIP  = 97
	protoMPLS     = 137
)

// ipv4 reads an IPv4 header (RFC 791 3.1) and what follows it.
func (d *Decoder) ipv4(v view, s *Segment) Skip {
	if len(v.b) < 20 {
		return v.short(20, BadIP)
	}
	b := v.b[:20]
	hlen := int(b[0]&15) * 4
	total := int(be16(b[2:]))
	if b[0]>>4 != 4 || hlen < 20 {
		return BadIP
	}
	if total == 0 { // segmentation offload, BIG TCP
		total = v.wire
		d.c.Noted[LengthFromWire]++
	}
	if total < hlen {
		return BadIP
	}
	if len(v.b) < hlen {
		return v.short(hlen, BadIP)
	}
	frag := be16(b[6:])
	if frag&0x1fff != 0 {
		return LaterFragment
	}
	s.IPID = be16(b[4:])
	s.HopLimit = b[8]
	s.Flags = Flags(frag & 0x2000) // more fragments: Fragmented has the same bit
	setAddr4(&s.Src, b[12:16])
	setAddr4(&s.Dst, b[16:20])
	if hlen > 20 {
		if dst := sourceRouteEnd(v.b[20:hlen]); dst != nil {
			setAddr4(&s.Dst, dst)
		}
	}
	v = v.limit(total).drop(hlen)
	if b[9] == protoTCP {
		return tcp(v, s)
	}
	return d.transport(b[9], v, s)
}

// Fragmented must be the more-fragments bit: ipv4 relies on it.
var _ = [1]struct{}{}[Fragmented-0x2000]

// setAddr4 stores the IPv4 address b in a.
func setAddr4(a *Addr, b []byte) {
	le := binary.LittleEndian
	le.PutUint64(a[0:], 0)
	le.PutUint64(a[8:], 0xffff_0000|uint64(le.Uint32(b))<<32)
}

// sourceRouteEnd returns the last hop of a source route that is still under way
// (RFC 791 3.1, options 131 and 137): the true destination. Else nil.
func sourceRouteEnd(opts []byte) []byte {
	for len(opts) >= 2 && opts[0] != 0 {
		if opts[0] == 1 {
			opts = opts[1:]
			continue
		}
		n := int(opts[1])
		if n < 2 || n > len(opts) {
			return nil
		}
		if (opts[0] == 131 || opts[0] == 137) && n >= 7 && int(opts[2]) < n {
			end := 3 + (n-3)/4*4
			return opts[end-4 : end]
		}
		opts = opts[n:]
	}
	return nil
}

// ipv6 reads an IPv6 header (RFC 8200 3) and what follows it.
func (d *Decoder) ipv6(v view, s *Segment) Skip {
	if len(v.b) < 40 {
		return v.short(40, BadIP)
	}
	b := v.b[:40]
	if b[0]>>4 != 6 {
		return BadIP
	}
	s.IPID = 0
	s.HopLimit = b[7]
	s.Flags = 0
	s.Src, s.Dst = Addr(b[8:24]), Addr(b[24:40])
	next, payload := b[6], int(be16(b[4:]))
	rest := v.drop(40)
	if payload != 0 {
		rest = rest.limit(payload)
	} else if n, ok := jumboLength(next, rest.b); ok {
		rest = rest.limit(n)
	} else if rest.wire > 0 {
		d.c.Noted[LengthFromWire]++
	}
	if next == protoTCP {
		return tcp(rest, s)
	}
	return d.extensions(next, rest, s)
}

// jumboLength returns the length in a jumbo payload option (RFC 2675 2) at the
// place where Linux's BIG TCP puts it: first in a hop-by-hop header.
func jumboLength(next byte, b []byte) (int, bool) {
	if next != protoHopByHop || len(b) < 8 || b[2] != 0xc2 || b[3] != 4 {
		return 0, false
	}
	return int(be32(b[4:]) & 0x7fffffff), true
}

// extensions walks the IPv6 extension headers (RFC 8200 4).
func (d *Decoder) extensions(next byte, v view, s *Segment) Skip {
	for range maxLayers {
		var size int
		switch next {
		case protoHopByHop, protoRouting, protoDestOpts, protoMobility, protoHIP, protoShim6, protoFragment, protoAH:
			if len(v.b) < 8 {
				return v.short(8, BadIP)
			}
			size = extensionSize(next, v.b[1])
		default:
			return d.transport(next, v, s)
		}
		if len(v.b) < size {
			return v.short(size, BadIP)
		}
		switch next {
		case protoFragment:
			frag := be16(v.b[2:])
			if frag&0xfff8 != 0 {
				return LaterFragment
			}
			if frag&1 != 0 {
				s.Flags |= Fragmented
			}
		case protoRouting:
			if dst := routingEnd(v.b[:size]); dst != nil {
				s.Dst = Addr(dst)
			}
		}
		next, v = v.b[0], v.drop(size)
	}
	return TooDeep
}

// extensionSize returns the bytes that an extension header takes, given its
// length field.
func extensionSize(header, length byte) int {
	switch header {
	case protoFragment:
		return 8
	case protoAH: // RFC 4302 2.2
		return (int(length) + 2) * 4
	}
	return (int(length) + 1) * 8
}

// routingEnd returns the final destination of a routing header that is still
// under way (RFC 8200 4.4, types 0 and 2; RFC 8754 2, type 4). Else nil.
func routingEnd(b []byte) []byte {
	if b[3] == 0 || len(b) < 24 {
		return nil
	}
	switch b[2] {
	case 0, 2:
		return b[len(b)-16:]
	case 4:
		return b[8:24]
	}
	return nil
}

// transport reads what an IP header carries, other than TCP on the fast path.
func (d *Decoder) transport(proto byte, v view, s *Segment) Skip {
	if d.layers++; d.layers > maxLayers {
		return TooDeep
	}
	switch proto {
	case protoTCP:
		return tcp(v, s)
	case protoIPv4:
		return d.ipv4(v, s)
	case protoIPv6:
		return d.ipv6(v, s)
	case protoICMP:
		return d.icmp(v, s)
	case protoICMPv6:
		return d.icmpv6(v, s)
	case protoAH: // under IPv4; under IPv6 it is an extension header
		return d.extensions(proto, v, s)
	case protoUDP:
		return d.udp(v, s)
	case protoGRE:
		return d.gre(v, s)
	case protoMPLS:
		return d.mpls(v, s)
	case protoEtherIP: // RFC 3378
		if len(v.b) < 2 {
			return v.short(2, BadLink)
		}
		return d.ethernet(v.drop(2), s)
	}
	return NotTCP
}
