package capture

// LinkFDDI is FDDI with LLC/SNAP.
const LinkFDDI LinkType = 10

// fddi reads an FDDI header.
func (d *Decoder) fddi(v view, s *Segment) Skip {
	if len(v.b) < 13 {
		return v.short(13, BadLink)
	}
	return d.llc(v.drop(13), s)
}
