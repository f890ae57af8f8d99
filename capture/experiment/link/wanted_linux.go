package link

import "bytes"

// etherHeader is the length of an Ethernet header, and the offset of the IP header.
const etherHeader = 14

// wanted are the addresses of the packets that the link carries in one direction, as
// they stand in the IP headers: source, then destination.
type wanted struct{ ip4, ip6 []byte }

func newWanted(from, to *Host) wanted {
	return wanted{
		ip4: append(from.Addr4.AsSlice(), to.Addr4.AsSlice()...),
		ip6: append(from.Addr6.AsSlice(), to.Addr6.AsSlice()...),
	}
}

// wants reports whether a frame holds an IP packet from the one host's address to the
// other's.
func (w *wanted) wants(frame []byte) bool {
	ip := frame[min(etherHeader, len(frame)):]
	switch {
	case len(ip) >= 20 && ip[0]>>4 == 4:
		return bytes.Equal(ip[12:20], w.ip4)
	case len(ip) >= 40 && ip[0]>>4 == 6:
		return bytes.Equal(ip[8:40], w.ip6)
	}
	return false
}
