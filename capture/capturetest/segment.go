package capturetest

import (
	"fmt"
	"strconv"
	"strings"

	"winwatch/capture"
)

// builder is one segment line being parsed.
type builder struct {
	s          capture.Segment
	from, to   *half // the segment's direction and the other one
	src, dst   *host
	end        uint32
	hasSeq     bool
	hasEnd     bool
	hasAck     bool
	hasLen     bool
	hasWin     bool
	hasID      bool
	frameGiven bool
}

// segment reads "SRC > DST FLAGS field...", appends the segment and updates the
// state of its direction.
func (p *script) segment(words []string) error {
	if len(words) < 4 || words[1] != ">" {
		return fmt.Errorf("want: TIME SRC > DST FLAGS [fields]")
	}
	b := &builder{src: p.hosts[words[0]], dst: p.hosts[words[2]]}
	if b.src == nil || b.dst == nil {
		return fmt.Errorf("%s > %s: no such host", words[0], words[2])
	}
	b.from, b.to = p.half(b.src, b.dst), p.half(b.dst, b.src)
	var err error
	if b.s.Flags, err = parseFlags(words[3]); err != nil {
		return err
	}
	for rest := words[4:]; len(rest) > 0; {
		if rest, err = b.field(rest); err != nil {
			return err
		}
	}
	if err := b.finish(); err != nil {
		return err
	}
	if !b.frameGiven {
		b.s.Frame = p.frame + 1
	}
	p.frame = b.s.Frame
	b.s.Time = p.base + p.time
	p.segs = append(p.segs, b.s)
	return nil
}

func (p *script) half(src, dst *host) *half {
	k := [2]string{src.name, dst.name}
	if p.halfs[k] == nil {
		p.halfs[k] = &half{nxt: src.isn, una: src.isn, win: 65535}
	}
	return p.halfs[k]
}

func parseFlags(word string) (capture.Flags, error) {
	var f capture.Flags
	if word == "none" {
		return 0, nil
	}
	for _, c := range word {
		i := strings.IndexRune("FSRP.UEWe", c)
		if i < 0 {
			return 0, fmt.Errorf("flags %q: unknown flag %q", word, c)
		}
		f |= 1 << i
	}
	return f, nil
}

// field reads one field from the front of words and returns the rest.
func (b *builder) field(words []string) ([]string, error) {
	s := &b.s
	switch name := words[0]; name {
	case "sackok":
		s.Options |= capture.HasSACKPermitted
	case "cut":
		s.Options |= capture.OptionsCut
	case "malformed":
		s.Options |= capture.OptionsMalformed
	case "quoted":
		s.Flags |= capture.Quoted
	case "fragment":
		s.Flags |= capture.Fragmented
	case "ts":
		if len(words) < 3 {
			return nil, fmt.Errorf("want: ts VAL ECR")
		}
		val, err1 := strconv.ParseUint(words[1], 10, 32)
		ecr, err2 := strconv.ParseUint(words[2], 10, 32)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("want: ts VAL ECR")
		}
		s.TSVal, s.TSEcr = uint32(val), uint32(ecr)
		s.Options |= capture.HasTimestamps
		return words[3:], nil
	default:
		if len(words) < 2 {
			return nil, fmt.Errorf("%s: unknown field, or its value is missing", name)
		}
		if err := b.valued(name, words[1]); err != nil {
			return nil, fmt.Errorf("%s %s: %w", name, words[1], err)
		}
		return words[2:], nil
	}
	return words[1:], nil
}

