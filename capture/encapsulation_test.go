package capture_test

import (
	"testing"

	"winwatch/capture"
)

// A wrapper puts a header around a packet.
type wrapper func(packet []byte) []byte

// An encapsulation is a way to carry IP packets in frames.
type encapsulation struct {
	name string
	link capture.LinkType
	ipv6 bool // whether it carries IPv6 packets
	wrap wrapper
}

// inside returns a wrapper that applies the given ones, outermost first.
func inside(headers ...wrapper) wrapper {
	return func(packet []byte) []byte {
		for i := len(headers) - 1; i >= 0; i-- {
			packet = headers[i](packet)
		}
		return packet
	}
}

// after returns a wrapper that puts bytes before a packet.
func after(parts ...[]byte) wrapper {
	return func(packet []byte) []byte { return join(join(parts...), packet) }
}

// before returns a wrapper that puts bytes after a packet.
func before(parts ...[]byte) wrapper {
	return func(packet []byte) []byte { return join(packet, join(parts...)) }
}

// The headers of tunnels, with correct lengths.

func inEther(typ uint16) wrapper { return after(ether(typ)) }

func inIPv4(proto byte) wrapper {
	return func(p []byte) []byte { return join(ether(0x0800), ipv4(proto, len(p)), p) }
}

func inIPv6(next byte) wrapper {
	return func(p []byte) []byte { return join(ether(0x86dd), ipv6(next, len(p)), p) }
}

func inUDP(port uint16) wrapper {
	return func(p []byte) []byte {
		return join(ether(0x0800), ipv4(17, 8+len(p)), udp(port, len(p)), p)
	}
}

func inUDP6(port uint16) wrapper {
	return func(p []byte) []byte {
		return join(ether(0x86dd), ipv6(17, 8+len(p)), udp(port, len(p)), p)
	}
}

func inPPPoE(proto uint16) wrapper {
	return func(p []byte) []byte {
		length := be.AppendUint16(nil, uint16(2+len(p)))
		return join([]byte{0x11, 0, 0, 1}, length, be.AppendUint16(nil, proto), p)
	}
}

// in8023 is an IEEE 802.3 header: its type field is the payload length.
func in8023(p []byte) []byte { return join(ether(uint16(len(p))), p) }

// inGTPU is a GTP-U header with the fields and extensions that flags announce.
func inGTPU(flags byte, more ...byte) wrapper {
	return func(p []byte) []byte {
		length := be.AppendUint16(nil, uint16(len(more)+len(p)))
		return join([]byte{flags, 255}, length, []byte{0, 0, 0, 1}, more, p)
	}
}

// inNFLog is a netfilter log message in the given byte order, with a prefix before
// the packet.
func inNFLog(order interface{ AppendUint16([]byte, uint16) []byte }) wrapper {
	return func(p []byte) []byte {
		b := []byte{2, 0, 0, 0}
		b = order.AppendUint16(order.AppendUint16(b, 4+2), 10) // a prefix of 2 bytes and its padding
		b = append(b, "x\x00\x00\x00"...)
		b = order.AppendUint16(order.AppendUint16(b, uint16(4+len(p))), 9)
		return join(b, p, make([]byte, -len(p)&3))
	}
}

// withAH inserts an authentication header of 24 bytes after a packet's IPv4 header.
func withAH(p []byte) []byte {
	header := join(p[:20])
	be.PutUint16(header[2:], be.Uint16(header[2:])+24)
	header[9] = 51
	return join(header, []byte{p[9], 4}, make([]byte, 22), p[20:])
}

// withExtensions inserts extension headers after a packet's IPv6 header: hop-by-hop
// options, completed routing, destination options, an atomic fragment and an
// authentication header.
func withExtensions(p []byte) []byte {
	pad := []byte{1, 4, 0, 0, 0, 0}
	chain := join([]byte{43, 0}, pad, []byte{60, 0, 0, 0, 0, 0, 0, 0}, []byte{44, 0}, pad,
		[]byte{51, 0, 0, 0, 0, 0, 0, 7}, []byte{6, 4}, make([]byte, 22))
	header := join(p[:40])
	be.PutUint16(header[4:], be.Uint16(header[4:])+uint16(len(chain)))
	header[6] = 0
	return join(header, chain, p[40:])
}

