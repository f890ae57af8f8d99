package capture

import (
	"net/netip"
	"strconv"
	"strings"
)

// tcpMark follows the destination of every TCP segment that tcpdump prints.
const tcpMark = ": Flags ["

// textSegment is a segment as printed on one line; numbers are still as printed.
type textSegment struct {
	seg          Segment
	end          uint32 // the number after the colon in "seq 1:11"
	hasSeq, hasN bool   // whether seq and its end are printed
	hasLen       bool
	hasWin       bool
}

// segment parses the lines of a frame into s, except for Frame and Time.
func (t *textReader) segment(lines []string, s *Segment) Skip {
	tcp := ""
	quoted := false
	*s = Segment{}
	for _, line := range lines {
		if strings.Contains(line, tcpMark) {
			tcp = line
		}
		quoted = quoted || strings.Contains(line, ": ICMP") && tcp == ""
	}
	if tcp == "" {
		return textSkip(lines)
	}
	p := textSegment{}
	if !p.parse(tcp) || p.hasLen && p.hasN && p.seg.Len != p.end-p.seg.Seq { // a number is cut
		return BadText
	}
	for _, line := range lines {
		p.readIP(line)
	}
	*s = p.seg
	if quoted {
		s.Flags |= Quoted
	}
	if s.HopLimit == 0 {
		t.dec.c.Noted[TextNoIPID]++
	}
	t.numbers.resolve(&p, s, t.dec)
	return Kept
}

// textSkip returns the reason why a frame has no TCP flags.
func textSkip(lines []string) Skip {
	for _, line := range lines {
		switch {
		case strings.Contains(line, "[|tcp]"):
			return CutShort
		case strings.Contains(line, "IP bad-"):
			return BadIP
		case strings.Contains(line, "[bad hdr length"):
			return BadTCP
		case strings.HasSuffix(line, ": ip-proto-6"):
			return LaterFragment
		}
	}
	_, rest := cutTime(lines[0])
	for word := range strings.FieldsSeq(rest) {
		if word == "IP" || word == "IP6" || word == "IPv4" || word == "IPv6," {
			return NotTCP
		}
	}
	return NotIP
}

// parse reads the line "... SRC > DST: Flags [S], seq 1, ..., length 0".
func (p *textSegment) parse(line string) bool {
	head, rest, _ := strings.Cut(line, tcpMark)
	s := &p.seg
	if !p.endpoints(head) {
		return false
	}
	flags, rest, ok := strings.Cut(rest, "]")
	if !ok || !s.Flags.parse(flags) {
		return false
	}
	if strings.HasPrefix(rest, " [bad hdr length") {
		s.Flags |= BadHeader
		return true
	}
	return p.fields(rest)
}

// endpoints reads "IP 127.0.0.1.40846 > 127.0.0.1.3000", or, with IPv6 extension
// headers, "IP6 fd77::1 > fd77::2: HBH 40001 > 5001".
func (p *textSegment) endpoints(head string) bool {
	s := &p.seg
	before, dst, _ := cutLast(head, " > ")
	_, src, _ := cutLast(before, " ")
	if digits(dst) == len(dst) {
		addrs, rest, _ := cutLast(strings.TrimSuffix(before, src), " > ")
		_, srcAddr, _ := cutLast(addrs, " ")
		dstAddr, _, _ := strings.Cut(rest, ": ")
		src, dst = srcAddr+"."+src, dstAddr+"."+dst
	}
	return parseEndpoint(src, &s.Src, &s.SrcPort) && parseEndpoint(dst, &s.Dst, &s.DstPort)
}

