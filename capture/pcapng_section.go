package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Options of the interface description and interface statistics blocks.
const (
	optIfTsresol  = 9
	optIfFCSLen   = 13
	optIfTsoffset = 14
	optIsbIfdrop  = 5
	optIsbOSdrop  = 7
)

// section reads a section header block (4.1). It may change the byte order, and
// it forgets all interfaces.
func (p *pcapngReader) section() error {
	if !p.buf.need(28) {
		return p.buf.cutOff(p.dec, p.buf.offset(), "cut off in a section header")
	}
	b := p.buf.unread()
	switch binary.LittleEndian.Uint32(b[8:]) {
	case byteOrderMagic:
		p.order, p.swap = binary.LittleEndian, false
	case 0x4d3c2b1a:
		p.order, p.swap = binary.BigEndian, true
	default:
		return p.damage(errors.New("section header without a byte-order magic"))
	}
	if major := p.order.Uint16(b[12:]); major != 1 {
		return p.damage(fmt.Errorf("unknown pcapng version %d", major))
	}
	length := (int64(p.order.Uint32(b[4:])) + 3) &^ 3
	if length < 28 {
		return p.damage(fmt.Errorf("impossible block length %d", length))
	}
	p.ifaces = p.ifaces[:0]
	return p.pass(length)
}

// readInterface reads an interface description block (4.2).
func (p *pcapngReader) readInterface(size int) error {
	b, err := p.block(size, 20)
	if err != nil {
		return err
	}
	if len(p.ifaces) == maxInterfaces {
		return p.damage(fmt.Errorf("more than %d interfaces in a section", maxInterfaces))
	}
	i := iface{link: LinkType(p.order.Uint16(b[8:])), snaplen: p.order.Uint32(b[12:])}
	resol, offset := byte(6), int64(0)
	for code, val := range p.options(b[16 : size-4]) {
		switch {
		case code == optIfTsresol && len(val) >= 1:
			resol = val[0]
		case code == optIfTsoffset && len(val) >= 8:
			offset = int64(p.order.Uint64(val))
		case code == optIfFCSLen && len(val) >= 1 && val[0] <= 8:
			i.fcs = val[0]
		}
	}
	i.clock = newClock(resol, offset)
	p.ifaces = append(p.ifaces, i)
	p.buf.pos += size
	return nil
}

// readStats reads the drop counts of an interface statistics block (4.6). They
// accumulate over a section.
func (p *pcapngReader) readStats(size int) error {
	b, err := p.block(size, 24)
	if err != nil {
		return err
	}
	p.buf.pos += size
	id := p.order.Uint32(b[8:])
	if uint64(id) >= uint64(len(p.ifaces)) {
		return nil
	}
	i := &p.ifaces[id]
	for code, val := range p.options(b[20 : size-4]) {
		if len(val) < 8 || p.order.Uint64(val) == math.MaxUint64 { // dumpcap's value for "unknown"
			continue
		}
		switch code {
		case optIsbIfdrop:
			i.drops.note(&p.dec.c, InterfaceDrops, p.order.Uint64(val))
		case optIsbOSdrop:
			i.kernelDrops.note(&p.dec.c, KernelDrops, p.order.Uint64(val))
		}
	}
	return nil
}

// options iterates over an option list (3.5) up to its end or the first impossible
// length.
func (p *pcapngReader) options(b []byte) func(yield func(uint16, []byte) bool) {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= 4 {
			code, n := p.order.Uint16(b), int(p.order.Uint16(b[2:]))
			if code == 0 || 4+n > len(b) || !yield(code, b[4:4+n]) {
				return
			}
			b = b[min(4+(n+3)&^3, len(b)):]
		}
	}
}
