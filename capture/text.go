package capture

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxLine bounds a line of text; longer lines are not tcpdump output.
const maxLine = 64 << 10

// maxRecordLines bounds how many of tcpdump -v's lines are read for one frame:
// enough for the headers of a few tunnels.
const maxRecordLines = 16

// textReader reads the output of tcpdump -nn, preferably with -S. It accepts
// every -t option, -v, -e, and the interface names of -i any. Whatever the text
// omits is filled in as follows and noted in the Counters:
//
//   - The date, without -tttt or -tt: days count from 1970-01-01, and a step of
//     more than 12 hours means that midnight passed. Dates are read as UTC.
//   - The sequence number of empty segments: SND.NXT is assumed, which is wrong
//     for probes and keep-alives.
//   - IP ID and hop limit, without -v: 0.
//   - Absolute numbers, without -S: see textNumbers.
//
// Each line with a time stamp or TCP flags is a frame.
type textReader struct {
	buf     *buffer
	dec     *Decoder
	clock   textClock
	numbers textNumbers
	peeked  string // the next line, if hasPeek
	hasPeek bool
	// kernelDrops and drops count the packets dropped by the kernel and by the
	// interface.
	kernelDrops, drops tally
}

func newTextReader(buf *buffer, dec *Decoder) *textReader {
	t := &textReader{buf: buf, dec: dec}
	t.numbers.conns = make(map[textKey]*textConn)
	return t
}

// plausible reports whether the input looks like tcpdump output: whether any
// line in its first 64 KiB describes a frame.
func (t *textReader) plausible() bool {
	for size := 1; ; size *= 2 {
		more := t.buf.need(size) && size < maxLine
		head := t.buf.unread()
		if bytes.IndexByte(head, 0) >= 0 {
			return false
		}
		if more && bytes.Count(head, []byte{'\n'}) < 2 {
			continue
		}
		for line := range strings.Lines(string(head)) {
			s, rest := cutTime(line)
			if s.kind != noStamp && looksLikeFrame(rest) || strings.Contains(line, tcpMark) && strings.Contains(line, " > ") {
				t.clock.detectDeltas(string(head))
				return true
			}
		}
		if !more {
			return false
		}
	}
}

// looksLikeFrame reports whether rest, the text after a time stamp, starts like
// a line of tcpdump.
func looksLikeFrame(rest string) bool {
	for word := range strings.FieldsSeq(rest) {
		switch strings.TrimRight(word, ",") {
		case "IP", "IP6", "ARP", "ethertype", "STP", "LLDP":
			return true
		}
	}
	return false
}

// line returns the next line without its line ending. Lines longer than maxLine
// are cut.
func (t *textReader) line() (string, bool) {
	if t.hasPeek {
		t.hasPeek = false
		return t.peeked, true
	}
	at := 0
	for {
		rest := t.buf.unread()
		if i := bytes.IndexByte(rest[at:], '\n'); i >= 0 {
			line := string(rest[:at+i])
			t.buf.pos += at + i + 1
			return strings.TrimSuffix(line, "\r"), true
		}
		if at = len(rest); at >= maxLine {
			line := string(rest)
			t.buf.pos = t.buf.end
			t.skipLine()
			return line, true
		}
		if !t.buf.fill(at + 1) {
			line := string(t.buf.unread())
			t.buf.pos = t.buf.end
			return line, line != ""
		}
	}
}

// skipLine discards the rest of an overlong line.
func (t *textReader) skipLine() {
	for t.buf.need(1) {
		rest := t.buf.unread()
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			t.buf.pos += i + 1
			return
		}
		t.buf.pos = t.buf.end
	}
}

// peek returns the next line without consuming it.
func (t *textReader) peek() (string, bool) {
	if !t.hasPeek {
		t.peeked, t.hasPeek = t.line()
	}
	return t.peeked, t.hasPeek
}

// continued reports whether a line continues the frame of the line before it.
func continued(line string) bool {
	return strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "  ")
}

