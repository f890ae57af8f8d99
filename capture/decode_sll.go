package capture

// Linux cooked captures, as on the interface "any".
const (
	LinkSLL  LinkType = 113 // version 1
	LinkSLL2 LinkType = 276 // version 2
)

// sll reads the header of a Linux cooked capture v1.
func (d *Decoder) sll(v view, s *Segment) Skip {
	if len(v.b) < 16 {
		return v.short(16, BadLink)
	}
	return d.sllPayload(be16(v.b[2:4]), be16(v.b[14:16]), v.drop(16), s)
}

// sll2 reads the header of a Linux cooked capture v2.
func (d *Decoder) sll2(v view, s *Segment) Skip {
	if len(v.b) < 20 {
		return v.short(20, BadLink)
	}
	return d.sllPayload(be16(v.b[8:10]), be16(v.b[0:2]), v.drop(20), s)
}

// Interface types (ARPHRD_*) and protocols (ETH_P_*) of Linux with a meaning of
// their own; the others are EtherTypes.
const (
	hardwareRadiotap = 803
	protocolEthernet = 3 // with the Ethernet header: as a tap or a mirrored port delivers it
	protocolLLC      = 4
	protocolPPP      = 7
)

// sllPayload reads what follows the header, for an interface type and a protocol.
func (d *Decoder) sllPayload(hardware, protocol uint16, v view, s *Segment) Skip {
	switch {
	case hardware == hardwareRadiotap:
		return d.radiotap(v, s)
	case protocol == protocolEthernet:
		return d.ethernet(v, s)
	case protocol == protocolLLC:
		return d.llc(v, s)
	case protocol == protocolPPP:
		return d.ppp(v, s)
	}
	return d.etherPayload(protocol, v, s)
}
