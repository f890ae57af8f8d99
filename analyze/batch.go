package analyze

import (
	"iter"

	"winwatch/capture"
)

// A batch is a run of consecutive segments and their results. It is filled,
// prepared, run on every shard and finished; then it can be reused. Different
// goroutines may take these steps, one after the other.
type batch struct {
	// buf holds the segments; the first element is reserved for a segment held
	// back from the previous batch.
	buf  []capture.Segment
	segs []capture.Segment
	// now holds their adjusted times, hash the hashes of their endpoints.
	now  []int64
	hash []uint32
	// order lists, for each shard, the indices of its segments.
	order [maxShards][]uint16
	// opened lists, for each shard, the streams that began or were evicted in the
	// batch.
	opened [maxShards][]opening
	// samples and slots are the results of the shards, if there are sinks. A sample
	// without a segment stands for a packet that is not traffic, or not followed.
	samples []Sample
	slots   []uint32
}

// opening records that a stream began with the segment at index or, if gone is set,
// that the one in the slot was evicted; gone is its result.
type opening struct {
	index uint16
	slot  uint32
	gone  *derived
}

// newBatch returns a batch for up to size segments; indices are 16 bits wide.
func (a *Analyzer) newBatch(size int) *batch {
	b := &batch{
		buf:  make([]capture.Segment, size+1),
		now:  make([]int64, size+1),
		hash: make([]uint32, size+1),
	}
	for i := range a.shards {
		b.order[i] = make([]uint16, 0, size+1)
	}
	if len(a.sinks) > 0 {
		b.samples, b.slots = make([]Sample, size+1), make([]uint32, size+1)
	}
	return b
}

// buffer returns the slice to read segments into.
func (b *batch) buffer() []capture.Segment { return b.buf[1:] }

// prepare takes the first n segments in the batch's buffer as the next ones of
// the capture: it adjusts their times and assigns them to shards. Batches are
// prepared one at a time, in capture order.
func (a *Analyzer) prepare(b *batch, n int) {
	b.segs = b.buf[1 : n+1]
	if a.holding && n > 0 {
		b.buf[0], b.segs, a.holding = a.held, b.buf[:n+1], false
	}
	a.enqueue(b)
}

// enqueue sets the adjusted time and the shard of every segment. It holds back
// the last one if only the next segment can confirm its time stamp.
func (a *Analyzer) enqueue(b *batch) {
	var n [maxShards]int
	for i := range a.shards {
		b.order[i], b.opened[i] = b.order[i][:cap(b.order[i])], b.opened[i][:0]
	}
	segments := uint64(0)
	x, mask, leap, c := a.seed, a.shardMask, uint64(a.cfg.ClockLeap), &a.clock
	if !c.started && !a.begin(b.segs) {
		b.segs = nil
	}
	for i := range b.segs {
		s := &b.segs[i]
		now := s.Time + c.offset
		if s.Time >= c.last && uint64(s.Time)-uint64(c.last) < leap && c.low <= now && now <= c.high {
			c.last, c.now = s.Time, max(c.now, now)
		} else if now = a.jump(b.segs[i:]); a.holding {
			b.segs = b.segs[:i]
			break
		}
		b.now[i] = now
		if a.only != nil && !a.only(s) {
			if b.samples != nil {
				b.samples[i].Segment = nil
			}
			continue
		}
		b.hash[i] = x.hash(s)
		shard := shardOf(s) & mask
		b.order[shard][n[shard]] = uint16(i)
		n[shard]++
		if !s.Flags.NoTraffic() {
			segments++
		}
	}
	for i := range a.shards {
		b.order[i] = b.order[i][:n[i]]
	}
	a.segments += segments
}

// begin starts the clock with the first packet. It holds it back, and returns false, if
// there is no second one yet to compare it with.
func (a *Analyzer) begin(segs []capture.Segment) bool {
	switch {
	case len(segs) == 0:
	case len(segs) > 1:
		a.clock.start(segs[0].Time, segs[1].Time)
	case a.confirmed:
		a.clock.start(segs[0].Time, segs[0].Time)
	default:
		a.held, a.holding = segs[0], true
		return false
	}
	return true
}

// jump returns the adjusted time of segs[0], whose time stamp is earlier than the
// previous one or much later. It holds the segment back if the next one has to
// decide and is not there yet.
func (a *Analyzer) jump(segs []capture.Segment) int64 {
	s, step := &segs[0], int64(a.cfg.ClockStep)
	by := apart(a.clock.last, s.Time)
	switch far := abs(by) >= int64(a.cfg.ClockLeap); {
	case !far:
	case a.confirmed:
		if by >= absurd {
			return a.clock.skip(s.Time, s.Frame)
		}
	case len(segs) == 1:
		a.held, a.holding = *s, true
		return 0
	case by > 0 && apart(segs[1].Time, s.Time) >= step,
		by < 0 && apart(segs[1].Time, a.clock.last) < step:
		return a.clock.skip(s.Time, s.Frame)
	}
	return a.clock.read(s.Time, s.Frame, step)
}

// finish numbers the streams that began in the batch and delivers its samples to
// the sinks. Batches are finished one at a time, in capture order, each after all
// shards have run it.
func (a *Analyzer) finish(b *batch) {
	done := 0
	for shard, o := range b.openings() {
		a.deliver(b, done, int(o.index))
		a.number(shard, o)
		done = int(o.index)
	}
	a.deliver(b, done, len(b.segs))
}

// openings yields the streams that began or were evicted in the batch, in capture
// order, each with its shard.
func (b *batch) openings() iter.Seq2[int, *opening] {
	return func(yield func(int, *opening) bool) {
		var at [maxShards]int
		for {
			next := -1
			for i, all := range b.opened {
				if at[i] < len(all) && (next < 0 || all[at[i]].index < b.opened[next][at[next]].index) {
					next = i
				}
			}
			if next < 0 || !yield(next, &b.opened[next][at[next]]) {
				return
			}
			at[next]++
		}
	}
}

// deliver passes the samples from index from up to, not including, to to the
// sinks.
func (a *Analyzer) deliver(b *batch, from, to int) {
	if b.samples == nil {
		return
	}
	for i := from; i < to; i++ {
		m := &b.samples[i]
		if m.Segment == nil {
			continue
		}
		m.Stream = *a.shards[shardOf(m.Segment)&a.shardMask].ids.at(b.slots[i])
		m.Elapsed = nanos(b.now[i] - a.clock.low)
		for _, sink := range a.sinks {
			sink(m)
		}
	}
}

// number gives a stream the next number, in the order that Wireshark uses.
func (a *Analyzer) number(shard int, o *opening) {
	id := a.shards[shard].ids.grow(o.slot)
	if o.gone != nil {
		o.gone.ID = *id
		return
	}
	*id = a.nextID
	a.nextID++
}
