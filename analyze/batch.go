package analyze

import (
	"iter"
	"slices"

	"winwatch/capture"
)

// A Batch is some segments on their way through an Analyzer, with room for what
// it makes of them. It is read into, then prepared, run on every lane, and
// finished; then it can be used again. Different steps may be done by different
// goroutines, one after the other.
type Batch struct {
	// buf holds the segments; the first place is for one that was held back from
	// the batch before.
	buf  []capture.Segment
	segs []capture.Segment
	// now are their adjusted times, hash those of their endpoints.
	now  []int64
	hash []uint32
	// order has for each lane the indices of its segments.
	order [maxLanes][]uint16
	// opened has for each lane the streams that began, or were let go, in the batch.
	opened [maxLanes][]opening
	// samples and slots are what the lanes made of the segments, if any sink wants
	// to know. A sample without a segment is of no traffic.
	samples []Sample
	slots   []uint32
}

// opening is the begin of a stream, with the segment of that index. If the slot
// had to be taken from another stream, gone is what is kept of that one, or nil.
// If vacant is set none begins: the one in the slot was let go.
type opening struct {
	index  uint16
	vacant bool
	slot   uint32
	gone   *Stream
}

// MaxBatch is the largest number of segments that a batch can have.
const MaxBatch = 1<<16 - 2

// NewBatch returns a batch of up to size segments, at most MaxBatch.
func (a *Analyzer) NewBatch(size int) *Batch {
	size = min(size, MaxBatch)
	b := &Batch{
		buf:  make([]capture.Segment, size+1),
		now:  make([]int64, size+1),
		hash: make([]uint32, size+1),
	}
	for i := range a.lanes {
		b.order[i] = make([]uint16, 0, size+1)
	}
	if len(a.sinks) > 0 {
		b.samples, b.slots = make([]Sample, size+1), make([]uint32, size+1)
	}
	return b
}

// Buffer is where the segments of the batch are to be read to.
func (b *Batch) Buffer() []capture.Segment { return b.buf[1:] }

// Prepare takes the first n segments in the batch's buffer as the next ones of
// the capture: it reads their clock, and tells which lane each is for. Batches
// are prepared one after the other, in the order of the capture.
func (a *Analyzer) Prepare(b *Batch, n int) {
	b.segs = b.buf[1 : n+1]
	if a.holding && n > 0 {
		b.buf[0], b.segs, a.holding = a.held, b.buf[:n+1], false
	}
	a.enqueue(b)
}

// flush takes the segment that is held, if there is one: nothing will come after
// it that could tell whether its time is right.
func (a *Analyzer) flush(b *Batch) {
	b.segs = b.buf[:0]
	if a.holding {
		b.buf[0], b.segs, a.holding = a.held, b.buf[:1], false
		a.confirmed = true
	}
	a.enqueue(b)
}

// enqueue gives every segment its time and its lane. The last one is held back if
// only the next can tell whether its time is right.
func (a *Analyzer) enqueue(b *Batch) {
	var n [maxLanes]int
	for i := range a.lanes {
		b.order[i], b.opened[i] = b.order[i][:cap(b.order[i])], b.opened[i][:0]
	}
	segments, bytes, last := uint64(0), int64(0), 0
	x, mask, leap, c := a.seed, a.laneMask, uint64(a.cfg.ClockLeap), &a.clock
	if len(b.segs) > 0 {
		c.start(b.segs[0].Time)
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
		b.hash[i] = x.hash(s)
		lane := laneOf(s) & mask
		b.order[lane][n[lane]] = uint16(i)
		n[lane]++
		if !s.Flags.NoTraffic() {
			segments++
			bytes += int64(s.Len)
			last = i
		}
	}
	for i := range a.lanes {
		b.order[i] = b.order[i][:n[i]]
	}
	if segments == 0 {
		return
	}
	if a.segments == 0 {
		first := slices.IndexFunc(b.segs, func(s capture.Segment) bool { return !s.Flags.NoTraffic() })
		a.begin, a.beganAt = b.segs[first].Time, b.now[first]
	}
	a.segments += segments
	a.bytes += bytes
	a.end = b.segs[last].Time
}

// jump returns the adjusted time of the first segment, whose stamp is before that
// of the last one or long after it. It holds the segment back if that is for the
// next one to tell, and there is none yet.
func (a *Analyzer) jump(segs []capture.Segment) int64 {
	s, step := &segs[0], int64(a.cfg.ClockStep)
	if apart(a.clock.last, s.Time) >= int64(a.cfg.ClockLeap) && !a.confirmed {
		if len(segs) == 1 {
			a.held, a.holding = *s, true
			return 0
		}
		if apart(segs[1].Time, s.Time) >= step {
			return a.clock.skip(s.Time, s.Frame)
		}
	}
	return a.clock.read(s.Time, s.Frame, step)
}

// Finish numbers the streams that began in the batch, and hands its samples to
// those who asked for them. Batches are finished one after the other, in the
// order of the capture, each after all lanes have run it.
func (a *Analyzer) Finish(b *Batch) {
	done := 0
	for lane, o := range b.openings() {
		a.deliver(b, done, int(o.index))
		a.number(lane, o)
		done = int(o.index)
	}
	a.deliver(b, done, len(b.segs))
}

// openings yields the streams that began in the batch, or were let go, in the
// order of the capture, each with its lane.
func (b *Batch) openings() iter.Seq2[int, *opening] {
	return func(yield func(int, *opening) bool) {
		var at [maxLanes]int
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

// deliver hands out the samples from one index up to another.
func (a *Analyzer) deliver(b *Batch, from, to int) {
	if b.samples == nil {
		return
	}
	for i := from; i < to; i++ {
		m := &b.samples[i]
		if m.Segment == nil {
			continue
		}
		m.Stream = *a.lanes[laneOf(m.Segment)&a.laneMask].ids.at(b.slots[i])
		for _, sink := range a.sinks {
			sink(m)
		}
	}
}

// number gives a stream the next number, in the order in which Wireshark does.
func (a *Analyzer) number(lane int, o *opening) {
	id := a.lanes[lane].ids.grow(o.slot)
	if o.gone != nil {
		o.gone.ID, o.gone.Verdict.Stream = *id, *id
	}
	if !o.vacant {
		*id = a.nextID
		a.nextID++
	}
}
