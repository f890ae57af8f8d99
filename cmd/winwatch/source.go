package main

import (
	"errors"
	"io"
	"sync/atomic"

	"winwatch/analyze"
	"winwatch/capture"
)

// A picker moves the segments that are wanted to the front and returns how many
// they are, and whether any can come after them.
type picker func([]capture.Segment) (n int, more bool)

// everything picks all segments.
func everything(segs []capture.Segment) (int, bool) { return len(segs), true }

// picked is a source of which only some segments are analyzed. It counts what it
// read. A standard input that was closed on purpose ends without damage.
type picked struct {
	analyze.Source
	pick picker
	seen *atomic.Int64
}

func (p *picked) NextBatch(dst []capture.Segment) (int, error) {
	n, err := p.Source.NextBatch(dst)
	p.seen.Add(int64(n))
	n, more := p.pick(dst[:n])
	if !more || errors.Is(err, errStdinStopped) {
		err = io.EOF
	}
	return n, err
}
