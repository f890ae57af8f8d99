package capture

// LinkEthernet is Ethernet, with 802.1Q and 802.1ad tags.
const LinkEthernet LinkType = 1

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
	etherISID    = 0x88e7 // IEEE 802.1ah: a service tag and an Ethernet frame
	etherCMD     = 0x8909 // Cisco metadata: TrustSec's security group tag
	etherVNTag   = 0x8926
	etherHSR     = 0x892f // IEC 62439-3
	etherETag    = 0x893f // IEEE 802.1BR
	etherRTag    = 0xf1c1 // IEEE 802.1CB
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
		case etherISID:
			if len(v.b) < 4 {
				return v.short(4, BadLink)
			}
			return d.ethernet(v.drop(4), s)
		}
		if n := tagSize(typ); n > 0 {
			if len(v.b) < n {
				return v.short(n, BadLink)
			}
			typ, v = be16(v.b[n-2:]), v.drop(n)
			continue
		}
		if typ <= 1500 { // IEEE 802.3: a length
			return d.llc(v.limit(min(int(typ), v.wire)), s)
		}
		return NotIP
	}
}

// tagSize returns the size of the tag that an EtherType announces, with the
// EtherType at its end; or 0 if it announces something else.
func tagSize(typ uint16) int {
	switch typ {
	case etherVLAN, etherQinQ, etherQinQOld, etherQinQAlt:
		return 4
	case etherVNTag, etherHSR, etherRTag:
		return 6
	case etherCMD, etherETag:
		return 8
	}
	return 0
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
