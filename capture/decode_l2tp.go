package capture

// l2tp reads the header of an L2TPv2 data message (RFC 2661 3.1), which carries PPP.
func (d *Decoder) l2tp(v view, s *Segment) Skip {
	const (
		control  = 0x8000
		length   = 0x4000
		sequence = 0x0800
		offset   = 0x0200
		version  = 0x000f
	)
	if len(v.b) < 6 {
		return v.short(6, NotTCP)
	}
	flags := be16(v.b)
	if flags&control != 0 || flags&version != 2 {
		return NotTCP
	}
	size := 6 // flags, tunnel, session
	if flags&length != 0 {
		if n := int(be16(v.b[2:])); n < v.wire {
			v = v.limit(n)
		}
		size += 2
	}
	if flags&sequence != 0 {
		size += 4
	}
	if flags&offset != 0 {
		size += 2
		if len(v.b) < size {
			return v.short(size, NotTCP)
		}
		size += int(be16(v.b[size-2:]))
	}
	if len(v.b) < size {
		return v.short(size, NotTCP)
	}
	return d.ppp(v.drop(size), s)
}
