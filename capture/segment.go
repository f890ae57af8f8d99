package capture

import (
	"fmt"
	"net/netip"
	"strings"
)

// Segment is one TCP segment as it was on the wire: the only record that leaves
// this package. It is flat (no slices, no pointers), so copies can be kept
// indefinitely, and it is at most two cache lines long.
//
// Numbers are as the sender wrote them: nothing is scaled, made relative or
// guessed. Options distinguishes what was not captured from what the segment did
// not carry.
type Segment struct {
	// Frame is the number of the frame in the capture. Like Wireshark's
	// frame.number it starts at 1 and counts all frames, not only TCP.
	Frame uint64
	// Time is the capture time in nanoseconds since the Unix epoch. It need not
	// be monotonic.
	Time int64

	// Src and Dst are the addresses; IPv4 addresses are v4-mapped.
	Src, Dst Addr

	SrcPort, DstPort uint16

	// Seq, Ack and Window are the raw fields (RFC 9293 3.1).
	Seq, Ack uint32
	// Len is the number of payload bytes on the wire: from the IP header, or
	// from the wire length where the header says 0 (segmentation offload, BIG
	// TCP). It never depends on how many bytes were captured.
	Len    uint32
	Window uint16
	// Urgent is the urgent pointer, meaningful only with URG set.
	Urgent uint16
	Flags  Flags

	// MSS (RFC 9293 3.7.1) and WindowShift (RFC 7323 2.2, as announced: it can
	// be over 14) are valid if Options says so.
	MSS         uint16
	WindowShift uint8

	// HopLimit is the TTL or hop limit, and IPID the IPv4 identification (0 for
	// IPv6): together with Seq, Ack and Time they distinguish a duplicate packet
	// from a retransmission.
	HopLimit uint8
	IPID     uint16

	Options Options
	// SACKCount is the number of valid entries in SACK.
	SACKCount uint8

	// TSVal and TSEcr are the timestamps option (RFC 7323 3.2).
	TSVal, TSEcr uint32
	// SACK holds the first two selective-acknowledgment blocks (RFC 2018): a
	// D-SACK (RFC 2883) is always in the first, compared with the second.
	SACK [2]SACKBlock
}

// SACKBlock is one block of a SACK option: [Left, Right) in sequence numbers.
type SACKBlock struct{ Left, Right uint32 }

// Addr is an IPv6 or v4-mapped IPv4 address. Unlike netip.Addr it holds no
// pointer, so large tables of addresses cost the garbage collector nothing.
type Addr [16]byte

// AddrFrom4 returns the v4-mapped form of an IPv4 address.
func AddrFrom4(b [4]byte) Addr {
	return Addr{10: 0xff, 11: 0xff, 12: b[0], 13: b[1], 14: b[2], 15: b[3]}
}

// Netip returns the address as a netip.Addr, IPv4 where it is v4-mapped.
func (a Addr) Netip() netip.Addr { return netip.AddrFrom16(a).Unmap() }

// String returns the address as netip.Addr prints it.
func (a Addr) String() string { return a.Netip().String() }

// SrcEndpoint returns the source address and port.
func (s *Segment) SrcEndpoint() netip.AddrPort { return netip.AddrPortFrom(s.Src.Netip(), s.SrcPort) }

// DstEndpoint returns the destination address and port.
func (s *Segment) DstEndpoint() netip.AddrPort { return netip.AddrPortFrom(s.Dst.Netip(), s.DstPort) }

// Flags are the control bits of the TCP header in wire order (RFC 9293 3.1, RFC
// 3168, RFC 9768), followed by the decoder's own flags for the segment as a whole.
type Flags uint16

// The control bits.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE

	// Quoted marks a TCP header quoted in an ICMP error message. It is not
	// traffic; it is passed on because Wireshark numbers its stream.
	Quoted Flags = 1 << 12
	// Fragmented marks the first fragment of an IP datagram: Len covers this
	// fragment only.
	Fragmented Flags = 1 << 13
	// BadHeader marks a TCP header whose length field is impossible: below 20
	// bytes, or beyond the end of the datagram. No host accepts such a segment; it
	// is passed on because Wireshark numbers its stream. Len and Options are 0.
	BadHeader Flags = 1 << 14
	// SeqInferred: the input does not carry the sequence number (tcpdump prints
	// none for an empty segment); Seq is the sender's SND.NXT.
	SeqInferred Flags = 1 << 15
)

// flagLetters are tcpdump's letters for the control bits, lowest bit first.
const flagLetters = "FSRP.UEWe"

// Has reports whether all bits of f are set.
func (fl Flags) Has(f Flags) bool { return fl&f == f }

// NoTraffic reports whether the header only identifies a stream (Quoted,
// BadHeader): no host sent it as a segment, or none accepted it.
func (fl Flags) NoTraffic() bool { return fl&(Quoted|BadHeader) != 0 }

// String writes the flags as tcpdump does: "S", "S.", ".", "P.", "F.", "R".
func (fl Flags) String() string {
	var b strings.Builder
	for i := range len(flagLetters) {
		if fl&(1<<i) != 0 {
			b.WriteByte(flagLetters[i])
		}
	}
	if b.Len() == 0 {
		return "none"
	}
	return b.String()
}

// Options records which TCP options a segment carried and whether all of them
// were captured. If OptionsCut or OptionsMalformed is set, an option without its
// bit is unknown rather than absent.
type Options uint8

// The contents of a segment's option list.
const (
	HasMSS Options = 1 << iota
	HasWindowScale
	HasSACKPermitted
	HasSACK
	HasTimestamps
	// OptionsCut: the snaplen cut the option list; the rest is unknown.
	OptionsCut
	// OptionsMalformed: an option's length was impossible; the rest is unknown.
	OptionsMalformed
)

// Has reports whether all bits of o are set.
func (os Options) Has(o Options) bool { return os&o == o }

// SeqEnd returns the sequence number after the segment: payload, SYN and FIN
// each occupy sequence space (RFC 9293 3.4).
func (s *Segment) SeqEnd() uint32 {
	end := s.Seq + s.Len
	if s.Flags&SYN != 0 {
		end++
	}
	if s.Flags&FIN != 0 {
		end++
	}
	return end
}

// String writes the segment on one line, for error messages and tests.
func (s *Segment) String() string {
	return fmt.Sprintf("#%d %s > %s [%s] seq %d ack %d win %d len %d",
		s.Frame, s.SrcEndpoint(), s.DstEndpoint(), s.Flags, s.Seq, s.Ack, s.Window, s.Len)
}