// fields reads the fields after the flags.
func (p *textSegment) fields(rest string) bool {
	s := &p.seg
	for {
		rest = strings.TrimPrefix(rest, ", ")
		name, val, _ := strings.Cut(rest, " ")
		if name == "options" {
			val, rest, _ = strings.Cut(strings.TrimPrefix(val, "["), "], length ")
			p.options(val)
			if rest != "" {
				rest = "length " + rest
			}
			continue
		}
		val, rest, _ = strings.Cut(val, ", ")
		ok := true
		switch name {
		case "cksum":
		case "seq":
			p.hasSeq = true
			first, end, ranged := strings.Cut(val, ":")
			s.Seq, ok = textUint32(first)
			if ranged && ok {
				p.hasN = true
				p.end, ok = textUint32(end)
			}
		case "ack":
			s.Ack, ok = textUint32(val)
		case "win":
			s.Window, ok = textUint16(val)
			p.hasWin = true
		case "urg":
			s.Urgent, ok = textUint16(val)
		case "length":
			s.Len, ok = textUint32(val[:digits(val)])
			p.hasLen = true
			return ok
		default:
			return p.hasWin // the line is cut, or a newer tcpdump prints more
		}
		if !ok {
			return false
		}
	}
}

// options reads the list between "options [" and "]".
func (p *textSegment) options(list string) {
	s := &p.seg
	for opt := range strings.SplitSeq(list, ",") {
		words := strings.Fields(opt)
		if strings.Contains(opt, "[|tcp") {
			s.Options |= OptionsCut
			return
		}
		if strings.Contains(opt, "[bad opt") {
			s.Options |= OptionsMalformed
			return
		}
		switch {
		case opt == "sackOK":
			s.Options |= HasSACKPermitted
		case len(words) == 2 && words[0] == "mss":
			s.set(HasMSS, func() (ok bool) { s.MSS, ok = textUint16(words[1]); return })
		case len(words) == 2 && words[0] == "wscale":
			n, err := strconv.ParseUint(words[1], 10, 8)
			s.WindowShift = uint8(n)
			s.set(HasWindowScale, func() bool { return err == nil })
		case len(words) == 5 && words[0] == "TS":
			s.set(HasTimestamps, func() (ok bool) {
				if s.TSVal, ok = textUint32(words[2]); ok {
					s.TSEcr, ok = textUint32(words[4])
				}
				return
			})
		case len(words) == 3 && words[0] == "sack":
			s.set(HasSACK, func() bool { return p.sack(words[2]) })
		}
	}
}

// set marks an option as present if read succeeds, else as malformed.
func (s *Segment) set(o Options, read func() bool) {
	if !read() {
		o = OptionsMalformed
	}
	s.Options |= o
}

// sack reads the blocks "{1:2}{3:4}".
func (p *textSegment) sack(blocks string) bool {
	s := &p.seg
	for blk := range strings.SplitSeq(strings.Trim(blocks, "{}"), "}{") {
		left, right, _ := strings.Cut(blk, ":")
		l, ok1 := textUint32(left)
		r, ok2 := textUint32(right)
		if !ok1 || !ok2 {
			return false
		}
		if int(s.SACKCount) < len(s.SACK) {
			s.SACK[s.SACKCount] = SACKBlock{l, r}
			s.SACKCount++
		}
	}
	return true
}

// readIP reads the IP header fields that -v prints.
func (p *textSegment) readIP(line string) {
	for _, key := range []string{"ttl ", "hlim "} {
		if _, val, ok := strings.Cut(line, key); ok {
			n, _ := textUint16(val[:digits(val)])
			p.seg.HopLimit = uint8(n)
		}
	}
	if _, val, ok := strings.Cut(line, ", id "); ok {
		p.seg.IPID, _ = textUint16(val[:digits(val)])
	}
	if strings.Contains(line, "flags [+]") {
		p.seg.Flags |= Fragmented
	}
}

// parse reads flags in the format of String.
func (fl *Flags) parse(text string) bool {
	if text == "none" {
		return true
	}
	for _, c := range text {
		i := strings.IndexRune(flagLetters, c)
		if i < 0 {
			return false
		}
		*fl |= 1 << i
	}
	return true
}

// parseEndpoint reads "127.0.0.1.3000" or "2001:db8::1.443".
func parseEndpoint(text string, addr *Addr, port *uint16) bool {
	host, p, ok := cutLast(text, ".")
	if !ok {
		return false
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Zone() != "" {
		return false
	}
	*addr = ip.As16()
	*port, ok = textUint16(p)
	return ok
}

// cutLast is strings.Cut at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// digits returns the number of leading decimal digits in s.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

func textUint32(s string) (uint32, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil
}

func textUint16(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil
}
