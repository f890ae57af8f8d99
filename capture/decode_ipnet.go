package capture

// LinkIPNET is Solaris' ipnet(7D): IP on any interface, loopback among them.
const LinkIPNET LinkType = 226

// ipnet reads the header dl_ipnetinfo_t.
func (d *Decoder) ipnet(v view, s *Segment) Skip {
	if len(v.b) < 24 {
		return v.short(24, BadLink)
	}
	return d.ip(v.drop(24), s)
}
