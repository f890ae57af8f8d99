package capture

// Well-known ports of UDP tunnels.
const (
	portL2TP     = 1701
	portGTPU     = 2152
	portTeredo   = 3544
	portVXLAN    = 4789
	portGeneve   = 6081
	portMPLS     = 6635
	portVXLANOld = 8472 // Linux's default, which predates the assignment
	portGREinUDP = 4754
	portCAPWAP   = 5247
	portVXLANGPE = 4790
)

// udp looks for a tunnel in a UDP datagram by its ports, as Wireshark does.
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
		return NotTCP // the guess by port was wrong, or the tunnel carries something else
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
	case portL2TP:
		return d.l2tp(v, s)
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
		if len(v.b) == 0 {
			return v.short(1, NotTCP)
		}
		size := int(v.b[0]) * 4
		if size == 0 {
			return NotTCP
		}
		if len(v.b) < size {
			return v.short(size, NotTCP)
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
