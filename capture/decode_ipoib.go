package capture

// LinkIPoIB is IP over InfiniBand.
const LinkIPoIB LinkType = 242

// ipoib reads 40 bytes of addresses and the header of RFC 4391 6.
func (d *Decoder) ipoib(v view, s *Segment) Skip {
	if len(v.b) < 44 {
		return v.short(44, BadLink)
	}
	return d.etherPayload(be16(v.b[40:]), v.drop(44), s)
}
