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
	return d.etherPayload(be16(v.b[14:16]), v.drop(16), s)
}

// sll2 reads the header of a Linux cooked capture v2.
func (d *Decoder) sll2(v view, s *Segment) Skip {
	if len(v.b) < 20 {
		return v.short(20, BadLink)
	}
	return d.etherPayload(be16(v.b[0:2]), v.drop(20), s)
}
