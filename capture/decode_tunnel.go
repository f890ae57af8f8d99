package capture

// mpls reads an MPLS label stack (RFC 3032). It does not identify its payload: IP
// is recognized by its version, an Ethernet pseudowire by its control word
// (RFC 4448).
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
	if flags&0x4000 != 0 && flags&7 == 0 { // source routing (RFC 1701), dropped in RFC 2784
		return NotIP
	}
	if len(v.b) < size {
		return v.short(size, BadLink)
	}
	v = v.drop(size)
	switch {
	case typ <= 1500:
		return NotIP
	case typ >= 0x8200 && typ <= 0x8370 && typ&0xf == 0: // between Aruba's access points and controllers
		return d.wlan(v, s)
	case typ == 0x883e: // WCCP; version 2 has a header of 4 bytes
		if len(v.b) >= 4 && v.b[0]>>4 != 4 {
			v = v.drop(4)
		}
		return d.nested(v, s)
	}
	return d.etherPayload(typ, v, s)
}
