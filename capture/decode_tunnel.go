package capture

// mpls reads an MPLS label stack (RFC 3032). What it carries is not said: IP
// shows by its version, an Ethernet pseudowire by its control word (RFC 4448).
func (d *Decoder) mpls(v view, s *Segment) Skip {
	for bottom := false; !bottom; {
		if len(v.b) < 4 {
			return v.short(4, BadLink)
		}
		bottom = v.b[2]&1 != 0
		v = v.drop(4)
	}
	if len(v.b) == 0 {
		return v.short(1, NotIP)
	}
	switch v.b[0] >> 4 {
	case 4, 6:
		return d.nested(v, s)
	case 0:
		if len(v.b) < 4 {
			return v.short(4, NotIP)
		}
		return d.nestedEthernet(v.drop(4), s)
	}
	return NotIP
}

// nested reads an IP header inside another header.
func (d *Decoder) nested(v view, s *Segment) Skip {
	if d.layers++; d.layers > maxLayers {
		return TooDeep
	}
	return d.ip(v, s)
}

// nestedEthernet reads an Ethernet header inside another header.
func (d *Decoder) nestedEthernet(v view, s *Segment) Skip {
	if d.layers++; d.layers > maxLayers {
		return TooDeep
	}
	return d.ethernet(v, s)
}

// pppoe reads a PPPoE session header (RFC 2516 4).
func (d *Decoder) pppoe(v view, s *Segment) Skip {
	if len(v.b) < 6 {
		return v.short(6, BadLink)
	}
	if v.b[0] != 0x11 || v.b[1] != 0 {
		return NotIP
	}
	length := int(be16(v.b[4:]))
	v = v.drop(6)
	return d.ppp(v.limit(min(length, v.wire)), s)
}

// ppp reads a PPP header (RFC 1661 2, RFC 1662 3): address and control may be
// missing, and the protocol may be one byte.
func (d *Decoder) ppp(v view, s *Segment) Skip {
	if len(v.b) >= 2 && v.b[0] == 0xff && v.b[1] == 0x03 {
		v = v.drop(2)
	}
	if len(v.b) == 0 {
		return v.short(1, BadLink)
	}
	proto, size := uint16(v.b[0]), 1
	if proto&1 == 0 {
		if len(v.b) < 2 {
			return v.short(2, BadLink)
		}
		proto, size = be16(v.b), 2
	}
	v = v.drop(size)
	switch proto {
	case 0x0021, 0x0057:
		return d.nested(v, s)
	case 0x0281, 0x0283:
		return d.mpls(v, s)
	}
	return NotIP
}

// gre reads a GRE header (RFC 2784, RFC 2890; version 1: RFC 2637 4.1).
func (d *Decoder) gre(v view, s *Segment) Skip {
	if len(v.b) < 4 {
		return v.short(4, BadLink)
	}
	flags, typ := be16(v.b), be16(v.b[2:])
	size := 4
	if flags&7 == 1 {
		size += 4 // payload length and call ID
		if flags&0x0080 != 0 {
			size += 4 // acknowledgment number
		}
	} else {
		if flags&0xc000 != 0 {
			size += 4 // checksum and offset
		}
		if flags&0x2000 != 0 {
			size += 4 // key
		}
	}
	sequence := flags&0x1000 != 0
	if sequence {
		size += 4
	}
	switch typ {
	case 0x88be: // ERSPAN type I has no header and no sequence number; type II has 8 bytes
		if sequence {
			size += 8
		}
		typ = etherTEB
	case 0x22eb: // ERSPAN type III; its last bit announces 8 more bytes
		size += 12
		if len(v.b) >= size && v.b[size-1]&1 != 0 {
			size += 8
		}
		typ = etherTEB
	}
	if flags&0x4000 != 0 && flags&7 == 0 { // source routing (RFC 1701): given up by RFC 2784
		return NotIP
	}
	if len(v.b) < size {
		return v.short(size, BadLink)
	}
	if typ <= 1500 {
		return NotIP
	}
	return d.etherPayload(typ, v.drop(size), s)
}

// Ports by which UDP tunnels are known.
const (
	portGTPU     = 2152
	portTeredo   = 3544
	portVXLAN    = 4789
	portGeneve   = 6081
	portMPLS     = 6635
	portVXLANOld = 8472 // Linux' default before the assignment
	portGREinUDP = 4754
	portCAPWAP   = 5247
	portVXLANGPE = 4790
)

// udp looks for a tunnel in a UDP datagram, by port, as Wireshark does.
func (d *Decoder) udp(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return NotTCP
	}
	src, dst, length := be16(v.b), be16(v.b[2:]), int(be16(v.b[4:]))
	v = v.drop(8)
	if length >= 8 {
		v = v.limit(min(length-8, v.wire))
	}
	skip := d.udpTunnel(dst, v, s)
	if skip == NotTCP && src != dst {
		skip = d.udpTunnel(src, v, s)
	}
	if skip == NotIP || skip == BadLink || skip == BadIP {
		return NotTCP // a guess by port was wrong, or the tunnel carries something else
	}
	return skip
}

