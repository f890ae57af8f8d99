package capture

import "encoding/binary"

// Wireless LANs.
const (
	LinkWLAN     LinkType = 105 // IEEE 802.11
	LinkRadiotap LinkType = 127 // radiotap and IEEE 802.11
)

// radiotap reads a radiotap header, which precedes an 802.11 frame.
func (d *Decoder) radiotap(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return v.short(8, BadLink)
	}
	size := int(binary.LittleEndian.Uint16(v.b[2:]))
	if size < 8 {
		return BadLink
	}
	if len(v.b) < size {
		return v.short(size, BadLink)
	}
	return d.wlan(v.drop(size), s)
}

// wlan reads an unencrypted IEEE 802.11 data frame. It skips aggregated frames
// (A-MSDU).
func (d *Decoder) wlan(v view, s *Segment) Skip {
	if len(v.b) < 2 {
		return v.short(2, BadLink)
	}
	control, flags := v.b[0], v.b[1]
	if control&0x0f != 8 { // some access points swap the two bytes in CAPWAP
		control, flags = flags, control
	}
	const (
		version0Data = 0x08
		noData       = 0x40
		qos          = 0x80
		protected    = 0x40
		order        = 0x80
	)
	if control&0x0f != version0Data || control&noData != 0 || flags&protected != 0 {
		return NotIP
	}
	size := 24
	if flags&3 == 3 { // to and from a distribution system: a fourth address
		size += 6
	}
	if control&qos != 0 {
		if size += 2; len(v.b) >= size && v.b[size-2]&0x80 != 0 {
			return NotIP
		}
		if flags&order != 0 {
			size += 4
		}
	}
	if len(v.b) < size {
		return v.short(size, BadLink)
	}
	return d.llc(v.drop(size), s)
}

// capwap reads a CAPWAP data header (RFC 5415 4.3), unencrypted and unfragmented.
func (d *Decoder) capwap(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return v.short(8, NotTCP)
	}
	const (
		native   = 0x01 // in byte 2: 802.11, not 802.3
		fragment = 0x80 // in byte 3
	)
	size := int(v.b[1]>>3) * 4
	if v.b[0] != 0 || v.b[3]&fragment != 0 || size < 8 {
		return NotTCP
	}
	if len(v.b) < size {
		return v.short(size, NotTCP)
	}
	if v.b[2]&native != 0 {
		return d.wlan(v.drop(size), s)
	}
	return d.nestedEthernet(v.drop(size), s)
}
