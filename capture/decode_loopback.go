package capture

import "encoding/binary"

// BSD's loopback interfaces.
const (
	LinkNull LinkType = 0   // BSD loopback, host byte order
	LinkLoop LinkType = 108 // OpenBSD loopback, network byte order
)

// loopback reads the 4-byte address family of BSD's loopback in either byte order:
// the file may come from a host with a different byte order.
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
