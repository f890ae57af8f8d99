package capture

import "fmt"

// LinkType is a link-layer header type as numbered in capture files (the
// LINKTYPE_ values of the tcpdump group's registry).
type LinkType uint16

// linkTypes are the link types that Decode understands, indexed by number. To add
// one, add a line here and a file with its constant and the function that reads
// its header.
var linkTypes = [...]struct {
	name string
	read func(*Decoder, view, *Segment) Skip // nil if Decode does not know the type
}{
	LinkNull:       {"NULL", (*Decoder).loopback},
	LinkEthernet:   {"Ethernet", (*Decoder).ethernet},
	LinkPPP:        {"PPP", (*Decoder).ppp},
	LinkFDDI:       {"FDDI", (*Decoder).fddi},
	linkRawBSD:     {"RAW", (*Decoder).ip},
	linkRawOpenBSD: {"RAW", (*Decoder).ip},
	LinkPPPHDLC:    {"PPP in HDLC", (*Decoder).ppp},
	LinkPPPEther:   {"PPPoE", (*Decoder).pppoe},
	LinkRaw:        {"RAW", (*Decoder).ip},
	LinkCHDLC:      {"Cisco HDLC", (*Decoder).chdlc},
	LinkWLAN:       {"IEEE 802.11", (*Decoder).wlan},
	LinkLoop:       {"LOOP", (*Decoder).loopback},
	LinkSLL:        {"Linux SLL", (*Decoder).sll},
	LinkRadiotap:   {"radiotap", (*Decoder).radiotap},
	LinkPPPD:       {"PPP with direction", (*Decoder).pppd},
	LinkPPI:        {"PPI", (*Decoder).ppi},
	LinkERF:        {"ERF", (*Decoder).erf},
	LinkPPPDir:     {"PPP after direction", (*Decoder).pppDirection},
	LinkIPNET:      {"Solaris ipnet", (*Decoder).ipnet},
	LinkIPv4:       {"IPv4", (*Decoder).ip},
	LinkIPv6:       {"IPv6", (*Decoder).ip},
	LinkNFLog:      {"NFLOG", (*Decoder).nflog},
	LinkIPoIB:      {"IP over InfiniBand", (*Decoder).ipoib},
	LinkSLL2:       {"Linux SLL2", (*Decoder).sll2},
}

// String returns the link type's name, or its number if Decode does not know it.
func (lt LinkType) String() string {
	if int(lt) < len(linkTypes) && linkTypes[lt].read != nil {
		return linkTypes[lt].name
	}
	return fmt.Sprintf("link type %d", uint16(lt))
}
