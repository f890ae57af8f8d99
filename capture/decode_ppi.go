package capture

import "encoding/binary"

// LinkPPI is the per-packet information header of CACE, most often before an
// 802.11 frame.
const LinkPPI LinkType = 192

// ppi reads a per-packet information header, which gives the link type of what
// follows it.
func (d *Decoder) ppi(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return v.short(8, BadLink)
	}
	size, link := int(le16(v.b[2:])), binary.LittleEndian.Uint32(v.b[4:])
	if size < 8 {
		return BadLink
	}
	if len(v.b) < size {
		return v.short(size, BadLink)
	}
	v = v.drop(size)
	switch LinkType(link) {
	case LinkWLAN:
		return d.wlan(v, s)
	case LinkEthernet:
		return d.ethernet(v, s)
	case LinkRaw:
		return d.ip(v, s)
	}
	return UnknownLinkType
}
