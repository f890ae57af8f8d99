// Package analyze finds out who made the sender of a TCP stream wait, for how
// long, and how big the buffers were, from the segments alone.
//
// It is pure: it reads no file and no clock, and formats nothing. Segments go in
// one at a time or in batches, in the order of the capture; samples come out as
// they go in, and the result once at the end:
//
//	a := analyze.New(analyze.DefaultConfig())
//	a.OnSample(csv.Add)
//	for source.Next(&seg) == nil {
//		a.Add(&seg)
//	}
//	r := a.Result()
//
// Memory grows with the streams that are kept, never with the segments.
package analyze

import "winwatch/capture"

// Analyzer follows the streams of one capture.
//
// Streams are shared out to lanes, which know nothing of one another, so that
// two processors can follow two streams at once: see Batch. What comes out does
// not depend on how many do.
type Analyzer struct {
	cfg   Config
	clock clock
	seed  seed
	lanes []*lane
	// laneMask turns what laneOf says into an index of lanes.
	laneMask int
	nextID   int64

	segments uint64
	bytes    int64
	begin    int64 // capture time of the first and the last segment
	end      int64
	beganAt  int64 // adjusted time of the first

	// held is a segment whose time is in doubt, kept until the next one; confirmed
	// is set when there is none.
	held      capture.Segment
	holding   bool
	confirmed bool

	sinks []func(*Sample)
	top   []*Stream // the worst MaxVerdicts of the result
	// single is the batch of Add.
	single *Batch
}

// New returns an Analyzer with these thresholds.
func New(cfg Config) *Analyzer {
	a := &Analyzer{cfg: cfg, seed: newSeed(), laneMask: cfg.lanes() - 1}
	for range cfg.lanes() {
		a.lanes = append(a.lanes, newLane(&a.cfg, a.seed, max(cfg.MaxStreams, 1)/cfg.lanes()))
	}
	return a
}

// OnSample has f called for every segment that is added, in order. The Sample
// is valid during the call only. It must be set before the first Add and the
// first NewBatch; several may be set.
func (a *Analyzer) OnSample(f func(*Sample)) { a.sinks = append(a.sinks, f) }

// Lanes returns the number of lanes, on which a batch is run.
func (a *Analyzer) Lanes() int { return len(a.lanes) }

// Run follows those segments of the batch that are for a lane. The lanes of a
// batch are independent of one another: they may run at the same time, and on
// different batches. A lane runs batches one after the other, in the order in
// which they were prepared.
func (a *Analyzer) Run(b *Batch, lane int) { a.lanes[lane].run(b, lane) }

// Add takes the next segment of the capture. It does not keep s. Where there are
// many, batches take less time.
func (a *Analyzer) Add(s *capture.Segment) {
	b := a.batch()
	b.Buffer()[0] = *s
	a.Prepare(b, 1)
	a.through(b)
}

// batch returns the batch of Add.
func (a *Analyzer) batch() *Batch {
	if a.single == nil {
		a.single = a.NewBatch(1)
	}
	return a.single
}

// through brings a batch that is prepared through the lanes.
func (a *Analyzer) through(b *Batch) {
	for i := range a.lanes {
		a.Run(b, i)
	}
	a.Finish(b)
}
