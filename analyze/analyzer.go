package analyze

import (
	"winwatch/analyze/cause"
	"winwatch/capture"
)

// Analyzer follows the streams of one capture. Streams are divided among shards,
// which know nothing of one another, so that several cores can follow them at
// once; the result does not depend on how many do.
type Analyzer struct {
	cfg    Config
	causes *cause.Catalogue
	clock  clock
	seed   seed
	shards []*shard
	// shardMask turns what shardOf returns into an index of shards.
	shardMask int
	nextID    int64

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

	sinks  []func(*Sample)
	single *batch // the batch of Add

	// What Run learned from its source besides segments.
	input       capture.Counters
	damage      []*capture.DamageError
	interrupted bool
	scheduler   scheduler
}

// New returns an Analyzer with these thresholds.
func New(cfg Config) *Analyzer {
	a := &Analyzer{cfg: cfg, causes: cause.New(cfg.Causes), seed: newSeed(), shardMask: cfg.shards() - 1}
	for range cfg.shards() {
		a.shards = append(a.shards, newShard(&a.cfg, a.seed, max(cfg.MaxStreams, 1)/cfg.shards()))
	}
	a.scheduler.a, a.scheduler.changed.L = a, &a.scheduler.mu
	return a
}

// OnSample has f called for every segment, in order. The Sample is valid during
// the call only. It must be set before the first segment; several may be set.
func (a *Analyzer) OnSample(f func(*Sample)) { a.sinks = append(a.sinks, f) }

// Add takes the next segment of the capture. It does not keep s. For a whole
// capture, Run takes less time.
func (a *Analyzer) Add(s *capture.Segment) {
	if a.single == nil {
		a.single = a.newBatch(1)
	}
	a.single.buffer()[0] = *s
	a.prepare(a.single, 1)
	a.through(a.single)
}

// Flush takes the segment that is held back because only the next one could
// tell whether its time is right: there is none. Run does so at the end of its
// source.
func (a *Analyzer) Flush() {
	if !a.holding {
		return
	}
	b := a.newBatch(1)
	b.buf[0], b.segs = a.held, b.buf[:1]
	a.holding, a.confirmed = false, true
	a.enqueue(b)
	a.through(b)
}

// through brings a batch that is prepared through the shards.
func (a *Analyzer) through(b *batch) {
	for i, sh := range a.shards {
		sh.run(b, i)
	}
	a.finish(b)
}
