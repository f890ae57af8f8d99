package capture

// LinkERF is an ERF record with its header, as pcap files carry it.
const LinkERF LinkType = 197

// erf reads the header of an ERF record.
func (d *Decoder) erf(v view, s *Segment) Skip {
	if len(v.b) < erfRecord {
		return v.short(erfRecord, BadLink)
	}
	link, v := erfPayload(v)
	switch link {
	case LinkEthernet:
		return d.ethernet(v, s)
	case LinkRaw:
		return d.ip(v, s)
	case LinkCHDLC:
		return d.chdlc(v, s)
	case LinkPPP:
		return d.ppp(v, s)
	}
	return UnknownLinkType
}