var (
	snap      = []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}
	snap6     = []byte{0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd}
	wlanData  = join([]byte{0x08, 0x02}, make([]byte, 22))
	wlanQoS   = join([]byte{0x88, 0x03}, make([]byte, 30)) // four addresses
	radiotap  = []byte{0, 0, 8, 0, 0, 0, 0, 0}
	vxlan     = []byte{8, 0, 0, 0, 0, 0, 1, 0}
	geneve    = []byte{1, 0, 0x65, 0x58, 0, 0, 1, 0, 1, 2, 3, 0} // with an option without data
	greEther  = []byte{0, 0, 0x65, 0x58}
	greIPv4   = []byte{0, 0, 8, 0}
	mplsOne   = []byte{0, 1, 1, 9}
	mplsTwo   = []byte{0, 1, 0, 9, 0, 2, 1, 9}
	erspanTwo = join([]byte{0x10, 0, 0x88, 0xbe, 0, 0, 0, 1}, []byte{0x10, 1, 0, 1, 0, 0, 0, 0})
)

// etherFrames are the encapsulations on Ethernet without a tunnel.
var etherFrames = []encapsulation{
	{"Ethernet", capture.LinkEthernet, false, inEther(0x0800)},
	{"Ethernet, padding", capture.LinkEthernet, false, inside(inEther(0x0800), before(make([]byte, 3)))},
	{"Ethernet, IPv6", capture.LinkEthernet, true, inEther(0x86dd)},
	{"802.1Q", capture.LinkEthernet, false, after(ether(0x8100), vlan(0x0800))},
	{"802.1ad and 802.1Q", capture.LinkEthernet, true, after(ether(0x88a8), vlan(0x8100), vlan(0x86dd))},
	{"two of 802.1Q", capture.LinkEthernet, false, after(ether(0x8100), vlan(0x8100), vlan(0x0800))},
	{"old QinQ", capture.LinkEthernet, false, after(ether(0x9100), vlan(0x8100), vlan(0x0800))},
	{"802.3 with SNAP", capture.LinkEthernet, false, inside(in8023, after(snap))},
	{"MPLS", capture.LinkEthernet, false, after(ether(0x8847), mplsTwo)},
	{"PPPoE", capture.LinkEthernet, false, inside(inEther(0x8864), before(make([]byte, 5)), inPPPoE(0x21))},
	{"PPPoE, IPv6", capture.LinkEthernet, true, inside(inEther(0x8864), inPPPoE(0x57))},
	{"AH", capture.LinkEthernet, false, inside(inEther(0x0800), withAH)},
	{"AH in QinQ", capture.LinkEthernet, false, inside(after(ether(0x88a8), vlan(0x8100), vlan(0x0800)), withAH)},
	{"extension headers", capture.LinkEthernet, true, inside(inEther(0x86dd), withExtensions)},
	{"Cisco metadata", capture.LinkEthernet, false, after(ether(0x8909), []byte{1, 1, 0, 1, 0, 2, 8, 0})},
	{"Cisco metadata and 802.1Q", capture.LinkEthernet, true, after(ether(0x8909), []byte{1, 1, 0, 1, 0, 2, 0x81, 0}, vlan(0x86dd))},
	{"VN-Tag", capture.LinkEthernet, false, after(ether(0x8926), []byte{0, 1, 0, 2, 8, 0})},
	{"VN-Tag and 802.1Q", capture.LinkEthernet, true, after(ether(0x8926), []byte{0, 1, 0, 2, 0x81, 0}, vlan(0x86dd))},
	{"802.1BR", capture.LinkEthernet, false, after(ether(0x893f), []byte{0, 1, 0, 2, 0, 0, 8, 0})},
	{"802.1CB", capture.LinkEthernet, false, after(ether(0xf1c1), []byte{0, 0, 0, 2, 8, 0})},
	{"802.1ah", capture.LinkEthernet, false, inside(after(ether(0x88e7), []byte{0, 0, 0, 9}), inEther(0x0800))},
}

