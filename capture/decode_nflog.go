package capture

import "encoding/binary"

// LinkNFLog is the Linux netfilter log.
const LinkNFLog LinkType = 239

// nflog reads a Linux netfilter log message: a header and attributes, one of
// which is the packet. Attributes are in the writer's byte order; a length that is
// too large in one order is read in the other.
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
