package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"io"
	"math"
	"time"
)

// netmonReader reads the files of Microsoft Network Monitor 1 and 2, and of
// Message Analyzer (documented in the help of Network Monitor 3). It reads frames
// in the order of the file, also from a pipe; the frame table behind them must list
// them in this order.
type netmonReader struct {
	recordReader // ends before whatever follows the frames
	rest         *buffer
	frames       *netmonLayout
	table        int64 // offset of the frame table
	entries      int64 // number of frames in it
}

// netmonLayout is the layout of the frames.
type netmonLayout struct {
	buf     *buffer
	version int         // major × 256 + minor
	link    LinkType    // of all frames, before version 2.1
	start   int64       // of the capture, in nanoseconds since the Unix epoch
	offsets hash.Hash64 // of the offsets of the frames so far
	count   int64       // of the frames so far
}

const (
	netmonHeader  = 128
	netmonRecord1 = 8  // in version 1
	netmonRecord2 = 16 // in version 2
)

var errFrameTable = errors.New("the frame table lists other frames, or in another order (editcap -F pcapng reads such a file)")

func isNetmon(head []byte) bool {
	return len(head) >= 4 && (string(head[:4]) == "RTSS" || string(head[:4]) == "GMBU")
}

// openNetmon reads the file header.
func (r *Reader) openNetmon() error {
	if !r.buf.need(netmonHeader) {
		return r.damaged(0, fmt.Errorf("cut off in the file header: %w", r.buf.ended()))
	}
	h := r.buf.unread()[:netmonHeader]
	head := netmonRecord2
	switch h[5] {
	case 1:
		head = netmonRecord1
	case 2:
	default:
		return r.damaged(4, fmt.Errorf("unknown Network Monitor version %d", h[5]))
	}
	table := int64(le32(h[24:]))
	if table < netmonHeader {
		return r.damaged(24, fmt.Errorf("impossible offset of the frame table: %d", table))
	}
	end := table
	for _, at := range []int{32, 40, 48, 56} { // user data, comments, processes, networks
		if offset := int64(le32(h[at:])); offset >= netmonHeader {
			end = min(end, offset)
		}
	}
	l := &netmonLayout{
		version: int(h[5])<<8 | int(h[4]),
		link:    netmonLink(le16(h[6:])),
		start:   netmonStart(h[8:24]),
		offsets: fnv.New64a(),
	}
	entries := int64(le32(h[28:])) / 4
	r.buf.pos += netmonHeader
	l.buf = newBuffer(io.LimitReader(r.buf, end-netmonHeader))
	l.buf.base = netmonHeader
	r.format = &netmonReader{recordReader{l.buf, &r.dec, head, l}, r.buf, l, table, entries}
	return nil
}

// netmonStart returns the time in a SYSTEMTIME structure. It is local time, but the
// file doesn't say where: it is read as UTC.
func netmonStart(b []byte) int64 {
	field := func(i int) int { return int(le16(b[2*i:])) }
	t := time.Date(field(0), time.Month(field(1)), field(3), field(4), field(5), field(6), 0, time.UTC)
	return saturatingSum(saturatingSeconds(t.Unix()), int64(field(7))*1e6)
}

// netmonLink returns the link type for one of Network Monitor's media types.
func netmonLink(media uint16) LinkType {
	switch {
	case media <= 1:
		return LinkEthernet
	case media == 3:
		return LinkFDDI
	case media == 6:
		return linkNetmonWLAN
	case media >= 7 && media <= 9:
		return LinkRaw
	case media == 0xe080:
		return LinkWLAN
	case media > 0xe080 && media <= 0xe08a: // what Message Analyzer adds to the next case
		return linkUnknown
	case media>>12 == 0xe:
		return LinkType(media & 0xfff)
	}
	return linkUnknown
}

// linkNetmonWLAN is 802.11 after a header of Network Monitor's; Decode never sees it.
const linkNetmonWLAN LinkType = 0xfffe

