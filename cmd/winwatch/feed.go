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

// batchSize is how many segments are read at once: some 40 kB, which stay in
// the cache.
const batchSize = 256

// feed reads src to its end, or until ctx is done, and hands its
// segments to the analyzer. It counts in seen what was read. It returns where
// the input was broken, which is no failure: what could be read was analyzed.
func feed(ctx context.Context, src source, a *analyze.Analyzer, seen *atomic.Int64) (damage []*capture.DamageError, err error) {
	batch := make([]capture.Segment, batchSize)
	for ctx.Err() == nil {
		n, err := src.NextBatch(batch)
		for i := range batch[:n] {
			a.Add(&batch[i])
		}
		seen.Add(int64(n))
		var broken *capture.DamageError
		switch {
		case err == nil:
		case errors.As(err, &broken):
			damage = append(damage, broken)
		case errors.Is(err, io.EOF):
			return damage, nil
		default:
			return damage, err
		}
	}
	return damage, nil
}
