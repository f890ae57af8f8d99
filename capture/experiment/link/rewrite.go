package link

import "encoding/binary"

// tcpOptions are the options that a link can strip, by their kind (IANA, TCP Option
// Kind Numbers).
var tcpOptions = []struct {
	name string
	kind byte
}{{"mss", 2}, {"wscale", 3}, {"sack", 4}, {"timestamps", 8}, {"fastopen", 34}}

// Option kinds that consist of one byte (RFC 9293 3.1).
const (
	optionEnd  = 0
	optionNoOp = 1
)

// A stripper overwrites TCP options of SYN and SYN-ACK with no-operations, as
// middleboxes do: the packet keeps its length.
type stripper [256]bool

func newStripper(names []string) *stripper {
	if len(names) == 0 {
		return nil
	}
	var s stripper
	for _, name := range names {
		for _, o := range tcpOptions {
			s[o.kind] = s[o.kind] || o.name == name
		}
	}
	return &s
}

// strip rewrites an IP packet and reports whether it changed anything. Packets of other
// protocols, fragments and IPv6 packets with extension headers stay as they are: hosts
// send no such SYN.
func (s *stripper) strip(ip []byte) (changed bool) {
	tcp := tcpHeader(ip)
	const syn = 0x02
	if tcp == nil || tcp[13]&syn == 0 {
		return false
	}
	for at := 20; at < len(tcp) && tcp[at] != optionEnd; {
		if tcp[at] == optionNoOp {
			at++
			continue
		}
		if at+1 == len(tcp) || tcp[at+1] < 2 || at+int(tcp[at+1]) > len(tcp) {
			break
		}
		end := at + int(tcp[at+1])
		if s[tcp[at]] {
			for ; at < end; at++ {
				replace(tcp, at, optionNoOp)
			}
			changed = true
		}
		at = end
	}
	return changed
}

// replace changes a byte of a TCP header and corrects the checksum for it (RFC 1624 3):
// a wrong checksum stays wrong.
func replace(tcp []byte, at int, with byte) {
	word := tcp[at&^1 : at&^1+2]
	old := binary.BigEndian.Uint16(word)
	tcp[at] = with
	sum := uint32(^binary.BigEndian.Uint16(tcp[16:])) + uint32(^old) + uint32(binary.BigEndian.Uint16(word))
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(tcp[16:], ^uint16(sum))
}

// tcpHeader returns the TCP header with its options, nil if the packet has none.
func tcpHeader(ip []byte) []byte {
	const protocolTCP = 6
	var tcp []byte
	switch {
	case len(ip) >= 20 && ip[0]>>4 == 4:
		offset := binary.BigEndian.Uint16(ip[6:]) & 0x1fff
		if n := int(ip[0]&15) * 4; ip[9] == protocolTCP && offset == 0 && n <= len(ip) {
			tcp = ip[n:]
		}
	case len(ip) >= 40 && ip[0]>>4 == 6 && ip[6] == protocolTCP:
		tcp = ip[40:]
	}
	if len(tcp) < 20 {
		return nil
	}
	n := int(tcp[12]>>4) * 4
	if n < 20 || n > len(tcp) {
		return nil
	}
	return tcp[:n]
}
