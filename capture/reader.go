package capture

import (
	"io"
	"sync/atomic"
)

// Reader reads the TCP segments of one capture. It is not safe for concurrent
// use, but for Offset.
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

// format is one of the file formats: pcapReader, pcapngReader, textReader.
type format interface {
	// read fills in segments until dst is full, the input ends, or it has at
	// least one and would have to read on. An error comes with the segments
	// before it; it is io.EOF or a DamageError, whose Name is left for the
	// caller to fill in.
	read(dst []Segment) (int, error)
	// firstTime returns the time of the first frame; no frame must have been
	// read. It reports false if there is none.
	firstTime() (int64, bool)
}

var _ = []format{(*pcapReader)(nil), (*pcapngReader)(nil), (*textReader)(nil)}

// countingReader counts the bytes that were read from a file.
type countingReader struct {
	r io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// Next reads the next TCP segment into s. It returns io.EOF at the end, and a
// *DamageError, once, where the input is broken; after that io.EOF. On an error
// s is left as it was. It does not allocate.
func (r *Reader) Next(s *Segment) error {
	n, err := r.NextBatch(r.one[:])
	if n == 1 {
		*s = r.one[0]
	}
	return err
}

// NextBatch reads up to len(dst) segments into dst, and at least one unless there
// is an error. It returns fewer where it would have to wait for more of the
// input. The error is as for Next and holds after the n segments.
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

// Counters returns what became of the frames read so far.
func (r *Reader) Counters() Counters { return r.dec.c }

// Name returns the name that the Reader was opened with.
func (r *Reader) Name() string { return r.name }

// Offset returns how many bytes of the file, compressed as it may be, have been
// read so far. It may be called from any goroutine.
func (r *Reader) Offset() int64 { return r.file.n.Load() }

// Size returns the size of the file in bytes, or 0 if it is not known.
func (r *Reader) Size() int64 { return r.size }

// Close closes what Open opened.
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
