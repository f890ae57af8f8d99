package analyze

import "winwatch/capture"

// Slowly has every segment take the long way.
func (a *Analyzer) Slowly() {
	for _, sh := range a.shards {
		sh.slowly = true
	}
}

// IsPlain reports whether the next segment would go the short way.
func (a *Analyzer) IsPlain(s *capture.Segment) bool {
	sh := a.shards[shardOf(s)&a.shardMask]
	slot, side := sh.table.find(a.seed.hash(s), s, &sh.slab)
	if side == nobody {
		return false
	}
	st := sh.slab.at(slot)
	return isPlain(&st.flows[side], &st.flows[side^1], s)
}

// NewBatch returns a batch of that many segments, to be filled.
func (a *Analyzer) NewBatch(size int) *batch { return a.newBatch(size) }

// Buffer is where the segments of the batch belong.
func (b *batch) Buffer() []capture.Segment { return b.buffer() }

// AddBatch follows the first n segments of the batch.
func (a *Analyzer) AddBatch(b *batch, n int) {
	a.prepare(b, n)
	a.through(b)
}

// Shards returns the number of shards.
func (a *Analyzer) Shards() int { return len(a.shards) }
