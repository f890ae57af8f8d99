package capture

import "encoding/binary"

// EtherTypes that lead to IP.
const (
	etherIPv4    = 0x0800
	etherARP     = 0x0806
	etherTEB     = 0x6558 // transparent Ethernet bridging
	etherVLAN    = 0x8100
	etherIPv6    = 0x86dd
	etherPPP     = 0x880b
	etherMPLS    = 0x8847
	etherMPLSMul = 0x8848
	etherPPPoE   = 0x8864
	etherQinQ    = 0x88a8
	etherQinQOld = 0x9100
	etherQinQAlt = 0x9200
)

// ethernet reads an Ethernet header and what follows it.
func (d *Decoder) ethernet(v view, s *Segment) Skip {
	if len(v.b) < 14 {
		return v.short(14, BadLink)
	}
	typ := be16(v.b[12:14])
	v = v.drop(14)
	switch typ {
	case etherIPv4:
		return d.ipv4(v, s)
	case etherIPv6:
		return d.ipv6(v, s)
	}
	return d.etherPayload(typ, v, s)
}

// etherPayload reads what follows an EtherType or length field.
func (d *Decoder) etherPayload(typ uint16, v view, s *Segment) Skip {
	for {
		if d.layers++; d.layers > maxLayers {
			return TooDeep
		}
		switch typ {
		case etherIPv4:
			return d.ipv4(v, s)
		case etherIPv6:
			return d.ipv6(v, s)
		case etherMPLS, etherMPLSMul:
			return d.mpls(v, s)
		case etherPPPoE:
			return d.pppoe(v, s)
		case etherPPP:
			return d.ppp(v, s)
		case etherTEB:
			return d.ethernet(v, s)
		case etherVLAN, etherQinQ, etherQinQOld, etherQinQAlt:
			if len(v.b) < 4 {
				return v.short(4, BadLink)
			}
			typ, v = be16(v.b[2:4]), v.drop(4)
			continue
		}
		if typ <= 1500 { // IEEE 802.3: a length
			return d.llc(v.limit(min(int(typ), v.wire)), s)
		}
		return NotIP
	}
}

// llc reads an IEEE 802.2 header: SNAP (RFC 1042), or IP's own SAP.
func (d *Decoder) llc(v view, s *Segment) Skip {
	if len(v.b) < 3 {
		return v.short(3, NotIP)
	}
	switch {
	case v.b[0] == 0x06 && v.b[2] == 0x03:
		return d.ip(v.drop(3), s)
	case v.b[0] != 0xaa || v.b[2] != 0x03:
		return NotIP
	case len(v.b) < 8:
		return v.short(8, NotIP)
	}
	oui, typ := be32(v.b[2:6])&0xffffff, be16(v.b[6:8])
	if oui != 0 && oui != 0xf8 || typ <= 1500 { // 0xf8: Cisco's and IEEE 802.1H's bridges
		return NotIP
	}
	return d.etherPayload(typ, v.drop(8), s)
}

// otherLink reads the link types off the fast path.
func (d *Decoder) otherLink(lt LinkType, v view, s *Segment) Skip {
	switch lt {
	case LinkSLL2:
		if len(v.b) < 20 {
			return v.short(20, BadLink)
		}
		return d.etherPayload(be16(v.b[0:2]), v.drop(20), s)
	case LinkSLL:
		if len(v.b) < 16 {
			return v.short(16, BadLink)
		}
		return d.etherPayload(be16(v.b[14:16]), v.drop(16), s)
	case LinkNull, LinkLoop:
		return d.loopback(v, s)
	case LinkPPP, LinkPPPHDLC:
		return d.ppp(v, s)
	case LinkPPPEther:
		return d.pppoe(v, s)
	case LinkCHDLC:
		if len(v.b) < 4 {
			return v.short(4, BadLink)
		}
		return d.etherPayload(be16(v.b[2:4]), v.drop(4), s)
	case LinkFDDI:
		if len(v.b) < 13 {
			return v.short(13, BadLink)
		}
		return d.llc(v.drop(13), s)
	case LinkWLAN:
		return d.wlan(v, s)
	case LinkRadiotap:
		return d.radiotap(v, s)
	case LinkNFLog:
		return d.nflog(v, s)
	}
	return UnknownLinkType
}

// loopback reads the 4-byte address family of BSD's loopback, in either byte
// order: the file does not always come from a host of its own order.
func (d *Decoder) loopback(v view, s *Segment) Skip {
	if len(v.b) < 4 {
		return v.short(4, BadLink)
	}
	family := be32(v.b)
	if family > 0xffff {
		family = binary.LittleEndian.Uint32(v.b)
	}
	switch family {
	case 2: // AF_INET
		return d.ipv4(v.drop(4), s)
	case 10, 24, 28, 30: // AF_INET6 of Linux, NetBSD, FreeBSD, Darwin
		return d.ipv6(v.drop(4), s)
	}
	return NotIP
}

// nflog reads Linux netfilter log messages: a header and attributes, of which
// one is the packet. Attributes are in the order of the writing host; a length
// that is too large in one order is tried in the other.
func (d *Decoder) nflog(v view, s *Segment) Skip {
	if len(v.b) < 4 {
		return v.short(4, BadLink)
	}
	const payload = 9 // NFULA_PAYLOAD
	for v = v.drop(4); len(v.b) >= 4; {
		size, typ := int(binary.LittleEndian.Uint16(v.b)), binary.LittleEndian.Uint16(v.b[2:])
		if size > v.wire {
			size, typ = int(be16(v.b)), be16(v.b[2:])
		}
		if size < 4 {
			return BadLink
		}
		if typ&0x7fff == payload {
			v = v.limit(min(size, v.wire)).drop(4)
			if len(v.b) > 0 && v.b[0]>>4 != 4 && v.b[0]>>4 != 6 {
				return NotIP // a bridge logs ARP too
			}
			return d.ip(v, s)
		}
		size = (size + 3) &^ 3
		if size > len(v.b) {
			return v.short(size, BadLink)
		}
		v = v.drop(size)
	}
	return v.short(4, NotIP)
}
