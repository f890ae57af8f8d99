package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Block types (draft-ietf-opsawg-pcapng 4).
const (
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockStats     = 5

	// Custom blocks: tools that don't know their content may copy the first kind
	// but not the second.
	blockCustomKeep = 0x00000bad
	blockCustom     = 0x40000bad

	blockEnhanced = 6
	blockSection  = 0x0a0d0d0a // reads the same in both byte orders
)

const (
	byteOrderMagic = 0x1a2b3c4d
	// maxInterfaces bounds a section: more is damage or an attack on memory.
	maxInterfaces = 1 << 16
	// maxDescription bounds the bytes besides a frame in a block that is buffered
	// whole.
	maxDescription = 1 << 20
)

// pcapngReader reads pcapng files: several sections, each with its own byte order
// and interfaces. It ignores section lengths, which are redundant with block
// lengths, and skips blocks of unknown types.
type pcapngReader struct {
	buf    *buffer
	dec    *Decoder
	order  binary.ByteOrder
	swap   bool // the section's byte order is big-endian
	ifaces []iface
}

// iface holds what decoding a packet needs to know about its interface.
type iface struct {
	link    LinkType
	fcs     uint8
	snaplen uint32
	clock   clock
	// kernelDrops and drops count the packets dropped by the kernel and by the
	// interface.
	kernelDrops, drops tally
}

// openPcapng reads the first section header.
func (r *Reader) openPcapng() error {
	p := &pcapngReader{buf: r.buf, dec: &r.dec}
	if err := p.section(); err != nil {
		if d, ok := err.(*DamageError); ok {
			d.Name = r.name
		}
		return err
	}
	r.format = p
	return nil
}

func (p *pcapngReader) read(dst []Segment) (n int, err error) {
	for n < len(dst) {
		if n > 0 && p.buf.atHand() < 12 {
			return n, nil
		}
		typ, size, err := p.header()
		if err != nil {
			return n, err
		}
		if n > 0 && p.buf.atHand() < size {
			return n, nil
		}
		if typ != blockEnhanced {
			kept, err := p.otherBlock(typ, size, &dst[n])
			if err != nil {
				return n, err
			}
			if kept {
				n++
			}
			continue
		}
		b, err := p.block(size, 32)
		if err != nil {
			return n, err
		}
		var id, hi, lo, capLen, wire uint32
		if p.swap {
			id, hi, lo, capLen, wire = be32(b[8:]), be32(b[12:]), be32(b[16:]), be32(b[20:]), be32(b[24:28])
		} else {
			id, hi, lo, capLen, wire = le32(b[8:]), le32(b[12:]), le32(b[16:]), le32(b[20:]), le32(b[24:28])
		}
		if int64(capLen) > int64(min(size-32, MaxCaptured)) {
			return n, p.tooLong(capLen, size)
		}
		p.buf.pos += size
		if p.packet(id, uint64(hi)<<32|uint64(lo), b[28:28+capLen], wire, &dst[n]) {
			n++
		}
	}
	return n, nil
}

// packet decodes one frame into s and reports whether it holds a segment.
func (p *pcapngReader) packet(id uint32, ticks uint64, data []byte, wire uint32, s *Segment) bool {
	if uint64(id) >= uint64(len(p.ifaces)) {
		p.dec.skipFrame(NoInterface)
		return false
	}
	i := &p.ifaces[id]
	wireLen := int(wire)
	if i.fcs != 0 {
		data, wireLen = trimFCS(data, wireLen, int(i.fcs))
	}
	if p.dec.Decode(i.link, data, wireLen, s) != Kept {
		return false
	}
	s.Frame = p.dec.c.Frames
	s.Time = i.clock.time(ticks)
	return true
}

// header reads the type and length of the next block without consuming it.
// The length is a multiple of 4 and at least 12.
func (p *pcapngReader) header() (typ uint32, size int, err error) {
	if !p.buf.need(12) {
		return 0, 0, p.buf.endOfRecords(p.dec, "cut off in a block header")
	}
	b := p.buf.buf[p.buf.pos:p.buf.end]
	var length uint32
	if p.swap {
		typ, length = be32(b), be32(b[4:8])
	} else {
		typ, length = le32(b), le32(b[4:8])
	}
	if typ == blockSection { // it defines the byte order of its own length
		return typ, 0, nil
	}
	if length < 12 {
		return 0, 0, p.damage(fmt.Errorf("impossible block length %d", length))
	}
	return typ, int((int64(length) + 3) &^ 3), nil // some writers forget the padding
}

