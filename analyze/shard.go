package analyze

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"winwatch/capture"
)

// maxShards is the number of shards: as many as there are processors that the
// reading of a capture can keep busy.
const maxShards = 2

// leastForShards is the number of streams from which on the streams are shared
// out to shards. Each shard may keep its share of them, and with so many the
// shares come out alike.
const leastForShards = 1 << 12

func (c *Config) shards() int {
	if c.MaxStreams < leastForShards {
		return 1
	}
	return maxShards
}

// shardOf tells which of maxShards shards follows the stream of a segment. Both
// directions have the same one, and it is the same in every run: which streams
// are let go at the limit depends on it.
func shardOf(s *capture.Segment) int {
	le := binary.LittleEndian
	ends := le.Uint64(s.Src[8:]) + le.Uint64(s.Dst[8:]) + (le.Uint64(s.Src[:8])+le.Uint64(s.Dst[:8]))*7 +
		(uint64(s.SrcPort)+uint64(s.DstPort))*0x9e3779b97f4a7c15
	return int(ends * 0xd6e8feb86659fd93 >> 63)
}

// shard follows its share of the streams of a capture. It is for one goroutine at
// a time.
type shard struct {
	cfg      *Config
	seed     seed
	table    table
	slab     slab[stream]
	most     int         // streams at once
	room     int         // bytes that are left
	ids      slab[int64] // the numbers of the streams by slot; for Finish alone
	dups     duplicates
	states   []*flowstate
	free     []uint32 // details that can be used again
	sketches []*sketch
	// freeSketches are the numbers of sketches, counted from 1, that there are no
	// longer.
	freeSketches []uint32
	// sketchRoom and shortRoom are how many more there may be, of long streams and
	// of others.
	sketchRoom, shortRoom int
	// hand and stateHand are where to look for the next stream to let go.
	hand, stateHand uint32
	freeSlots       []uint32 // of streams that were let go
	reused          bool     // a slot was used again
	evicted         Evicted
	kept            []*derived // the worst of the streams that were let go
	gone            totals     // of the streams that were let go

	// changes counts the streams that began or were let go. touched is what lookUp read, so
	// that the compiler does not leave it out.
	changes uint64
	touched uint32

	// opened is that of the batch that is run, index the segment's place in it, and
	// current the slot of its stream.
	opened  []opening
	index   uint16
	current uint32

	// sinceLast is the time from the last segment of the stream to this one.
	sinceLast int64

	// slowly has every segment take the long way: tests compare the two.
	slowly bool
}

func newShard(cfg *Config, seed seed, most int) *shard {
	return &shard{
		cfg: cfg, seed: seed, most: most, room: most*streamBytes + cfg.TroubleBytes/cfg.shards(),
		table: newTable(), states: make([]*flowstate, 1),
		sketchRoom: maxSketches, shortRoom: maxShort,
	}
}

// ahead is how many segments are looked up at once: so many cache misses a
// processor can have under way.
const ahead = 32 // a power of two

// run follows the segments of a batch that are for this shard.
func (sh *shard) run(b *batch, shard int) {
	sh.opened = b.opened[shard]
	var found [ahead]hint
	for order := b.order[shard]; len(order) > 0; {
		n := min(len(order), ahead)
		sh.lookUp(b, order[:n], &found)
		known := sh.changes
		for i, index := range order[:n] {
			h := found[i&(ahead-1)] // & spares a check of bounds
			if sh.changes != known {
				h = hint{} // it may be another's by now
			}
			sh.current = h.slot
			if h.stream == nil || sh.slowly || !sh.plain(b, index, h) {
				sh.next(b, index, h)
			}
			if sh.room < 0 {
				sh.shed(index, b.now[index])
			}
		}
		order = order[n:]
	}
	b.opened[shard] = sh.opened
}

// hint is where a stream may be found, as long as none has begun or was let go.
type hint struct {
	stream *stream
	slot   uint32
}

// lookUp finds the streams of up to ahead segments, as far as a first look into
// the table tells. The look-ups do not wait for one another, nor does what
// follows have to wait for the streams, and for segments that another processor
// has read: with many of them, waiting for memory is most of the time.
func (sh *shard) lookUp(b *batch, order []uint16, found *[ahead]hint) {
	entries := sh.table.entries
	mask := uint32(len(entries) - 1)
	for i, index := range order {
		s := &b.segs[index]
		sh.touched += uint32(s.Frame) + s.TSEcr
		h := b.hash[index]
		j := h & mask
		for entries[j].hash != h && entries[j].slot != 0 {
			j = (j + 1) & mask
		}
		found[i&(ahead-1)] = hint{slot: entries[j].slot}
	}
	for i := range found[:len(order)] {
		if slot := found[i].slot; slot != 0 {
			st := sh.slab.at(slot - 1)
			found[i] = hint{st, slot - 1}
			sh.touched += st.touch()
		}
	}
}

// next follows one segment of the batch.
func (sh *shard) next(b *batch, index uint16, h hint) {
	s, now := &b.segs[index], b.now[index]
	sh.index = index
	slot, side := sh.find(s, b.hash[index], h, now)
	sh.current = slot
	st := sh.slab.at(slot)
	if s.Flags.NoTraffic() {
		if st.endFrame == 0 {
			st.marks |= namedOnly
		}
		if b.samples != nil {
			b.samples[index].Segment = nil
		}
		return
	}
	now = sh.account(st, s, now)
	ev := sh.follow(st, side, s, now)
	if b.samples != nil {
		b.slots[index] = slot
		st.sample(&b.samples[index], side, s, ev, now)
	}
	sh.weigh(&st.flows[0])
	sh.weigh(&st.flows[1])
}

// account notes a segment of the stream. It returns the stream's time, which
// never goes back: a packet out of order happened when the one before it did.
func (sh *shard) account(st *stream, s *capture.Segment, now int64) int64 {
	if st.endFrame == 0 {
		st.begin, st.firstFrame, st.first, st.last = s.Time, s.Frame, now, now
		st.flows[0].since, st.flows[1].since = now, now
		st.marks &^= namedOnly
	}
	sh.sinceLast = max(now-st.last, 0)
	return st.pass(s, now)
}

// pass has the stream go on to a segment, and returns the time of it.
func (st *stream) pass(s *capture.Segment, now int64) int64 {
	st.end, st.endFrame, st.last = s.Time, s.Frame, max(st.last, now)
	return st.last
}

// seed is what hashes are made with: who sends the packets can't choose
// endpoints that collide.
type seed [2]uint64

func newSeed() seed { return seed{rand.Uint64(), rand.Uint64()} }

// hash mixes the two ends of a segment, each by the folded multiplication of
// wyhash, to a value that does not depend on which of them sent it.
func (x *seed) hash(s *capture.Segment) uint32 {
	return uint32(x.end(&s.Src, s.SrcPort) + x.end(&s.Dst, s.DstPort))
}

func (x *seed) end(a *capture.Addr, port uint16) uint64 {
	h, l := bits.Mul64(binary.LittleEndian.Uint64(a[8:])^x[0], binary.LittleEndian.Uint64(a[:8])^uint64(port)<<32^x[1])
	return h ^ l
}
