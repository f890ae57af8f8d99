package analyze

import (
	"winwatch/analyze/cause"
	"winwatch/capture"
)

// Analyzer follows the streams of one capture. Streams are divided among
// independent shards, so that several cores can work at once; the result does
// not depend on the number of cores.
type Analyzer struct {
	cfg    Config
	causes *cause.Catalogue
	clock  clock
	seed   seed
	shards []*shard
	// shardMask maps the value of shardOf to an index into shards.
	shardMask int
	nextID    int64

	segments uint64

	// held is a segment whose time stamp is in doubt until the next segment
	// arrives; confirmed is set when there will be none.
	held      capture.Segment
	holding   bool
	confirmed bool

	sinks  []func(*Sample)
	only   func(*capture.Segment) bool // nil: all
	single *batch                      // used by Add

	// What Run got from its source besides segments.
	input       capture.Counters
	damage      []*capture.DamageError
	interrupted bool
	scheduler   scheduler
}

// New returns an Analyzer that uses the thresholds in cfg.
func New(cfg Config) *Analyzer {
	a := &Analyzer{cfg: cfg, causes: cause.New(cfg.Causes), seed: newSeed(), shardMask: cfg.shards() - 1}
	for range cfg.shards() {
		a.shards = append(a.shards, newShard(&a.cfg, a.seed, max(cfg.MaxStreams, 1)/cfg.shards()))
	}
	a.scheduler.a, a.scheduler.changed.L = a, &a.scheduler.mu
	return a
}

// OnSample registers f to be called for every segment, in order. The Sample is
// valid only during the call. Register functions before the first segment; there
// can be several.
func (a *Analyzer) OnSample(f func(*Sample)) { a.sinks = append(a.sinks, f) }

// Only makes the analyzer follow just the segments that f selects. The others set the
// clock, so that times are the same as without Only, and have no other effect. Call it
// before the first segment.
func (a *Analyzer) Only(f func(*capture.Segment) bool) { a.only = f }

// Add analyzes the next segment of the capture. It does not keep s. For a whole
// capture, Run is faster.
func (a *Analyzer) Add(s *capture.Segment) {
	if a.single == nil {
		a.single = a.newBatch(1)
	}
	a.single.buffer()[0] = *s
	a.prepare(a.single, 1)
	a.through(a.single)
}

// Flush analyzes the segment that Add may have held back to check its time stamp
// against the next one. Call it after the last Add; Run flushes by itself.
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

// through runs a prepared batch on every shard and finishes it.
func (a *Analyzer) through(b *batch) {
	for i, sh := range a.shards {
		sh.run(b, i)
	}
	a.finish(b)
}