// block returns the whole next block, which must have at least least bytes, and
// checks the length repeated at its end.
func (p *pcapngReader) block(size, least int) ([]byte, error) {
	if size < least || size > MaxCaptured+maxDescription {
		return nil, p.damage(fmt.Errorf("impossible block length %d", size))
	}
	if !p.buf.need(size) {
		return nil, p.buf.cutOff(p.dec, p.buf.offset(), fmt.Sprintf("cut off in mid-block: %d of %d bytes", len(p.buf.unread()), size))
	}
	b := p.buf.buf[p.buf.pos : p.buf.pos+size]
	if first, last := le32(b[4:]), le32(b[size-4:]); first != last {
		return nil, p.damage(errors.New("the block's two lengths differ"))
	}
	return b, nil
}

// tooLong returns why a packet can't have capLen bytes.
func (p *pcapngReader) tooLong(capLen uint32, size int) error {
	if int64(capLen) > int64(size-32) {
		return p.damage(fmt.Errorf("packet of %d bytes in a block of %d", capLen, size))
	}
	return p.damage(errTooLong)
}

func (p *pcapngReader) damage(err error) error {
	return &DamageError{Offset: p.buf.offset(), Frame: p.dec.c.Frames + 1, Err: err}
}

// otherBlock reads a block other than an enhanced packet and reports whether it
// holds a segment.
func (p *pcapngReader) otherBlock(typ uint32, size int, s *Segment) (bool, error) {
	switch typ {
	case blockSection:
		return false, p.section()
	case blockSimple:
		return p.simplePacket(size, s)
	case blockPacket:
		return p.obsoletePacket(size, s)
	}
	return false, p.description(typ, size)
}

// description reads a block without a packet.
func (p *pcapngReader) description(typ uint32, size int) error {
	switch typ {
	case blockInterface:
		return p.readInterface(size)
	case blockStats:
		return p.readStats(size)
	case blockCustom, blockCustomKeep:
		// Wireshark counts it as a frame, and frame numbers must match Wireshark's.
		p.dec.skipFrame(CustomBlock)
	}
	return p.pass(int64(size))
}

// pass skips a block of any length.
func (p *pcapngReader) pass(size int64) error {
	if start := p.buf.offset(); !p.buf.discard(size) {
		return p.buf.cutOff(p.dec, start, fmt.Sprintf("cut off in a block of %d bytes", size))
	}
	return nil
}

// simplePacket reads a simple packet block: interface 0, no time stamp.
func (p *pcapngReader) simplePacket(size int, s *Segment) (bool, error) {
	b, err := p.block(size, 16)
	if err != nil {
		return false, err
	}
	wire := p.order.Uint32(b[8:])
	capLen := min(int64(wire), int64(size-16))
	if len(p.ifaces) > 0 && p.ifaces[0].snaplen > 0 {
		capLen = min(capLen, int64(p.ifaces[0].snaplen))
	}
	if capLen > MaxCaptured {
		return false, p.damage(errTooLong)
	}
	p.dec.c.Noted[NoTime]++
	p.buf.pos += size
	kept := p.packet(0, 0, b[12:12+capLen], wire, s)
	s.Time = 0
	return kept, nil
}

// obsoletePacket reads a packet block, the predecessor of the enhanced one.
func (p *pcapngReader) obsoletePacket(size int, s *Segment) (bool, error) {
	b, err := p.block(size, 32)
	if err != nil {
		return false, err
	}
	o := p.order
	capLen := o.Uint32(b[20:])
	if int64(capLen) > int64(min(size-32, MaxCaptured)) {
		return false, p.tooLong(capLen, size)
	}
	ticks := uint64(o.Uint32(b[12:]))<<32 | uint64(o.Uint32(b[16:]))
	p.buf.pos += size
	return p.packet(uint32(o.Uint16(b[8:])), ticks, b[28:28+capLen], o.Uint32(b[24:]), s), nil
}

func (p *pcapngReader) firstTime() (int64, bool) {
	for {
		typ, size, err := p.header()
		if err != nil {
			return 0, false
		}
		switch typ {
		case blockEnhanced, blockPacket:
			b, err := p.block(size, 32)
			if err != nil {
				return 0, false
			}
			id := p.order.Uint32(b[8:])
			if typ == blockPacket {
				id = uint32(p.order.Uint16(b[8:]))
			}
			if uint64(id) >= uint64(len(p.ifaces)) {
				return 0, false
			}
			return p.ifaces[id].clock.time(uint64(p.order.Uint32(b[12:]))<<32 | uint64(p.order.Uint32(b[16:]))), true
		case blockSimple:
			return 0, false
		case blockSection:
			err = p.section()
		default:
			err = p.description(typ, size)
		}
		if err != nil {
			return 0, false
		}
	}
}