// udpTunnel reads the payload of a UDP datagram to or from port.
func (d *Decoder) udpTunnel(port uint16, v view, s *Segment) Skip {
	switch port {
	case portVXLAN, portVXLANOld:
		return d.vxlan(v, s)
	case portVXLANGPE:
		return d.vxlanGPE(v, s)
	case portGeneve:
		return d.geneve(v, s)
	case portGTPU:
		return d.gtpu(v, s)
	case portTeredo:
		return d.teredo(v, s)
	case portMPLS:
		return d.mpls(v, s)
	case portGREinUDP:
		return d.gre(v, s)
	case portCAPWAP:
		return d.capwap(v, s)
	}
	return NotTCP
}

// vxlan reads a VXLAN header (RFC 7348 5).
func (d *Decoder) vxlan(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return v.short(8, NotTCP)
	}
	return d.nestedEthernet(v.drop(8), s)
}

// vxlanGPE reads a VXLAN-GPE header (draft-ietf-nvo3-vxlan-gpe 3).
func (d *Decoder) vxlanGPE(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return v.short(8, NotTCP)
	}
	switch v.b[3] {
	case 1, 2:
		return d.nested(v.drop(8), s)
	case 3:
		return d.nestedEthernet(v.drop(8), s)
	}
	return NotTCP
}

// geneve reads a Geneve header (RFC 8926 3.4).
func (d *Decoder) geneve(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return v.short(8, NotTCP)
	}
	size := 8 + int(v.b[0]&0x3f)*4
	if v.b[0]>>6 != 0 {
		return NotTCP
	}
	if len(v.b) < size {
		return v.short(size, NotTCP)
	}
	return d.etherPayload(be16(v.b[2:]), v.drop(size), s)
}

// gtpu reads a GTP-U header and its extension headers (3GPP TS 29.281 5.1, 5.2).
func (d *Decoder) gtpu(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return v.short(8, NotTCP)
	}
	const gPDU = 255
	if v.b[0]>>5 != 1 || v.b[0]&0x10 == 0 || v.b[1] != gPDU {
		return NotTCP
	}
	flags := v.b[0]
	v = v.limit(min(int(be16(v.b[2:]))+8, v.wire)).drop(8)
	if flags&7 == 0 {
		return d.nested(v, s)
	}
	if len(v.b) < 4 {
		return v.short(4, NotTCP)
	}
	next := v.b[3]
	if flags&4 == 0 {
		next = 0
	}
	for v = v.drop(4); next != 0; {
		if len(v.b) == 0 || int(v.b[0])*4 > len(v.b) {
			return v.short(max(len(v.b)+1, 1), NotTCP)
		}
		size := int(v.b[0]) * 4
		if size == 0 {
			return NotTCP
		}
		next, v = v.b[size-1], v.drop(size)
	}
	return d.nested(v, s)
}

// teredo reads the indications before a tunnelled IPv6 header (RFC 4380 5.1.1).
func (d *Decoder) teredo(v view, s *Segment) Skip {
	if len(v.b) >= 4 && v.b[0] == 0 && v.b[1] == 1 { // authentication
		size := 13 + int(v.b[2]) + int(v.b[3])
		if len(v.b) < size {
			return v.short(size, NotTCP)
		}
		v = v.drop(size)
	}
	if len(v.b) >= 8 && v.b[0] == 0 && v.b[1] == 0 { // origin
		v = v.drop(8)
	}
	if len(v.b) == 0 || v.b[0]>>4 != 6 {
		return v.short(1, NotTCP)
	}
	return d.nested(v, s)
}

// icmp reads the header quoted in an ICMP error (RFC 792). Redirects are left
// out, as Wireshark gives them no stream.
func (d *Decoder) icmp(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return NotTCP
	}
	switch v.b[0] {
	case 3, 4, 11, 12: // unreachable, source quench, time exceeded, parameter problem
		return d.quoted(v.drop(8), s)
	}
	return NotTCP
}

// icmpv6 reads the header quoted in an ICMPv6 error (RFC 4443 3): types 1 to 4.
func (d *Decoder) icmpv6(v view, s *Segment) Skip {
	if len(v.b) < 8 || v.b[0] == 0 || v.b[0] > 4 {
		return NotTCP
	}
	return d.quoted(v.drop(8), s)
}

// quoted reads the beginning of a datagram that an error message quotes. If no
// TCP header can be had from it, the frame is just an ICMP message.
func (d *Decoder) quoted(v view, s *Segment) Skip {
	if d.nested(v, s) != Kept {
		return NotTCP
	}
	s.Flags |= Quoted
	return Kept
}