// otherLinks are the encapsulations on other link types.
var otherLinks = []encapsulation{
	{"SLL", capture.LinkSLL, false, after(make([]byte, 5), []byte{6}, make([]byte, 8), []byte{8, 0})},
	{"SLL with Ethernet", capture.LinkSLL, false, inside(after(make([]byte, 3), []byte{1}, make([]byte, 10), []byte{0, 3}), inEther(0x0800))},
	{"SLL with bridged Ethernet", capture.LinkSLL, true, inside(after(make([]byte, 3), []byte{1}, make([]byte, 10), []byte{0x65, 0x58}), inEther(0x86dd))},
	{"SLL with LLC", capture.LinkSLL, false, after(make([]byte, 3), []byte{1}, make([]byte, 10), []byte{0, 4}, snap)},
	{"SLL with PPP", capture.LinkSLL, false, after(make([]byte, 2), []byte{2, 0}, make([]byte, 10), []byte{0, 7, 0xff, 3, 0, 0x21})},
	{"SLL with radiotap", capture.LinkSLL, false, after([]byte{0, 0, 3, 0x23}, make([]byte, 10), []byte{0, 4}, radiotap, wlanQoS, snap)},
	{"SLL, IPv6", capture.LinkSLL, true, after(make([]byte, 5), []byte{6}, make([]byte, 8), []byte{0x86, 0xdd})},
	{"SLL2", capture.LinkSLL2, true, after([]byte{0x86, 0xdd}, make([]byte, 6), []byte{0, 1, 0, 6}, make([]byte, 8))},
	{"SLL2 with Ethernet", capture.LinkSLL2, false, inside(after([]byte{0, 3}, make([]byte, 6), []byte{0, 1, 0, 6}, make([]byte, 8)), inEther(0x0800))},
	{"NULL, little", capture.LinkNull, false, after([]byte{2, 0, 0, 0})},
	{"NULL, big", capture.LinkNull, false, after([]byte{0, 0, 0, 2})},
	{"NULL, NetBSD IPv6", capture.LinkNull, true, after([]byte{24, 0, 0, 0})},
	{"NULL, FreeBSD IPv6", capture.LinkNull, true, after([]byte{28, 0, 0, 0})},
	{"NULL, Darwin IPv6", capture.LinkNull, true, after([]byte{30, 0, 0, 0})},
	{"LOOP", capture.LinkLoop, true, after([]byte{0, 0, 0, 24})},
	{"RAW", capture.LinkRaw, true, after()},
	{"RAW, IPv4", capture.LinkRaw, false, after()},
	{"RAW 12", 12, false, after()},
	{"RAW 14", 14, false, after()},
	{"IPv4", capture.LinkIPv4, false, after()},
	{"IPv6", capture.LinkIPv6, true, after()},
	{"PPP", capture.LinkPPP, false, after([]byte{0xff, 3, 0, 0x21})},
	{"PPP, compressed protocol", capture.LinkPPPHDLC, true, after([]byte{0x57})},
	{"PPPoE session", capture.LinkPPPEther, false, inPPPoE(0x21)},
	{"Cisco HDLC", capture.LinkCHDLC, false, after([]byte{0x0f, 0, 8, 0})},
	{"FDDI", capture.LinkFDDI, false, after([]byte{0x50}, make([]byte, 12), snap)},
	{"802.11", capture.LinkWLAN, false, after(wlanData, snap)},
	{"radiotap, QoS, four addresses", capture.LinkRadiotap, false, after(radiotap, wlanQoS, snap)},
	{"NFLOG", capture.LinkNFLog, false, inNFLog(le)},
	{"PPP after direction", capture.LinkPPPDir, true, after([]byte{0, 0xff, 3, 0, 0x57})},
	{"PPI with 802.11", capture.LinkPPI, false, after([]byte{0, 0, 12, 0, 105, 0, 0, 0, 9, 0, 0, 0}, wlanQoS, snap)},
	{"PPI with Ethernet", capture.LinkPPI, true, inside(after([]byte{0, 0, 8, 0, 1, 0, 0, 0}), inEther(0x86dd))},
	{"ERF, Ethernet", capture.LinkERF, false, inside(inERF(2, 0, 0), inEther(0x0800))},
	{"ERF, Ethernet, extension headers", capture.LinkERF, true, inside(inERF(2|0x80, 0x83, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0), inEther(0x86dd))},
	{"ERF, PPP", capture.LinkERF, false, inside(inERF(1), after([]byte{0xff, 3, 0, 0x21}))},
	{"ERF, Cisco HDLC of a channel", capture.LinkERF, false, inside(inERF(5, 0, 0, 0, 1), after([]byte{0x0f, 0, 8, 0}))},
	{"ERF, IPv4", capture.LinkERF, false, inERF(22)},
	{"ERF, IPv6", capture.LinkERF, true, inERF(23)},
	{"IPoIB", capture.LinkIPoIB, false, after(make([]byte, 40), []byte{8, 0, 0, 0})},
	{"ipnet", capture.LinkIPNET, false, inIPNET(2)},
	{"ipnet, IPv6", capture.LinkIPNET, true, inIPNET(26)},
}

