package analyze

import (
	"context"

	"winwatch/capture"
)

// A Source delivers the segments of one capture in the order of its frames.
type Source interface {
	// NextBatch fills dst. An error holds after the n segments: io.EOF at the end,
	// a *capture.DamageError where the input is broken, which io.EOF follows.
	NextBatch(dst []capture.Segment) (n int, err error)
	// Counters are what was read and skipped so far. It is called on the goroutine
	// that called NextBatch, after it.
	Counters() capture.Counters
}

// Run analyzes the segments of src until it ends or ctx is done. It uses as many
// cores as help, and calls the functions of OnSample on one goroutine at a time.
// Damaged input is no error but a warning of the result (see Result.Damage).
// Run is called once, and does not close src.
func (a *Analyzer) Run(ctx context.Context, src Source) error {
	return a.scheduler.run(ctx, src)
}
