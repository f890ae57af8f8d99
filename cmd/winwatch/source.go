package main

import (
	"errors"
	"io"
	"sync/atomic"

	"winwatch/analyze"
	"winwatch/capture"
)

// A picker moves the wanted segments to the front. It returns their number, and
// whether more can follow in later batches.
type picker func([]capture.Segment) (n int, more bool)

// everything picks all segments.
func everything(segs []capture.Segment) (int, bool) { return len(segs), true }

// picked is a source that passes on only the picked segments and counts all that it
// read. If a signal stopped a pipe, the source ends as if it were complete.
type picked struct {
	analyze.Source
	pick picker
	seen *atomic.Int64
}

func (p *picked) NextBatch(dst []capture.Segment) (int, error) {
	n, err := p.Source.NextBatch(dst)
	p.seen.Add(int64(n))
	n, more := p.pick(dst[:n])
	if !more || errors.Is(err, capture.ErrInterrupted) {
		err = io.EOF
	}
	return n, err
}
