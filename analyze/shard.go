package analyze

import (
	"encoding/binary"

	"winwatch/analyze/cause"
	"winwatch/capture"
)

// maxShards is the number of shards: as many cores as reading a capture can keep
// busy.
const maxShards = 2

// leastForShards is the least Config.MaxStreams with more than one shard. Each shard
// may keep an equal share of the streams, and only with many streams do the shards
// actually get about equally many.
const leastForShards = 1 << 12

func (c *Config) shards() int {
	if c.MaxStreams < leastForShards {
		return 1
	}
	return maxShards
}

// shardOf returns which of maxShards shards follows the stream of a segment. It is
// the same for both directions and in every run, since it determines which streams
// are evicted at the limit. So it has no key, and whoever chooses endpoints can put all
// streams into one shard: then half as many are kept, and one core follows them.
func shardOf(s *capture.Segment) int {
	le := binary.LittleEndian
	ends := le.Uint64(s.Src[8:]) + le.Uint64(s.Dst[8:]) + (le.Uint64(s.Src[:8])+le.Uint64(s.Dst[:8]))*7 +
		(uint64(s.SrcPort)+uint64(s.DstPort))*0x9e3779b97f4a7c15
	return int(ends * 0xd6e8feb86659fd93 >> 63)
}

// shard follows its share of the streams of a capture. A shard is used by one
// goroutine at a time.
type shard struct {
	cfg                         *Config
	seed                        seed
	table                       table
	slab                        slab[stream]
	most                        int         // streams at once
	room                        int         // memory left, in bytes
	ids                         slab[int64] // the numbers of the streams by slot; only finish sets them
	dups                        duplicates
	doubt                       doubt
	states                      []*flowstate
	free                        []uint32 // free indices of states
	pairings                    []*pairing
	freePairings                []uint32     // free indices of pairings
	owners                      []uint32     // the slot of the stream of each state, or nobodys
	spare                       []*flowstate // empty; states are never freed
	sketches                    []*sketch
	longSketches, shortSketches sketchKind
	paces                       slab[pace]
	freePaces                   []uint32   // 1-based indices of empty ones
	idle                        []idleness // of the streams by slot: see noteIdle
	// hand and stateHand are where the next search for a stream to evict starts.
	hand, stateHand uint32
	freeSlots       []uint32 // of evicted streams
	reused          bool     // a slot was reused
	evicted         Evicted
	kept            []*derived // the worst of the evicted streams
	leastKept       *derived   // less bad streams need not be kept; may be nil
	gone            totals     // of the evicted streams
	left            left       // the findings of those that were not kept

	steps steps

	// changes counts the streams that began or were evicted. touched accumulates what
	// lookUp reads, so that the compiler keeps the reads.
	changes uint64
	touched uint32

	// opened is the list of the current batch, index the current segment's index in
	// the batch, and current the slot of its stream.
	opened  []opening
	index   uint16
	current uint32

	// sinceLast is the time from the last segment of the stream to this one.
	sinceLast int64

	// slowly sends every segment down the slow path: tests compare the two.
	slowly bool
}

func newShard(cfg *Config, seed seed, most int) *shard {
	return &shard{
		cfg: cfg, seed: seed, most: most, room: most*streamBytes + cfg.TroubleBytes/cfg.shards(),
		table: newTable(), states: make([]*flowstate, 1), owners: []uint32{nobodys}, pairings: make([]*pairing, 1),
		left:         left{causes: cause.New(cfg.Causes), groups: groups{most: cfg.MaxGroups}},
		longSketches: sketchKind{spans: sketchSpans, room: maxSketches}, shortSketches: sketchKind{spans: shortSpans, room: maxShort},
	}
}

// ahead is how many segments are looked up at once: about as many cache misses as a
// processor can have in flight.
const ahead = 32 // a power of two

// run processes the segments of a batch that belong to this shard.
func (sh *shard) run(b *batch, shard int) {
	sh.opened = b.opened[shard]
	var found [ahead]hint
	for order := b.order[shard]; len(order) > 0; {
		n := min(len(order), ahead)
		sh.lookUp(b, order[:n], &found)
		known := sh.changes
		for i, index := range order[:n] {
			h := found[i&(ahead-1)] // & avoids a bounds check
			if sh.changes != known {
				h = hint{} // the slot may hold another stream by now
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

// hint is where a stream may be found. It is valid until a stream begins or is
// evicted.
type hint struct {
	stream *stream
	slot   uint32
}

// lookUp finds the streams of up to ahead segments, by hash only. The look-ups
// overlap, and they bring the streams, and the segments that another core has read,
// into the cache: with many streams, most of the time goes to waiting for memory.
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
			sh.table.passed++
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
	sh.touchStates(found[:len(order)])
}

// touchStates brings the states of streams in trouble into the cache.
func (sh *shard) touchStates(found []hint) {
	var inTrouble [ahead]*stream
	n := 0
	for i := range found {
		if st := found[i].stream; st != nil && (st.flows[0].marks|st.flows[1].marks)&isStory != 0 {
			inTrouble[n&(ahead-1)] = st
			n++
			sh.touched += st.touchRest()
		}
	}
	for _, st := range inTrouble[:n] {
		for i := range st.flows {
			if t := sh.stateOf(&st.flows[i]); t != nil {
				sh.touched += t.touch()
			}
		}
	}
}

// next processes one segment of the batch on the slow path.
func (sh *shard) next(b *batch, index uint16, h hint) {
	s, now := &b.segs[index], b.now[index]
	sh.index = index
	slot, side := sh.find(s, b.hash[index], h, now)
	sh.current = slot
	st := sh.slab.at(slot)
	if s.Flags.NoTraffic() {
		if st.endFrame == 0 {
			st.marks |= namedOnly
			sh.noteIdle(slot, st)
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
	sh.noteIdle(slot, st)
}

// account notes a segment of the stream. It returns the stream's time, which never
// goes back: a packet out of order gets the time of the one before it.
func (sh *shard) account(st *stream, s *capture.Segment, now int64) int64 {
	if st.endFrame == 0 {
		st.firstFrame, st.first, st.last = s.Frame, now, now
		st.flows[0].since, st.flows[1].since = now, now
		st.marks &^= namedOnly
	}
	sh.sinceLast = max(now-st.last, 0)
	return st.pass(s, now)
}

// pass advances the stream to a segment and returns the stream's time.
func (st *stream) pass(s *capture.Segment, now int64) int64 {
	st.endFrame, st.last = s.Frame, max(st.last, now)
	return st.last
}
