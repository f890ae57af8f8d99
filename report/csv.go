package report

import (
	"bytes"
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
	out       *behindWriter
	buf       []byte
	start     int64
	started   bool
	endpoints endpointCache
	// time and elapsed hold the digits of the last row's, of which only the end
	// is different in the next.
	time, elapsed clockText
}

// NewCSV returns a CSV that writes to w, and writes the header line. It writes
// on a goroutine of its own, which Close ends: it must be called. Errors are
// kept until then. The caller closes w, after Close.
func NewCSV(w io.Writer) *CSV {
	c := &CSV{out: newBehindWriter(w, csvBuffer), endpoints: make(endpointCache, endpointSlots)}
	c.buf = append(c.out.buffer(), csvHeader...)
	return c
}

// StartAt sets the time from which elapsed_s counts, for rows that do not begin
// with the capture's first segment.
func (c *CSV) StartAt(ns int64) { c.start, c.started = ns, true }

// Add writes the row of one sample. It keeps nothing of it, and allocates
// nothing.
func (c *CSV) Add(s *analyze.Sample) {
	g := s.Segment
	if !c.started {
		c.start, c.started = g.Time, true
	}
	if cap(c.buf)-len(c.buf) < csvMaxRow {
		c.out.write(c.buf)
		c.buf = c.out.buffer()
	}
	b := c.buf
	b = appendUint(b, g.Frame)
	b = append(b, ',')
	b = c.time.appendTime(b, g.Time)
	b = append(b, ',')
	b = c.elapsed.appendElapsed(b, c.start, g.Time)
	b = append(b, ',')
	e := c.endpoints.of(s)
	b = append(b, e.text[:e.size]...)
	b = append(b, flagText(g.Flags)...)
	b = append(b, ',')
	b = appendUint(b, uint64(g.Seq))
	b = append(b, ',')
	b = appendUint(b, uint64(g.Ack))
	b = append(b, ',')
	b = appendUint(b, uint64(g.Len))
	b = append(b, ',')
	b = e.window.append(b, s)
	b = appendKnown(b, s.InFlight)
	b = append(b, ',')
	if s.Events != 0 {
		b = s.Events.AppendTo(b)
	}
	b = append(b, '\n')
	c.buf = b
}

// Close writes what is buffered, and returns the first error that any write met.
func (c *CSV) Close() error {
	c.out.write(c.buf)
	return c.out.Close()
}

// flagTexts holds the text of every combination of the control bits.
var flagTexts = func() (t [capture.AE << 1]string) {
	for f := range t {
		t[f] = capture.Flags(f).String()
	}
	return t
}()

// flagText returns the control bits as tcpdump writes them.
func flagText(f capture.Flags) string { return flagTexts[f&(capture.AE<<1-1)] }

// endpointSlots bounds the cache to 1.5 MB; it is a power of two.
const endpointSlots = 8192

// endpointCache keeps the columns from stream to dst_port as text. It is direct
// mapped: a stream that comes back after another took its slot is written anew.
type endpointCache []endpointEntry

// endpointEntry is three cache lines, of which IPv4 needs two: the analyzer wants
// the rest of the cache for itself.
type endpointEntry struct {
	stream int64
	window windowText
	// size is 0 while the slot is empty.
	size uint8
	// text is at most a stream number of 20 digits, two addresses of 39 and two
	// ports of 5, and 5 commas.
	text [119]byte
}

// of returns the entry of s, whose text is "stream,src,src_port,dst,dst_port,".
func (c endpointCache) of(s *analyze.Sample) *endpointEntry {
	slot := uint64(s.Stream) << 1
	if backward(s.Segment) {
		slot |= 1
	}
	e := &c[slot%endpointSlots]
	if e.size == 0 || e.stream != s.Stream {
		e.fill(s)
	}
	return e
}

// windowText keeps the columns from window_raw to right_edge as text: as long as
// data goes one way, the sender's own window and what it acknowledges stay the
// same.
type windowText struct {
	window    int64
	rightEdge int64
	raw       uint16
	shift     int8
	// size is 0 while there is no text, or it is too long to be kept.
	size uint8
	text [36]byte
}

// append appends "window_raw,window_shift,window_bytes,right_edge,".
func (w *windowText) append(b []byte, s *analyze.Sample) []byte {
	raw := s.Segment.Window
	if w.size > 0 && w.rightEdge == s.RightEdge && w.window == s.Window && w.raw == raw && w.shift == s.Shift {
		return append(b, w.text[:w.size]...)
	}
	from := len(b)
	b = appendUint(b, uint64(raw))
	b = append(b, ',')
	b = appendKnown(b, int64(s.Shift))
	b = append(b, ',')
	b = appendKnown(b, s.Window)
	b = append(b, ',')
	b = appendKnown(b, s.RightEdge)
	b = append(b, ',')
	w.window, w.rightEdge, w.raw, w.shift, w.size = s.Window, s.RightEdge, raw, s.Shift, 0
	if text := b[from:]; len(text) <= len(w.text) {
		w.size = uint8(copy(w.text[:], text))
	}
	return b
}

// backward tells the two directions of a stream apart by its endpoints, which
// stay the same whatever the analyzer learns about who the client is.
func backward(g *capture.Segment) bool {
	if g.SrcPort != g.DstPort {
		return g.SrcPort > g.DstPort
	}
	return bytes.Compare(g.Src[:], g.Dst[:]) > 0
}

func (e *endpointEntry) fill(s *analyze.Sample) {
	g := s.Segment
	var scratch [128]byte // with the room that appendUint needs
	b := appendKnown(scratch[:0], s.Stream)
	b = append(b, ',')
	b = appendAddr(b, g.Src)
	b = append(b, ',')
	b = appendUint(b, uint64(g.SrcPort))
	b = append(b, ',')
	b = appendAddr(b, g.Dst)
	b = append(b, ',')
	b = appendUint(b, uint64(g.DstPort))
	b = append(b, ',')
	e.stream, e.size, e.window.size = s.Stream, uint8(copy(e.text[:], b)), 0
}
