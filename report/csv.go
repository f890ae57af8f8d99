package report

import (
	"encoding/binary"
	"io"

	"winwatch/analyze"
	"winwatch/capture"
)

// csvHeader is the contract that others script against.
const csvHeader = "frame,time_ns,elapsed_s,stream,src,src_port,dst,dst_port,flags,seq,ack,len," +
	"window_raw,window_shift,window_bytes,right_edge,in_flight_bytes,events\n"

const (
	// csvBuffer is large enough for a system call to cost little beside the
	// rows that it writes.
	csvBuffer = 256 << 10
	// csvMaxRow bounds a row: 13 numbers of at most 20 digits, two IPv6
	// addresses, and the names of all events.
	csvMaxRow = 1024
)

// CSV writes the window timeline, one row per segment in the order of the
// capture (RFC 4180). Columns whose value is unknown are empty: the raw window
// is never passed off as the window. A CSV is for one goroutine.
type CSV struct {
	w         io.Writer
	err       error
	buf       []byte
	start     int64
	started   bool
	time      clockText
	elapsed   clockText
	endpoints endpointCache
}

// NewCSV returns a CSV that writes to w, beginning with the header line. Errors
// are kept until Close. The caller closes w, after Close.
func NewCSV(w io.Writer) *CSV {
	return &CSV{w: w, buf: append(make([]byte, 0, csvBuffer), csvHeader...), endpoints: make(endpointCache, endpointSlots)}
}

// Add writes the row of one sample. It keeps nothing of it, and allocates
// nothing.
func (c *CSV) Add(s *analyze.Sample) {
	g := s.Segment
	if !c.started {
		c.start, c.started = g.Time, true
	}
	if cap(c.buf)-len(c.buf) < csvMaxRow {
		c.flush()
	}
	b := c.buf
	b = append(appendUint(b, g.Frame), ',')
	b = append(c.time.appendTime(b, g.Time), ',')
	b = append(c.elapsed.appendElapsed(b, c.start, g.Time), ',')
	b = append(b, c.endpoints.text(s)...)
	b = append(appendFlags(b, g.Flags), ',')
	b = append(appendUint(b, uint64(g.Seq)), ',')
	b = append(appendUint(b, uint64(g.Ack)), ',')
	b = append(appendUint(b, uint64(g.Len)), ',')
	b = append(appendUint(b, uint64(g.Window)), ',')
	b = append(appendKnown(b, int64(s.Shift)), ',')
	b = append(appendKnown(b, s.Window), ',')
	b = append(appendKnown(b, s.RightEdge), ',')
	b = append(appendKnown(b, s.InFlight), ',')
	if s.Events != 0 {
		b = s.Events.AppendTo(b)
	}
	c.buf = append(b, '\n')
}

// Close writes what is buffered, and returns the first error that any write met.
func (c *CSV) Close() error {
	c.flush()
	return c.err
}

func (c *CSV) flush() {
	if c.err == nil {
		_, c.err = c.w.Write(c.buf)
	}
	c.buf = c.buf[:0]
}

// flagWords holds the text of every combination of the control bits that takes
// up to 8 bytes, as a word with the first byte lowest, and its length.
var flagWords = func() (t [capture.AE << 1]struct {
	word uint64
	size int
}) {
	for f := range t {
		var word [8]byte
		if text := capture.Flags(f).String(); len(text) <= len(word) {
			t[f].size = copy(word[:], text)
			t[f].word = binary.LittleEndian.Uint64(word[:])
		}
	}
	return t
}()

// appendFlags appends the control bits as tcpdump writes them.
func appendFlags(b []byte, f capture.Flags) []byte {
	f &= capture.AE<<1 - 1
	if w := &flagWords[f]; w.size > 0 {
		return binary.LittleEndian.AppendUint64(b, w.word)[:len(b)+w.size]
	}
	return append(b, f.String()...)
}

// endpointSlots bounds the cache to 1.3 MB; it is a power of two.
const endpointSlots = 8192

// endpointCache keeps the columns from stream to dst_port as text. It is direct
// mapped: a stream that comes back after another took its slot is written anew.
type endpointCache []endpointEntry

type endpointEntry struct {
	stream           int64
	src, dst         capture.Addr
	srcPort, dstPort uint16
	// size is 0 while the slot is empty. The text is at most a stream number
	// of 20 digits, two addresses of 39 and two ports of 5, and 5 commas; the
	// rest is room for appendUint.
	size uint8
	buf  [121]byte
}

// text returns "stream,src,src_port,dst,dst_port," for s; it is valid until the
// next call.
func (c endpointCache) text(s *analyze.Sample) []byte {
	g := s.Segment
	e := &c[(uint64(s.Stream)<<1|uint64(s.Dir))%endpointSlots]
	if e.size == 0 || e.stream != s.Stream || e.srcPort != g.SrcPort || e.dstPort != g.DstPort ||
		e.src != g.Src || e.dst != g.Dst {
		e.fill(s)
	}
	return e.buf[:e.size]
}

func (e *endpointEntry) fill(s *analyze.Sample) {
	g := s.Segment
	e.stream, e.src, e.dst, e.srcPort, e.dstPort = s.Stream, g.Src, g.Dst, g.SrcPort, g.DstPort
	b := appendKnown(e.buf[:0], s.Stream)
	b = append(b, ',')
	b = appendAddr(b, g.Src)
	b = append(b, ',')
	b = appendUint(b, uint64(g.SrcPort))
	b = append(b, ',')
	b = appendAddr(b, g.Dst)
	b = append(b, ',')
	b = appendUint(b, uint64(g.DstPort))
	b = append(b, ',')
	e.size = uint8(len(b))
}
