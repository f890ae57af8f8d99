package capture

import (
	"fmt"
	"io"
)

// chunkSize is the read size. Large reads need the fewest system calls; this much
// still fits a core's cache until it is parsed. The first read is smaller because
// often only the start of a file is needed.
const (
	firstChunk = 64 << 10
	chunkSize  = 256 << 10
)

// buffer hands out records of a stream in place: it reads large chunks and moves
// only the record that straddles two of them. Buffered bytes are valid until the
// next call of need, fill or discard.
type buffer struct {
	r   io.Reader
	buf []byte
	// pos and end bound the unread bytes in buf; base is the stream offset of buf[0].
	pos, end int
	base     int64
	err      error // the reason the stream ended; io.EOF if it ended cleanly
}

func newBuffer(r io.Reader) *buffer { return &buffer{r: r, buf: make([]byte, firstChunk)} }

// offset returns the stream offset of the next unread byte.
func (b *buffer) offset() int64 { return b.base + int64(b.pos) }

// atHand returns the number of buffered bytes.
func (b *buffer) atHand() int { return b.end - b.pos }

// unread returns the buffered bytes.
func (b *buffer) unread() []byte { return b.buf[b.pos:b.end] }

// need buffers at least n bytes and reports whether it could. If not, b.err says
// why.
func (b *buffer) need(n int) bool {
	return b.atHand() >= n || b.fill(n)
}

// fill reads until n bytes are buffered. The formats' own limits bound n.
func (b *buffer) fill(n int) bool {
	if b.err != nil {
		return false
	}
	rest := b.buf[b.pos:b.end]
	if n > len(b.buf) {
		b.buf = make([]byte, n+chunkSize)
	} else if len(b.buf) < chunkSize && b.end > 0 {
		b.buf = make([]byte, chunkSize)
	}
	copy(b.buf, rest)
	b.base += int64(b.pos)
	b.pos, b.end = 0, len(rest)
	for idle := 0; b.end < n; {
		got, err := b.r.Read(b.buf[b.end:])
		b.end += got
		if err != nil {
			b.err = err
			break
		}
		if got > 0 {
			idle = 0
		} else if idle++; idle == 100 {
			b.err = io.ErrNoProgress
			break
		}
	}
	return b.end >= n
}

// Read implements io.Reader.
func (b *buffer) Read(p []byte) (int, error) {
	if !b.need(1) {
		return 0, b.err
	}
	n := copy(p, b.unread())
	b.pos += n
	return n, nil
}

// discard skips n bytes, of any number, and reports whether the stream had them.
func (b *buffer) discard(n int64) bool {
	for n > int64(b.end-b.pos) {
		n -= int64(b.end - b.pos)
		b.pos = b.end
		if !b.fill(1) {
			return false
		}
	}
	b.pos += int(n)
	return true
}

// ended returns the reason the stream ended within a record.
func (b *buffer) ended() error {
	if b.err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return b.err
}

// cutOff returns the DamageError for a stream that ended within the record at
// offset; what names the place within the record.
func (b *buffer) cutOff(dec *Decoder, offset int64, what string) error {
	return &DamageError{Offset: offset, Frame: dec.c.Frames + 1, Err: fmt.Errorf("%s: %w", what, b.ended())}
}

// endOfRecords returns io.EOF if the stream ended cleanly between two records,
// else the error of cutOff.
func (b *buffer) endOfRecords(dec *Decoder, what string) error {
	if b.err == io.EOF && b.pos == b.end {
		return io.EOF
	}
	return b.cutOff(dec, b.offset(), what)
}
