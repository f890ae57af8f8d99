package capture

import "fmt"

// recordReader reads a file that is a sequence of records, most with one frame.
type recordReader struct {
	buf    *buffer
	dec    *Decoder
	head   int // size of a record header in bytes
	layout recordLayout
}

// recordLayout is what a recordReader needs to know about a file format.
type recordLayout interface {
	// size returns the size in bytes of the record with this header, at least that
	// of the header.
	size(header []byte) (int, error)
	// time returns the time of a record, in nanoseconds since the Unix epoch.
	time(record []byte) int64
	// frame returns the frame in a record, or false if there is none. It is called
	// once for each record, in order.
	frame(record []byte) (frame, bool)
}

var _ = []recordLayout{(*snoopLayout)(nil), (*netmonLayout)(nil), erfLayout{}}

// A frame is a captured frame, of which wire bytes were on the wire.
type frame struct {
	link LinkType
	data []byte
	wire int
	lost uint64 // packets lost between the previous frame and this one
}

// linkUnknown is the link type of frames that Decode can't read.
const linkUnknown LinkType = 0xffff

// maxRecordHeader bounds the bytes besides a frame in a record.
const maxRecordHeader = 4096

func (p *recordReader) read(dst []Segment) (n int, err error) {
	for n < len(dst) {
		if n > 0 && p.buf.atHand() < p.head {
			return n, nil
		}
		size, err := p.next()
		if err != nil {
			return n, err
		}
		if n > 0 && p.buf.atHand() < size {
			return n, nil
		}
		record, err := p.record(size)
		if err != nil {
			return n, err
		}
		p.buf.pos += size
		f, ok := p.layout.frame(record)
		if !ok {
			continue
		}
		p.dec.c.Noted[InterfaceDrops] = plus(p.dec.c.Noted[InterfaceDrops], f.lost)
		if p.dec.Decode(f.link, f.data, f.wire, &dst[n]) == Kept {
			dst[n].Frame = p.dec.c.Frames
			dst[n].Time = p.layout.time(record)
			n++
		}
	}
	return n, nil
}

// next returns the size of the next record without consuming it.
func (p *recordReader) next() (int, error) {
	if !p.buf.need(p.head) {
		return 0, p.buf.endOfRecords(p.dec, "cut off in a record header")
	}
	size, err := p.layout.size(p.buf.unread()[:p.head])
	if err == nil && size > MaxCaptured+maxRecordHeader {
		err = fmt.Errorf("record of %d bytes: %w", size, errTooLong)
	}
	if err != nil {
		err = &DamageError{Offset: p.buf.offset(), Frame: p.dec.c.Frames + 1, Err: err}
	}
	return size, err
}

// record returns the next record, of the given size, without consuming it.
func (p *recordReader) record(size int) ([]byte, error) {
	if !p.buf.need(size) {
		return nil, p.buf.cutOff(p.dec, p.buf.offset(), fmt.Sprintf("cut off in mid-packet: %d of %d bytes", p.buf.atHand(), size))
	}
	return p.buf.unread()[:size], nil
}

func (p *recordReader) firstTime() (int64, bool) {
	size, err := p.next()
	if err != nil {
		return 0, false
	}
	record, err := p.record(size)
	if err != nil {
		return 0, false
	}
	return p.layout.time(record), true
}
