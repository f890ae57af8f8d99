package capture

import (
	"encoding/binary"
	"fmt"
)

// pcapReader reads pcap files (draft-ietf-opsawg-pcap). Besides the usual record
// header of 16 bytes it reads variants that share a magic number and can be
// recognized only from the records: 24 bytes (libpcap with Alexey Kuznetzov's
// patch, Red Hat 6.1), 28 bytes (an older patch, SuSE 6.3) and 20 bytes (Nokia).
type pcapReader struct {
	buf     *buffer
	dec     *Decoder
	order   binary.ByteOrder
	swap    bool  // the file's byte order is big-endian
	fracNs  int64 // nanoseconds per unit of the time stamp's fraction
	recSize int   // size of a record header in bytes
	swapLen bool  // the two lengths may be swapped: version 2.3 and before
	link    LinkType
	fcs     int // bytes of frame check sequence in every frame
}

var errTooLong = fmt.Errorf("impossible length: over %d bytes", MaxCaptured)

// pcapOrder returns the byte order of a pcap file that starts with head.
func pcapOrder(head []byte) (binary.ByteOrder, bool) {
	if len(head) < 4 {
		return nil, false
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(head) {
		case magicMicro, magicNano, magicModified:
			return order, true
		}
	}
	return nil, false
}

// openPcap reads the file header.
func (r *Reader) openPcap(order binary.ByteOrder) error {
	if !r.buf.need(24) {
		return r.damaged(0, fmt.Errorf("cut off in the file header: %w", r.buf.ended()))
	}
	h := r.buf.unread()
	p := &pcapReader{buf: r.buf, dec: &r.dec, order: order, swap: order == binary.BigEndian, fracNs: 1000}
	magic := order.Uint32(h)
	if magic == magicNano {
		p.fracNs = 1
	}
	major, minor := order.Uint16(h[4:]), order.Uint16(h[6:])
	p.swapLen = major == 2 && minor <= 3 || major == 543 // 543: DG/UX
	link := order.Uint32(h[20:])
	p.link = LinkType(link)
	if link&(1<<26) != 0 {
		p.fcs = int(link>>28) * 2
	}
	r.buf.pos += 24
	if magic == magicModified {
		p.guessRecordSize(24, 28)
	} else {
		p.guessRecordSize(16, 24, 20)
	}
	r.format = p
	return nil
}

// guessRecordSize finds the first record header size with which the first records
// make sense. If there is none, it is the usual one.
func (p *pcapReader) guessRecordSize(usual int, others ...int) {
	p.recSize = usual
	if p.plausible(usual) {
		return
	}
	for _, size := range others {
		if p.plausible(size) {
			p.recSize = size
			return
		}
	}
}

// plausible reports whether the first three records, as far as they are buffered,
// could have headers of the given size.
func (p *pcapReader) plausible(size int) bool {
	head := p.buf.unread() // only buffered data: a pipe may have nothing more for now
	at := 0
	for range 3 {
		if len(head) < at+size {
			return at > 0 || size == p.recSize
		}
		rec := head[at:]
		frac, capLen, wire := p.order.Uint32(rec[4:]), p.order.Uint32(rec[8:]), p.order.Uint32(rec[12:])
		if p.swapLen && capLen > wire {
			capLen, wire = wire, capLen
		}
		if capLen > MaxCaptured || capLen > wire || int64(frac)*p.fracNs >= 1e9 {
			return false
		}
		at += size + int(capLen)
	}
	return true
}

// quick reads buffered frames of a little-endian file until it meets one that
// neither usual nor fast can decode, and leaves everything else to read.
func (p *pcapReader) quick(dst []Segment) (n int) {
	b := p.buf.buf[p.buf.pos:p.buf.end]
	frames := p.dec.c.Frames
	fracNs := p.fracNs
	for n < len(dst) && len(b) >= 16+66 {
		h := (*[16 + 66]byte)(b)
		capLen, wire := le32(h[8:12]), le32(h[12:16])
		size := 16 + int(capLen)
		if capLen < 14 || capLen > MaxCaptured || size > len(b) || wire < capLen {
			break
		}
		s := &dst[n]
		if (capLen < 66 || !usual((*[66]byte)(h[16:]), s)) && !fast(be16(h[28:30]), b[30:size], s) {
			break
		}
		frames++
		s.Frame = frames
		s.Time = int64(le32(h[0:4]))*1e9 + int64(le32(h[4:8]))*fracNs
		b = b[size:]
		n++
	}
	p.dec.c.Segments += uint64(n)
	p.dec.c.Frames = frames
	p.buf.pos = p.buf.end - len(b)
	return n
}

func (p *pcapReader) read(dst []Segment) (n int, err error) {
	plain := p.link == LinkEthernet && !p.swap && !p.swapLen && p.fcs == 0 && p.recSize == 16 && p.dec.filter == nil
	for n < len(dst) {
		if plain {
			n += p.quick(dst[n:])
			if n == len(dst) {
				break
			}
		}
		if n > 0 && p.buf.atHand() < p.recSize {
			return n, nil
		}
		if !p.buf.need(p.recSize) {
			return n, p.end("cut off in a record header")
		}
		b := p.buf.buf[p.buf.pos:p.buf.end]
		sec, frac, capLen, wire := le32(b[0:]), le32(b[4:]), le32(b[8:]), le32(b[12:16])
		if p.swap {
			sec, frac, capLen, wire = be32(b[0:]), be32(b[4:]), be32(b[8:]), be32(b[12:16])
		}
		if p.swapLen && capLen > wire {
			capLen, wire = wire, capLen
		}
		if capLen > MaxCaptured {
			return n, p.damage(fmt.Errorf("record of %d bytes: %w", capLen, errTooLong))
		}
		size := p.recSize + int(capLen)
		if size > len(b) {
			if n > 0 {
				return n, nil
			}
			if !p.buf.need(size) {
				return n, p.end(fmt.Sprintf("cut off in mid-packet: %d of %d bytes", len(p.buf.unread())-p.recSize, capLen))
			}
			b = p.buf.unread()
		}
		s := &dst[n]
		p.buf.pos += size
		data, wireLen := b[p.recSize:size], int(wire)
		if p.fcs != 0 {
			data, wireLen = trimFCS(data, wireLen, p.fcs)
		}
		if p.dec.Decode(p.link, data, wireLen, s) == Kept {
			s.Frame = p.dec.c.Frames
			s.Time = int64(sec)*1e9 + int64(frac)*p.fracNs
			n++
		}
	}
	return n, nil
}

// trimFCS removes the frame check sequence from the end of a frame.
func trimFCS(data []byte, wireLen, fcs int) ([]byte, int) {
	wireLen = max(wireLen-fcs, 0)
	return data[:min(len(data), wireLen)], wireLen
}

// end returns io.EOF if the stream ended between two records, else a DamageError.
func (p *pcapReader) end(what string) error {
	return p.buf.endOfRecords(p.dec, what)
}

func (p *pcapReader) damage(err error) error {
	return &DamageError{Offset: p.buf.offset(), Frame: p.dec.c.Frames + 1, Err: err}
}

func (p *pcapReader) firstTime() (int64, bool) {
	if !p.buf.need(p.recSize) {
		return 0, false
	}
	b := p.buf.unread()
	return int64(p.order.Uint32(b))*1e9 + int64(p.order.Uint32(b[4:]))*p.fracNs, true
}

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
