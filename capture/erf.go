package capture

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// erfLayout is the layout of Endace's extensible record format (ERF): records with
// a type, extension headers, and a time in units of 2^-32 s.
type erfLayout struct{}

const erfRecord = 16

// Types of ERF records; the values below 128 leave room for the bit that announces an
// extension header.
const (
	erfHDLC        = 1
	erfEthernet    = 2
	erfMultiHDLC   = 5
	erfColorHDLC   = 10
	erfColorEther  = 11
	erfDSMHDLC     = 15
	erfDSMEther    = 16
	erfColorMulti  = 17
	erfHashHDLC    = 19
	erfHashEther   = 20
	erfIPv4        = 22
	erfIPv6        = 23
	erfLastFrame   = 29
	erfPad         = 48
	erfHasExtended = 0x80
)

// isErf reports whether the input could be ERF, which has no magic number: whether
// its first three records, as far as they are buffered, make sense.
func (r *Reader) isErf() bool {
	r.buf.need(erfRecord)
	head := r.buf.unread()
	last := int64(0)
	for records := range 3 {
		if len(head) < erfRecord {
			return records > 0 && len(head) == 0
		}
		typ, size, sec := head[8]&^erfHasExtended, int(be16(head[10:])), int64(le32(head[4:]))
		if typ != erfPad && (typ == 0 || typ > erfLastFrame || sec+1 < last || last > 0 && sec-last > 365*24*3600) {
			return false
		}
		if size < erfRecord || size > erfRecord && erfSkip(head[:min(size, len(head))]) > size {
			return false
		}
		if typ != erfPad {
			last = sec
		}
		if records == 0 && r.buf.need(size) {
			head = r.buf.unread()
		}
		if size > len(head) {
			return records > 0
		}
		head = head[size:]
	}
	return true
}

// openErf begins to read records; there is no file header.
func (r *Reader) openErf() error {
	r.format = &recordReader{r.buf, &r.dec, erfRecord, erfLayout{}}
	return nil
}

func (erfLayout) size(h []byte) (int, error) {
	size := int(be16(h[10:]))
	if size < erfRecord {
		return 0, fmt.Errorf("impossible record length %d", size)
	}
	return size, nil
}

// time rounds to the nearest nanosecond.
func (erfLayout) time(b []byte) int64 {
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b), 1e9)
	lo, carry := bits.Add64(lo, 1<<31, 0)
	return int64((hi+carry)<<32 | lo>>32)
}

func (erfLayout) frame(b []byte) (frame, bool) {
	if b[8] == erfPad {
		return frame{}, false
	}
	v := view{b, len(b)}
	link, v := erfPayload(v)
	f := frame{link: link, data: v.b, wire: v.wire}
	switch b[8] &^ erfHasExtended {
	case erfHDLC, erfEthernet, erfMultiHDLC: // in other types it is a color
		f.lost = uint64(be16(b[12:]))
	}
	return f, true
}

// erfSkip returns the number of bytes before the frame in a record that begins with
// b: the header, extension headers, and what the type has besides.
func erfSkip(b []byte) int {
	size := erfRecord
	for more := b[8]; more&erfHasExtended != 0; size += 8 {
		if len(b) <= size {
			return size + 8
		}
		more = b[size]
	}
	switch b[8] &^ erfHasExtended {
	case erfEthernet, erfColorEther, erfDSMEther, erfHashEther:
		return size + 2 // offset and padding
	case erfMultiHDLC, erfColorMulti:
		return size + 4 // channel
	}
	return size
}

// erfPayload returns the link type and the frame of a record.
func erfPayload(v view) (LinkType, view) {
	skip := erfSkip(v.b)
	if skip > len(v.b) {
		return linkUnknown, v
	}
	typ, wire := v.b[8]&^erfHasExtended, int(be16(v.b[14:]))
	v = v.drop(skip)
	v.b, v.wire = v.b[:min(len(v.b), wire)], wire // the record is padded
	switch typ {
	case erfEthernet, erfColorEther, erfDSMEther, erfHashEther:
		return LinkEthernet, v
	case erfIPv4, erfIPv6:
		return LinkRaw, v
	case erfHDLC, erfMultiHDLC, erfColorHDLC, erfDSMHDLC, erfColorMulti, erfHashHDLC:
		if len(v.b) > 0 && v.b[0]&0x7f == 0x0f { // the address field of Cisco's HDLC
			return LinkCHDLC, v
		}
		return LinkPPP, v
	}
	return linkUnknown, v
}
