package capture

import (
	"io"
	"sync/atomic"
)

// Reader reads the TCP segments of one capture. Only Offset is safe for
// concurrent use.
type Reader struct {
	name   string
	dec    Decoder
	buf    *buffer
	format format
	err    error // set once the end has been reported
	one    [1]Segment

	file    countingReader
	size    int64
	closers []func() error
}

// format is one of the file formats.
type format interface {
	// read fills in segments until dst is full, the input ends, or it has at
	// least one and would have to read more input. It may return segments along
	// with an error: io.EOF, or a DamageError whose Name the caller fills in.
	read(dst []Segment) (int, error)
	// firstTime returns the time of the first frame, or false if there is none. It
	// must be called before any frame is read.
	firstTime() (int64, bool)
}

var _ = []format{(*pcapReader)(nil), (*pcapngReader)(nil), (*textReader)(nil), (*recordReader)(nil), (*netmonReader)(nil)}

// countingReader counts the bytes read from a file.
type countingReader struct {
	r io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// Next reads the next TCP segment into s. It returns io.EOF at the end. Where the
// input is broken it returns a *DamageError once, and io.EOF after that. On an
// error s is unchanged. It does not allocate.
func (r *Reader) Next(s *Segment) error {
	n, err := r.NextBatch(r.one[:])
	if n == 1 {
		*s = r.one[0]
	}
	return err
}

// NextBatch reads up to len(dst) segments into dst, and at least one unless there
// is an error. It returns fewer rather than wait for more input. Errors are those
// of Next and apply after the n segments.
func (r *Reader) NextBatch(dst []Segment) (n int, err error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err = r.format.read(dst)
	if err == nil {
		return n, nil
	}
	r.err = io.EOF
	if d, ok := err.(*DamageError); ok {
		d.Name = r.name
	}
	return n, err
}

// Counters returns the counters of the frames read so far.
func (r *Reader) Counters() Counters { return r.dec.c }

// Name returns the name that the Reader was opened with.
func (r *Reader) Name() string { return r.name }

// Offset returns the number of bytes read so far from the file, before
// decompression. It may be called from any goroutine.
func (r *Reader) Offset() int64 { return r.file.n.Load() }

// Size returns the size of the file in bytes, or 0 if it is unknown.
func (r *Reader) Size() int64 { return r.size }

// Close closes the files that Open opened and stops its goroutines.
func (r *Reader) Close() error {
	var first error
	for _, c := range r.closers {
		if err := c(); err != nil && first == nil {
			first = err
		}
	}
	r.closers = nil
	r.err = io.EOF
	return first
}