func (p *netmonReader) read(dst []Segment) (int, error) {
	n, err := p.recordReader.read(dst)
	if err == io.EOF {
		err = p.checkTable()
	}
	return n, err
}

// checkTable compares the frame table with the frames that were read. It returns
// io.EOF if they agree.
func (p *netmonReader) checkTable() error {
	start := p.buf.offset()
	want, table := p.frames.offsets.Sum64(), fnv.New64a()
	if !p.rest.discard(p.table - start) {
		return p.rest.cutOff(p.dec, start, "cut off before the frame table")
	}
	for range p.entries {
		if !p.rest.need(4) {
			return p.rest.cutOff(p.dec, p.rest.offset(), "cut off in the frame table")
		}
		table.Write(p.rest.unread()[:4])
		p.rest.pos += 4
	}
	if p.entries != p.frames.count || table.Sum64() != want {
		return &DamageError{Offset: p.table, Err: errFrameTable}
	}
	return io.EOF
}

// trailer returns the number of bytes behind a frame.
func (l *netmonLayout) trailer() int {
	switch {
	case l.version <= 0x200:
		return 0
	case l.version == 0x201:
		return 2 // media type
	case l.version == 0x202:
		return 6 // and process
	}
	return 15 // and time and time zone
}

func (l *netmonLayout) size(h []byte) (int, error) {
	if l.version < 0x200 {
		return netmonRecord1 + int(le16(h[6:])), nil
	}
	captured := le32(h[12:])
	if captured > MaxCaptured {
		return 0, fmt.Errorf("record of %d bytes: %w", captured, errTooLong)
	}
	return netmonRecord2 + int(captured) + l.trailer(), nil
}

func (l *netmonLayout) time(b []byte) int64 {
	switch {
	case l.version > 0x202:
		return filetime(binary.LittleEndian.Uint64(b[len(b)-9:]))
	case l.version >= 0x200:
		since := int64(binary.LittleEndian.Uint64(b) * 10) // 100 ns, and negative if that overflows
		return saturatingSum(l.start, max(min(since, math.MaxInt64/100), math.MinInt64/100)*100)
	}
	return saturatingSum(l.start, int64(le32(b))*1e6)
}

func (l *netmonLayout) frame(b []byte) (frame, bool) {
	l.offsets.Write(binary.LittleEndian.AppendUint32(nil, uint32(l.buf.offset()-int64(len(b)))))
	l.count++
	if l.version < 0x200 {
		return frame{link: l.link, data: b[netmonRecord1:], wire: int(le16(b[4:]))}, true
	}
	end := len(b) - l.trailer()
	f := frame{link: l.link, data: b[netmonRecord2:end], wire: int(le32(b[8:]))}
	if l.version > 0x200 {
		media := le16(b[end:])
		if media >= 0xfffc && media <= 0xfffe { // reassembled payload, networks, names: not frames in Wireshark either
			return f, false
		}
		f.link = netmonLink(media)
	}
	if f.link == linkNetmonWLAN {
		f.link = linkUnknown
		if len(f.data) >= 3 && int(le16(f.data[1:])) <= len(f.data) {
			n := int(le16(f.data[1:]))
			f.link, f.data, f.wire = LinkWLAN, f.data[n:], f.wire-n
		}
	}
	return f, true
}

// filetime returns the time of a number of 100 ns since 1601.
func filetime(ticks uint64) int64 {
	const epoch = 116_444_736_000_000_000 // 1970
	since := int64(min(ticks, math.MaxInt64)) - epoch
	return max(min(since, math.MaxInt64/100), math.MinInt64/100) * 100
}

// saturatingSum returns a + b, or the nearest time that can be represented.
func saturatingSum(a, b int64) int64 {
	switch sum := a + b; {
	case a > 0 && b > 0 && sum < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && sum >= 0:
		return math.MinInt64
	default:
		return sum
	}
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
