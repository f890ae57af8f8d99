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

// feed reads src to its end, until ctx is done or until take has had enough, and
// hands its segments to take. It counts in seen what was read. It returns where
// the input was broken, which is no failure: what could be read was taken.
func feed(ctx context.Context, src source, take func([]capture.Segment) (more bool), seen *atomic.Int64) (damage []*capture.DamageError, err error) {
	batch := make([]capture.Segment, batchSize)
	for ctx.Err() == nil {
		n, err := src.NextBatch(batch)
		seen.Add(int64(n))
		if !take(batch[:n]) {
			return damage, nil
		}
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

// into has an analyzer take everything.
func into(a *analyze.Analyzer) func([]capture.Segment) bool {
	return func(batch []capture.Segment) bool {
		for i := range batch {
			a.Add(&batch[i])
		}
		return true
	}
}
