package capture

// PPP's link types.
const (
	LinkPPP      LinkType = 9   // PPP, with or without HDLC framing
	LinkPPPHDLC  LinkType = 50  // PPP in HDLC-like framing
	LinkPPPEther LinkType = 51  // PPPoE session
	LinkPPPD     LinkType = 166 // PPP with the direction in place of the address
	LinkPPPDir   LinkType = 204 // PPP after a byte for the direction
)

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

// pppd reads a PPP frame that begins with its direction, 0 or 1, and the control
// byte.
func (d *Decoder) pppd(v view, s *Segment) Skip {
	if len(v.b) < 2 {
		return v.short(2, BadLink)
	}
	if v.b[0] <= 1 && v.b[1] == 0x03 {
		v = v.drop(2)
	}
	return d.ppp(v, s)
}

// pppDirection reads a PPP frame after a byte for its direction.
func (d *Decoder) pppDirection(v view, s *Segment) Skip {
	if len(v.b) < 1 {
		return v.short(1, BadLink)
	}
	return d.ppp(v.drop(1), s)
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
