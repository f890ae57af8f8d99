package main

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"winwatch/analyze"
	"winwatch/capture"
)

// A source delivers the segments of one capture in the order of its frames.
type source interface {
	// NextBatch fills dst; an error holds after the n segments.
	NextBatch(dst []capture.Segment) (n int, err error)
	Counters() capture.Counters
}

// A picker moves the segments that are wanted to the front and returns how many
// they are, and whether any can come after them.
type picker func([]capture.Segment) (n int, more bool)

// everything picks all segments.
func everything(segs []capture.Segment) (int, bool) { return len(segs), true }

// feed reads src to its end, until ctx is done or until pick has had enough, and
// has a analyze what pick leaves. It counts in seen what was read. It returns
// where the input was broken, which is no failure: what could be read was
// analyzed.
func feed(ctx context.Context, src source, a *analyze.Analyzer, pick picker, seen *atomic.Int64) (damage []*capture.DamageError, err error) {
	p := newPipeline(a, func(b *analyze.Batch) (int, bool) {
		n, readErr := src.NextBatch(b.Buffer())
		seen.Add(int64(n))
		n, more := pick(b.Buffer()[:n])
		var broken *capture.DamageError
		switch {
		case errors.As(readErr, &broken): // io.EOF follows
			damage = append(damage, broken)
		case readErr != nil:
			err, more = readErr, false
		}
		return n, more && ctx.Err() == nil
	})
	p.run()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return damage, err
}