// tunnels are the encapsulations in IP and UDP, on Ethernet.
var tunnels = []encapsulation{
	{"4in4", capture.LinkEthernet, false, inIPv4(4)},
	{"6in4", capture.LinkEthernet, true, inIPv4(41)},
	{"4in6", capture.LinkEthernet, false, inIPv6(4)},
	{"6in6", capture.LinkEthernet, true, inIPv6(41)},
	{"GRE", capture.LinkEthernet, false, inside(inIPv4(47), after(greIPv4))},
	{"GRE with checksum, key and sequence", capture.LinkEthernet, false, inside(inIPv4(47), after([]byte{0xb0, 0, 8, 0}, make([]byte, 12)))},
	{"GRE with Ethernet", capture.LinkEthernet, true, inside(inIPv4(47), after(greEther), inEther(0x86dd))},
	{"ERSPAN II", capture.LinkEthernet, false, inside(inIPv4(47), after(erspanTwo), inEther(0x0800))},
	{"EtherIP", capture.LinkEthernet, false, inside(inIPv4(97), after([]byte{0x30, 0}), inEther(0x0800))},
	{"MPLS in IP", capture.LinkEthernet, false, inside(inIPv4(137), after(mplsOne))},
	{"AH with IPv6 in it", capture.LinkEthernet, true, inside(inIPv4(51), after([]byte{41, 4}, make([]byte, 22)))},
	{"VXLAN", capture.LinkEthernet, true, inside(inUDP(4789), after(vxlan), inEther(0x86dd))},
	{"VXLAN over IPv6", capture.LinkEthernet, false, inside(inUDP6(4789), after(vxlan), inEther(0x0800))},
	{"VXLAN-GPE", capture.LinkEthernet, false, inside(inUDP(4790), after([]byte{0x0c, 0, 0, 1, 0, 0, 1, 0}))},
	{"Geneve with an option", capture.LinkEthernet, false, inside(inUDP(6081), after(geneve), inEther(0x0800))},
	{"Geneve over IPv6", capture.LinkEthernet, true, inside(inUDP6(6081), after(geneve), inEther(0x86dd))},
	{"GTP-U", capture.LinkEthernet, false, inside(inUDP(2152), inGTPU(0x30))},
	{"GTP-U of IPv6", capture.LinkEthernet, true, inside(inUDP(2152), inGTPU(0x30))},
	{"GTP-U with extension", capture.LinkEthernet, false, inside(inUDP(2152), inGTPU(0x34, 0, 0, 0, 0x85, 1, 0, 0, 0))},
	{"Teredo", capture.LinkEthernet, true, inside(inUDP(3544), after([]byte{0, 0, 1, 2, 3, 4, 5, 6}))},
	{"Teredo with authentication", capture.LinkEthernet, true, inside(inUDP(3544), after([]byte{0, 1, 0, 0}, make([]byte, 9)))},
	{"MPLS in UDP", capture.LinkEthernet, true, inside(inUDP(6635), after(mplsOne))},
	{"GRE in UDP", capture.LinkEthernet, false, inside(inUDP(4754), after(greIPv4))},
	{"CAPWAP", capture.LinkEthernet, false, inside(inUDP(5247), after([]byte{0, 0x10, 0, 0, 0, 0, 0, 0}), inEther(0x0800))},
	{"CAPWAP with 802.11, bytes swapped", capture.LinkEthernet, true, inside(inUDP(5247), after([]byte{0, 0x10, 3, 0, 0, 0, 0, 0}, []byte{0x02, 0x08}, wlanData[2:], snap6))},
	{"VXLAN in VXLAN", capture.LinkEthernet, false, inside(inUDP(4789), after(vxlan), inUDP(4789), after(vxlan), inEther(0x0800))},
	{"GRE with 802.11", capture.LinkEthernet, false, inside(inIPv4(47), after([]byte{0, 0, 0x82, 0x10}, wlanData, snap))},
	{"GRE of WCCP 1", capture.LinkEthernet, false, inside(inIPv4(47), after([]byte{0, 0, 0x88, 0x3e}))},
	{"GRE of WCCP 2", capture.LinkEthernet, false, inside(inIPv4(47), after([]byte{0, 0, 0x88, 0x3e, 0x01, 0, 0, 0}))},
	{"L2TP", capture.LinkEthernet, false, inside(inUDP(1701), after([]byte{0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21}))},
	{"L2TP with length, sequence and offset", capture.LinkEthernet, true, inside(inUDP(1701), inL2TP)},
	{"PPTP", capture.LinkEthernet, false, inside(inIPv4(47), inPPTP)},
}