// valued reads a field that has one value.
func (b *builder) valued(name, val string) (err error) {
	s := &b.s
	switch name {
	case "seq":
		left, right, ok := strings.Cut(val, ":")
		if s.Seq, err = number(left, b.src.isn, b.from); err == nil && ok {
			b.end, err = number(right, b.src.isn, b.from)
		}
		b.hasSeq, b.hasEnd = true, ok
	case "ack":
		s.Ack, err = number(val, b.dst.isn, b.to)
		b.hasAck = true
	case "sack":
		left, right, ok := strings.Cut(val, ":")
		if !ok || int(s.SACKCount) == len(s.SACK) {
			return fmt.Errorf("want up to %d times A:B", len(s.SACK))
		}
		blk := &s.SACK[s.SACKCount]
		if blk.Left, err = number(left, b.dst.isn, b.to); err == nil {
			blk.Right, err = number(right, b.dst.isn, b.to)
		}
		s.SACKCount++
		s.Options |= capture.HasSACK
	case "len":
		s.Len, err = parseUint[uint32](val, 32)
		b.hasLen = true
	case "win":
		s.Window, err = parseUint[uint16](val, 16)
		b.hasWin = true
	case "mss":
		s.MSS, err = parseUint[uint16](val, 16)
		s.Options |= capture.HasMSS
	case "ws":
		s.WindowShift, err = parseUint[uint8](val, 8)
		s.Options |= capture.HasWindowScale
	case "urg":
		s.Urgent, err = parseUint[uint16](val, 16)
	case "ttl":
		s.HopLimit, err = parseUint[uint8](val, 8)
	case "id":
		s.IPID, err = parseUint[uint16](val, 16)
		b.hasID = true
	case "frame":
		s.Frame, err = parseUint[uint64](val, 64)
		b.frameGiven = true
	default:
		return fmt.Errorf("unknown field")
	}
	return err
}

func parseUint[T uint8 | uint16 | uint32 | uint64](val string, bits int) (T, error) {
	n, err := strconv.ParseUint(val, 10, bits)
	return T(n), err
}

// number reads a sequence number of direction h, whose sender's ISN is isn: "5" is
// relative, "=5" raw, "una-1" and "nxt+5" count from the state of h.
func number(val string, isn uint32, h *half) (uint32, error) {
	base := isn
	switch {
	case strings.HasPrefix(val, "="):
		base, val = 0, val[1:]
	case strings.HasPrefix(val, "una"):
		base, val = h.una, val[3:]
	case strings.HasPrefix(val, "nxt"):
		base, val = h.nxt, val[3:]
	}
	if val == "" {
		return base, nil
	}
	n, err := strconv.ParseInt(val, 10, 64)
	return base + uint32(n), err
}

// finish fills in the defaults and updates the state.
func (b *builder) finish() error {
	s := &b.s
	s.Src, s.SrcPort = b.src.addr, b.src.port
	s.Dst, s.DstPort = b.dst.addr, b.dst.port
	if s.HopLimit == 0 {
		s.HopLimit = 64
	}
	if !b.hasID {
		b.src.ipid++
		s.IPID = b.src.ipid
	}
	if s.Src.Netip().Is6() || s.Dst.Netip().Is6() {
		s.IPID = 0
	}
	b.from.midstream(b.src)
	b.to.midstream(b.dst)
	if s.Flags&capture.SYN != 0 && !b.hasSeq {
		s.Seq = b.src.isn
	} else if !b.hasSeq {
		s.Seq = b.from.nxt
	}
	if b.hasEnd {
		if n := b.end - s.Seq; b.hasLen && n != s.Len {
			return fmt.Errorf("len %d contradicts seq (%d bytes)", s.Len, n)
		}
		s.Len = b.end - s.Seq
	}
	if s.Flags&capture.ACK != 0 && !b.hasAck {
		s.Ack = b.to.nxt
	}
	if !b.hasWin {
		s.Window = b.from.win
	}
	if s.Flags&capture.Quoted == 0 {
		b.advance()
	}
	return nil
}

// midstream moves a direction past its SYN if none was seen.
func (h *half) midstream(src *host) {
	if first := src.isn + 1; !h.started && h.nxt == src.isn {
		h.nxt = first
		if h.una == src.isn {
			h.una = first
		}
	}
}

// advance records what the segment sent and acknowledged.
func (b *builder) advance() {
	s := &b.s
	if end := s.SeqEnd(); int32(end-b.from.nxt) > 0 || !b.from.started && !b.hasSeq {
		b.from.nxt = end
	}
	b.from.started = true
	b.from.win = s.Window
	if s.Flags&capture.ACK != 0 && int32(s.Ack-b.to.una) > 0 {
		b.to.una = s.Ack
		if !b.to.started {
			b.to.nxt = s.Ack
		}
	}
}
