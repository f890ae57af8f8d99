package analyze

import (
	"context"

	"winwatch/capture"
)

// A Source delivers the segments of one capture in the order of its frames.
type Source interface {
	// NextBatch reads up to len(dst) segments into dst. err applies after these n
	// segments: io.EOF at the end, or a *capture.DamageError where the input is
	// broken, which io.EOF follows.
	NextBatch(dst []capture.Segment) (n int, err error)
	// Counters returns what was read and skipped so far. Run never calls it while
	// NextBatch is running.
	Counters() capture.Counters
}

// Run analyzes the segments of src until it ends or ctx is done. It uses as many
// cores as help, and calls OnSample functions from one goroutine at a time. Damaged
// input is not an error but a warning in the result (see Result.Damage). Run can be
// called only once, and does not close src.
func (a *Analyzer) Run(ctx context.Context, src Source) error {
	return a.scheduler.run(ctx, src)
}
