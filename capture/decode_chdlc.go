package capture

// LinkCHDLC is Cisco HDLC.
const LinkCHDLC LinkType = 104

// chdlc reads a Cisco HDLC header.
func (d *Decoder) chdlc(v view, s *Segment) Skip {
	if len(v.b) < 4 {
		return v.short(4, BadLink)
	}
	return d.etherPayload(be16(v.b[2:4]), v.drop(4), s)
}
