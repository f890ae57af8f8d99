package analyze

import (
	"winwatch/analyze/cause"
	"winwatch/capture"
)

// ForceSlowPath makes every segment take the slow path.
func (a *Analyzer) ForceSlowPath() {
	for _, sh := range a.shards {
		sh.slowly = true
	}
}

// IsPlain reports whether the next segment would take the fast path.
func (a *Analyzer) IsPlain(s *capture.Segment) bool {
	sh := a.shards[shardOf(s)&a.shardMask]
	slot, side := sh.table.find(a.seed.hash(s), s, &sh.slab)
	if side == nobody {
		return false
	}
	st := sh.slab.at(slot)
	return isPlain(&st.flows[side], &st.flows[side^1], s)
}

// NewBatch returns an empty batch with room for size segments.
func (a *Analyzer) NewBatch(size int) *batch { return a.newBatch(size) }

// Buffer returns the space for the segments of the batch.
func (b *batch) Buffer() []capture.Segment { return b.buffer() }

// AddBatch analyzes the first n segments of the batch.
func (a *Analyzer) AddBatch(b *batch, n int) {
	a.prepare(b, n)
	a.through(b)
}

// Facts returns what the causes would judge the first stream by now.
func (a *Analyzer) Facts() (f cause.Facts) {
	for _, sh := range a.shards {
		for _, st := range sh.live() {
			sh.gather(st, false, &f)
			return f
		}
	}
	return f
}

// Shards returns the number of shards.
func (a *Analyzer) Shards() int { return len(a.shards) }

// Steps returns how many steps the analysis took so far, by kind of loop.
func (a *Analyzer) Steps() map[string]uint64 {
	steps := map[string]uint64{}
	for _, sh := range a.shards {
		steps["probes"] += sh.table.passed
		steps["holes"] += sh.steps.holes
		steps["stalls"] += sh.steps.stalls
		steps["candidates"] += sh.steps.candidates
		steps["evicted"] += sh.steps.evicted
	}
	return steps
}
