package capture

import "fmt"

// LinkType is a link-layer header type as capture files number them
// (LINKTYPE_ values of the tcpdump group's registry).
type LinkType uint16

// The link types that Decode understands.
const (
	LinkNull       LinkType = 0   // BSD loopback, host byte order
	LinkEthernet   LinkType = 1   // Ethernet, with 802.1Q and 802.1ad tags
	LinkPPP        LinkType = 9   // PPP, with or without HDLC framing
	LinkFDDI       LinkType = 10  // FDDI with LLC/SNAP
	linkRawBSD     LinkType = 12  // RAW where DLT_RAW is 12
	linkRawOpenBSD LinkType = 14  // RAW where DLT_RAW is 14
	LinkPPPHDLC    LinkType = 50  // PPP in HDLC-like framing
	LinkPPPEther   LinkType = 51  // PPPoE session
	LinkRaw        LinkType = 101 // IPv4 or IPv6, told apart by the version
	LinkCHDLC      LinkType = 104 // Cisco HDLC
	LinkWLAN       LinkType = 105 // IEEE 802.11
	LinkLoop       LinkType = 108 // OpenBSD loopback, network byte order
	LinkSLL        LinkType = 113 // Linux cooked capture v1
	LinkRadiotap   LinkType = 127 // radiotap and IEEE 802.11
	LinkIPv4       LinkType = 228 // IPv4
	LinkIPv6       LinkType = 229 // IPv6
	LinkNFLog      LinkType = 239 // Linux netfilter log
	LinkSLL2       LinkType = 276 // Linux cooked capture v2
)

var linkTypeNames = map[LinkType]string{
	LinkNull: "NULL", LinkEthernet: "Ethernet", LinkPPP: "PPP", LinkFDDI: "FDDI",
	linkRawBSD: "RAW", linkRawOpenBSD: "RAW", LinkPPPHDLC: "PPP in HDLC", LinkPPPEther: "PPPoE",
	LinkRaw: "RAW", LinkCHDLC: "Cisco HDLC", LinkLoop: "LOOP", LinkSLL: "Linux SLL",
	LinkIPv4: "IPv4", LinkIPv6: "IPv6", LinkNFLog: "NFLOG", LinkWLAN: "IEEE 802.11", LinkRadiotap: "radiotap", LinkSLL2: "Linux SLL2",
}

// String returns the link type's name, or its number if Decode does not know it.
func (lt LinkType) String() string {
	if n, ok := linkTypeNames[lt]; ok {
		return n
	}
	return fmt.Sprintf("link type %d", uint16(lt))
}
