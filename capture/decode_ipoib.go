package capture

// LinkIPoIB is IP over InfiniBand, after the address of the destination.
const LinkIPoIB LinkType = 242

// ipoib reads the 20-byte hardware address and the header of RFC 4391 6.
func (d *Decoder) ipoib(v view, s *Segment) Skip {
	if len(v.b) < 24 {
		return v.short(24, BadLink)
	}
	return d.etherPayload(be16(v.b[20:]), v.drop(24), s)
}
