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

// batchSize is how many segments are read at once: some 100 kB, which stay in the
// cache, and take long enough for the hand-over not to count.
const batchSize = 1024

// feed reads src to its end, until ctx is done or until take has had enough, and
// hands its segments to take. It counts in seen what was read. It returns where
// the input was broken, which is no failure: what could be read was taken.
func feed(ctx context.Context, src source, take func([]capture.Segment) (more bool), seen *atomic.Int64) (damage []*capture.DamageError, err error) {
	a := readAhead(src)
	defer a.close()
	for ctx.Err() == nil {
		b := <-a.full
		seen.Add(int64(len(b.segments)))
		if !take(b.segments) {
			return damage, nil
		}
		a.release(b)
		switch {
		case b.err == nil:
		case isDamage(b.err):
			var broken *capture.DamageError
			errors.As(b.err, &broken)
			damage = append(damage, broken)
		case errors.Is(b.err, io.EOF):
			return damage, nil
		default:
			return damage, b.err
		}
	}
	return damage, nil
}

// isDamage reports whether a source found the input broken: io.EOF follows.
func isDamage(err error) bool {
	var broken *capture.DamageError
	return errors.As(err, &broken)
}

// into has an analyzer take everything.
func into(a *analyze.Analyzer) func([]capture.Segment) bool {
	return func(batch []capture.Segment) bool {
		a.AddBatch(batch)
		return true
	}
}