// erfSecond is the time in the header of inERF, and of the first second of made files.
const erfSecond = 1_700_000_000

// inERF is the header of an ERF record, with what follows it before the frame.
func inERF(typ byte, more ...byte) wrapper {
	return func(p []byte) []byte {
		b := append(le.AppendUint64(nil, erfSecond<<32), typ, 4)
		for _, n := range []int{16 + len(more) + len(p), 0, len(p)} {
			b = be.AppendUint16(b, uint16(n))
		}
		return join(b, more, p)
	}
}

// inIPNET is Solaris' header for an address family.
func inIPNET(family byte) wrapper {
	return func(p []byte) []byte {
		return join([]byte{1, family, 0, 0}, be.AppendUint32(nil, uint32(len(p))), make([]byte, 16), p)
	}
}

// inL2TP is L2TPv2 with all optional fields.
func inL2TP(p []byte) []byte {
	length := be.AppendUint16(nil, uint16(20+len(p)))
	return join([]byte{0x4a, 2}, length, []byte{0, 1, 0, 2, 0, 3, 0, 4, 0, 2, 9, 9, 0xff, 3, 0, 0x57}, p)
}

// inPPTP is GRE version 1 (RFC 2637 4.1) with PPP.
func inPPTP(p []byte) []byte {
	length := be.AppendUint16(nil, uint16(4+len(p)))
	return join([]byte{0x30, 0x81, 0x88, 0x0b}, length, make([]byte, 10), []byte{0xff, 3, 0, 0x21}, p)
}

// untold are encapsulations in which tshark does not find TCP without being told.
var untold = []encapsulation{
	{"PPP with direction", capture.LinkPPPD, false, after([]byte{1, 3, 0, 0x21})},
	{"NFLOG, big", capture.LinkNFLog, true, inNFLog(be)},
	{"CAPWAP with 802.11", capture.LinkEthernet, false, inside(inUDP(5247), after([]byte{0, 0x10, 3, 0, 0, 0, 0, 0}, wlanData, snap))},
	{"VXLAN, Linux' old port", capture.LinkEthernet, false, inside(inUDP(8472), after(vxlan), inEther(0x0800))},
	{"MPLS pseudowire", capture.LinkEthernet, true, after(ether(0x8847), mplsOne, make([]byte, 4), ether(0x86dd))},
}

// TestCiscoMetadata reads a real capture with security group tags: all of it is TCP.
func TestCiscoMetadata(t *testing.T) {
	segs, c, ok := load(t, "testdata/real/cisco-metadata.pcap")
	if !ok || len(segs) != 20 || c.Frames != 20 {
		t.Fatalf("%d segments, %+v", len(segs), c)
	}
	if s := segs[0]; s.SrcPort != 39312 || s.DstPort != 443 || s.Seq != 2685812810 || s.Ack != 834574596 || s.Len != 437 {
		t.Errorf("got %v", &s)
	}
}
