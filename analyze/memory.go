package analyze

import "unsafe"

// What a shard may hold in memory is its room: streams, and the details of those in
// trouble. A detail takes as much as several streams, and who sends the packets
// decides how many there are; so they count together.
const (
	// fewProbes are listed of a stall even if there is hardly any room.
	fewProbes = 4

	streamBytes = int(unsafe.Sizeof(stream{}))
	// Streams stay where they are. What comes and goes needs twice its size: until
	// it is collected, there is what took its place, too.
	flowstateBytes = 2 * int(unsafe.Sizeof(flowstate{}))
	stallBytes     = 2 * (int(unsafe.Sizeof(Stall{})) + 64) // with the numbers that it points to
	probeBytes     = 2 * int(unsafe.Sizeof(Probe{}))
	holeBytes      = 2 * int(unsafe.Sizeof(hole{}))
)

// weigh takes what the detail of a flow holds by now from the room.
func (sh *shard) weigh(f *flow) {
	t := sh.stateOf(f)
	if t == nil {
		return
	}
	bytes := flowstateBytes + cap(t.past.stalls)*stallBytes +
		(t.mem.probes+cap(t.stall.Probes)+cap(t.probing.doubted))*probeBytes + cap(t.loss.holes)*holeBytes
	sh.room -= bytes - t.mem.bytes
	t.mem.bytes = bytes
}

// tight reports whether lists are to grow no more: what room is left is for streams
// that come into trouble.
func (sh *shard) tight() bool { return sh.room < sh.cfg.TroubleBytes/sh.cfg.shards()/2 }

// mostStalls is how many stalls of a flow may be listed.
func (sh *shard) mostStalls(t *flowstate) int {
	if sh.tight() {
		return min(max(len(t.past.stalls), 1), sh.cfg.MaxStalls)
	}
	return sh.cfg.MaxStalls
}

// mostProbes is how many probes of a stall may be listed.
func (sh *shard) mostProbes() int {
	if sh.tight() {
		return min(fewProbes, sh.cfg.MaxProbes)
	}
	return sh.cfg.MaxProbes
}

// shed lets streams in trouble go until there is room again. The segment with that
// index in its batch, at now, was followed last.
func (sh *shard) shed(index uint16, now int64) {
	for sh.room < 0 {
		slot, ok := sh.idlest(now, &sh.stateHand, uint32(len(sh.states)), func(i uint32) (uint32, bool) {
			if t := sh.states[i]; t != nil {
				return t.mem.slot, true
			}
			return 0, false
		})
		if !ok {
			return
		}
		gone := sh.evict(slot)
		sh.slab.at(slot).marks = 0
		sh.freeSlots = append(sh.freeSlots, slot)
		sh.changes++
		if gone != nil {
			sh.opened = append(sh.opened, opening{index: index, vacant: true, slot: slot, gone: gone})
		}
	}
}
