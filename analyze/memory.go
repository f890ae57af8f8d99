package analyze

import "unsafe"

// shard.room is the memory that a shard has left for streams and for the states of
// flows in trouble. A state takes as much as several streams, and the senders of the
// packets determine how many there are; so both share one limit.
const (
	// fewProbes is how many probes of a stall are listed even if memory is short.
	fewProbes = 4

	streamBytes = int(unsafe.Sizeof(stream{}))
	// Streams are never freed. What comes with trouble counts twice: a replaced value
	// stays in memory until it is collected.
	flowstateBytes = 2 * int(unsafe.Sizeof(flowstate{}))
	stallBytes     = 2 * (int(unsafe.Sizeof(Stall{})) + 64) // with the numbers it points to
	probeBytes     = 2 * int(unsafe.Sizeof(Probe{}))
	clueBytes      = 2 * int(unsafe.Sizeof(clues{}))
	setbackBytes   = 2 * int(unsafe.Sizeof(setbacks{}))
	farBytes       = 2 * int(unsafe.Sizeof(farView{}))
	holeBytes      = 2 * int(unsafe.Sizeof(hole{}))
)

// weigh charges the growth of a flow's state, if it has one, to the memory left.
func (sh *shard) weigh(f *flow) {
	if f.state != 0 {
		sh.charge(sh.states[f.state])
	}
}

func (sh *shard) charge(t *flowstate) {
	bytes := flowstateBytes + cap(t.past.stalls)*stallBytes +
		(t.mem.probes+cap(t.stall.Probes)+cap(t.probing.doubted))*probeBytes + cap(t.loss.holes)*holeBytes
	if t.clues != nil {
		bytes += clueBytes
	}
	if t.setbacks != nil {
		bytes += setbackBytes
	}
	if t.far != nil {
		bytes += farBytes
	}
	sh.room -= bytes - t.mem.bytes
	t.mem.bytes = bytes
}

// tight reports whether lists must stop growing: the rest of the memory is reserved
// for streams that get into trouble later.
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

// shed evicts streams in trouble until the shard is within its memory limit again. If
// it meets too few of them, it continues after the next segment.
// index and now are the index in the batch and the time of the segment just
// processed.
func (sh *shard) shed(index uint16, now int64) {
	for sh.room < 0 {
		slot, ok := sh.idlest(now, &sh.stateHand, uint32(len(sh.owners)), sh.owners)
		if !ok {
			return
		}
		sh.vacate(slot, index)
	}
}
