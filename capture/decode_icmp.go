package capture

// icmp reads the header quoted in an ICMP error (RFC 792). Like Wireshark it
// assigns no stream to redirects.
func (d *Decoder) icmp(v view, s *Segment) Skip {
	if len(v.b) < 8 {
		return NotTCP
	}
	switch v.b[0] {
	case 3, 4, 11, 12: // unreachable, source quench, time exceeded, parameter problem
		return d.quoted(v.drop(8), s)
	}
	return NotTCP
}

// icmpv6 reads the header quoted in an ICMPv6 error (RFC 4443 3): types 1 to 4.
func (d *Decoder) icmpv6(v view, s *Segment) Skip {
	if len(v.b) < 8 || v.b[0] == 0 || v.b[0] > 4 {
		return NotTCP
	}
	return d.quoted(v.drop(8), s)
}

// quoted reads the beginning of a datagram that an error message quotes. If no
// TCP header can be had from it, the frame is just an ICMP message.
func (d *Decoder) quoted(v view, s *Segment) Skip {
	if d.nested(v, s) != Kept {
		return NotTCP
	}
	s.Flags |= Quoted
	return Kept
}
