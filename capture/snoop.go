package capture

import "fmt"

// snoopLayout is the layout of Solaris' snoop files (RFC 1761), and of those of
// Shomiti's Surveyor, which uses the same format.
type snoopLayout struct {
	link  LinkType
	fcs   int    // bytes of frame check sequence in every frame
	drops uint32 // packets lost so far
}

const (
	snoopMagic  = "snoop\x00\x00\x00"
	snoopHeader = 16
	snoopRecord = 24
	// shomitiTrailer is the padding by which Surveyor's files are recognized.
	shomitiTrailer = 16
)

// snoopLinks are the data-link types of RFC 1761, and those that Solaris added.
var snoopLinks = map[uint32]LinkType{
	0:          LinkEthernet, // IEEE 802.3
	4:          LinkEthernet,
	8:          LinkFDDI,
	9:          LinkNull,
	14:         LinkNull, // software loopback
	0x80000005: LinkIPNET,
}

// shomitiLinks are the types with another meaning in Surveyor's files.
var shomitiLinks = map[uint32]LinkType{
	10: LinkEthernet, // 100 Mbit/s
	12: LinkEthernet, // 1 Gbit/s
	19: LinkEthernet, // 10 Gbit/s
}

// openSnoop reads the file header.
func (r *Reader) openSnoop() error {
	if !r.buf.need(snoopHeader) {
		return r.damaged(0, fmt.Errorf("cut off in the file header: %w", r.buf.ended()))
	}
	h := r.buf.unread()
	if v := be32(h[8:]); v < 2 || v > 5 {
		return r.damaged(0, fmt.Errorf("unknown snoop version %d", v))
	}
	link, ok := snoopLinks[be32(h[12:])]
	if !ok {
		link = linkUnknown
	}
	r.buf.need(snoopHeader + snoopRecord)
	h = r.buf.unread()
	fcs := 0
	if len(h) >= snoopHeader+snoopRecord && int64(be32(h[snoopHeader+8:])) >= snoopRecord+int64(be32(h[snoopHeader+4:]))+shomitiTrailer {
		if l, ok := shomitiLinks[be32(h[12:])]; ok {
			link = l
		}
		if link == LinkEthernet {
			fcs = 4
		}
	}
	r.buf.pos += snoopHeader
	r.format = &recordReader{r.buf, &r.dec, snoopRecord, &snoopLayout{link: link, fcs: fcs}}
	return nil
}

func (l *snoopLayout) size(h []byte) (int, error) {
	captured, record := int64(be32(h[4:])), int64(be32(h[8:]))
	if captured > MaxCaptured {
		return 0, errTooLong
	}
	if record < snoopRecord+captured {
		return 0, fmt.Errorf("packet of %d bytes in a record of %d", captured, record)
	}
	return int(record), nil
}

func (l *snoopLayout) time(b []byte) int64 {
	return int64(be32(b[16:]))*1e9 + int64(be32(b[20:]))*1000
}

func (l *snoopLayout) frame(b []byte) (frame, bool) {
	f := frame{link: l.link, data: b[snoopRecord : snoopRecord+be32(b[4:])], wire: int(be32(b))}
	if l.fcs > 0 {
		f.data, f.wire = trimFCS(f.data, f.wire, l.fcs)
	}
	if drops := be32(b[12:]); drops > l.drops {
		f.lost = uint64(drops - l.drops)
		l.drops = drops
	}
	return f, true
}