// record returns the lines of the next frame: a single line or, with -v, a first
// line without TCP flags and the indented lines that follow it.
func (t *textReader) record(lines []string) ([]string, bool) {
	for {
		line, ok := t.line()
		if !ok {
			return nil, false
		}
		if continued(line) || line == "" {
			continue
		}
		if s, _ := cutTime(line); s.kind == noStamp && !strings.Contains(line, tcpMark) {
			t.chatter(line)
			continue
		}
		line = t.unwrap(line)
		lines = append(lines, line)
		for !strings.Contains(line, tcpMark) {
			line, ok = t.peek()
			if !ok || !continued(line) || len(lines) == maxRecordLines {
				break
			}
			t.hasPeek = false
			lines = append(lines, line)
		}
		return lines, true
	}
}

// unwrap joins a line that describes a segment with its rest, if a terminal or a mail
// program broke it: tcpdump ends each with the payload length. What follows is then no
// frame, no indented line and no count of packets.
func (t *textReader) unwrap(line string) string {
	for range maxRecordLines {
		_, fields, isTCP := strings.Cut(line, tcpMark)
		if _, length, ok := strings.Cut(fields, "length "); !isTCP || ok && length != "" {
			return line
		}
		next, ok := t.peek()
		if s, _ := cutTime(next); !ok || next == "" || continued(next) || s.kind != noStamp ||
			strings.Contains(next, tcpMark) || strings.Contains(next, " packet") {
			return line
		}
		line += next
		t.hasPeek = false
	}
	return line
}

// chatter reads a line that describes no frame. It takes tcpdump's drop counts
// and only notes the rest (the payload of -A, startup messages). tcpdump prints
// the counts on separate lines at the end, and on one line when it gets a signal.
func (t *textReader) chatter(line string) {
	understood := false
	for part := range strings.SplitSeq(line, ", ") {
		digits, what, _ := strings.Cut(part, " ")
		n, err := strconv.ParseUint(digits, 10, 64) // saturates on ErrRange
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			continue
		}
		switch what {
		case "packet dropped by kernel", "packets dropped by kernel":
			t.kernelDrops.note(&t.dec.c, KernelDrops, n)
			understood = true
		case "packet dropped by interface", "packets dropped by interface":
			t.drops.note(&t.dec.c, InterfaceDrops, n)
			understood = true
		}
	}
	if !understood {
		t.dec.c.Noted[TextIgnored]++
	}
}

func (t *textReader) read(dst []Segment) (n int, err error) {
	var space [maxRecordLines]string
	for n < len(dst) {
		if n > 0 && !t.hasPeek && bytes.IndexByte(t.buf.unread(), '\n') < 0 {
			return n, nil
		}
		lines, ok := t.record(space[:0])
		if !ok {
			return n, t.end()
		}
		if t.frame(lines, &dst[n]) {
			n++
		}
	}
	return n, nil
}

// end returns io.EOF, or a DamageError if reading failed.
func (t *textReader) end() error {
	if t.buf.err == io.EOF {
		return io.EOF
	}
	return &DamageError{Offset: t.buf.offset(), Frame: t.dec.c.Frames + 1, Err: t.buf.err}
}

// frame parses the lines of one frame into s and reports whether they hold a
// segment.
func (t *textReader) frame(lines []string, s *Segment) bool {
	stamp, _ := cutTime(lines[0])
	ns := t.clock.time(stamp)
	skip := t.segment(lines, s)
	if skip != Kept {
		t.dec.skipFrame(skip)
		return false
	}
	t.dec.c.Frames++
	t.dec.c.Segments++
	s.Frame, s.Time = t.dec.c.Frames, ns
	switch stamp.kind {
	case noStamp:
		t.dec.c.Noted[NoTime]++
	case timeOfDay, elapsed:
		t.dec.c.Noted[TextNoDate]++
	}
	t.dec.note(s)
	return true
}

func (t *textReader) firstTime() (int64, bool) {
	for line := range strings.Lines(string(t.buf.unread())) {
		if s, _ := cutTime(line); s.kind != noStamp {
			return s.ns, true
		}
	}
	return 0, false
}
