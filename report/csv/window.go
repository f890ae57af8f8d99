// Package csv writes reports as comma-separated values (RFC 4180): the window timeline,
// stalls and probes, the kernel's samples, and sweeps. Unknown values are empty fields.
package csv

import (
	"bytes"
	"io"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report"
)

// windowHeader is a contract: scripts depend on it.
const windowHeader = "frame,time_ns,elapsed_s,stream,src,src_port,dst,dst_port,flags,seq,ack,len," +
	"window_raw,window_shift,window_bytes,right_edge,in_flight_bytes,events\n"

const (
	// windowBuffer is large enough for a system call to cost little compared to the
	// rows that it writes.
	windowBuffer = 256 << 10
	// maxRow bounds a row: 13 numbers of at most 20 digits, two IPv6 addresses, and
	// the names of all events.
	maxRow = 1024
)

// Window writes the window timeline, one row per segment in capture order. Columns whose
// value is unknown are empty: the raw window is never passed off as the window. time_ns is
// the time stamp of the packet as it is; elapsed_s counts from the first packet of the
// capture, with clock jumps removed, so that it is never negative. Window is a
// report.SampleSink for use by one goroutine.
type Window struct {
	out       *report.AsyncWriter
	buf       []byte
	endpoints endpointCache
	// time and elapsed keep the digits of the previous row, which usually differ only
	// at the end.
	time, elapsed clockText
}

// NewWindow writes the header line to w and returns a sink for the rows. It writes on a
// separate goroutine, which only Close ends, so callers must call Close. Close also
// reports the first write error; w stays open.
func NewWindow(w io.Writer) *Window {
	c := &Window{out: report.NewAsyncWriter(w, windowBuffer), endpoints: make(endpointCache, endpointSlots)}
	c.buf = append(c.out.Buffer(), windowHeader...)
	return c
}

// Add writes the row of one sample. It keeps no reference to the sample and does not
// allocate.
func (c *Window) Add(s *analyze.Sample) {
	g := s.Segment
	if cap(c.buf)-len(c.buf) < maxRow {
		c.out.Send(c.buf)
		c.buf = c.out.Buffer()
	}
	b := c.buf
	b = appendUint(b, g.Frame)
	b = append(b, ',')
	b = c.time.appendTime(b, g.Time)
	b = append(b, ',')
	b = c.elapsed.appendElapsed(b, 0, int64(s.Elapsed))
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

// Close writes the buffered rows and returns the first error of any write. The samples
// were all it needed: it ignores the material.
func (c *Window) Close(*report.Material) error {
	c.out.Send(c.buf)
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

// endpointCache keeps the columns from stream to dst_port as text. It is direct mapped: a
// stream whose slot another stream took is formatted again.
type endpointCache []endpointEntry

// endpointEntry takes three cache lines, of which IPv4 uses two, to leave the rest of the
// cache to the analyzer.
type endpointEntry struct {
	stream int64
	window windowText
	// size is 0 while the slot is empty.
	size uint8
	// text holds at most a stream number of 20 digits, two addresses of 39 characters,
	// two ports of 5, and 5 commas.
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

// windowText keeps the columns from window_raw to right_edge as text: while data flows
// one way, the sender's own window and acknowledgment number do not change.
type windowText struct {
	window    int64
	rightEdge int64
	raw       uint16
	shift     int8
	// size is 0 if there is no text or it is too long to keep.
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

// backward distinguishes the two directions of a stream by its endpoints, which do not
// change when the analyzer learns which of them is the client.
func backward(g *capture.Segment) bool {
	if g.SrcPort != g.DstPort {
		return g.SrcPort > g.DstPort
	}
	return bytes.Compare(g.Src[:], g.Dst[:]) > 0
}

func (e *endpointEntry) fill(s *analyze.Sample) {
	g := s.Segment
	var scratch [128]byte // with the spare bytes that appendUint needs
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
