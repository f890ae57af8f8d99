package analyze

import "unsafe"

// What a lane may hold in memory is its room: streams, and the details of those in
// trouble. A detail takes as much as several streams, and who sends the packets
// decides how many there are; so they count together.
const (
	// fewProbes are listed of a stall even if there is hardly any room.
	fewProbes = 4

	streamBytes = int(unsafe.Sizeof(stream{}))
	// Streams stay where they are. What comes and goes needs twice its size: until
	// it is collected, there is what took its place, too.
	detailBytes = 2 * int(unsafe.Sizeof(detail{}))
	stallBytes  = 2 * (int(unsafe.Sizeof(Stall{})) + 64) // with the numbers that it points to
	probeBytes  = 2 * int(unsafe.Sizeof(Probe{}))
	holeBytes   = 2 * int(unsafe.Sizeof(hole{}))
)

// weigh takes what the detail of a flow holds by now from the room.
func (l *lane) weigh(f *flow) {
	t := l.trouble(f)
	if t == nil {
		return
	}
	bytes := detailBytes + cap(t.stalls)*stallBytes +
		(t.probesListed+cap(t.stall.Probes)+cap(t.doubted))*probeBytes + cap(t.holes)*holeBytes
	l.room -= bytes - t.bytes
	t.bytes = bytes
}

// tight reports whether lists are to grow no more: what room is left is for streams
// that come into trouble.
func (l *lane) tight() bool { return l.room < l.cfg.TroubleBytes/l.cfg.lanes()/2 }

// mostStalls is how many stalls of a flow may be listed.
func (l *lane) mostStalls(t *detail) int {
	if l.tight() {
		return min(max(len(t.stalls), 1), l.cfg.MaxStalls)
	}
	return l.cfg.MaxStalls
}

// mostProbes is how many probes of a stall may be listed.
func (l *lane) mostProbes() int {
	if l.tight() {
		return min(fewProbes, l.cfg.MaxProbes)
	}
	return l.cfg.MaxProbes
}

// shed lets streams in trouble go until there is room again. The segment with that
// index in its batch, at now, was followed last.
func (l *lane) shed(index uint16, now int64) {
	for l.room < 0 {
		slot, ok := l.idlest(now, &l.detailHand, uint32(len(l.details)), func(i uint32) (uint32, bool) {
			if t := l.details[i]; t != nil {
				return t.slot, true
			}
			return 0, false
		})
		if !ok {
			return
		}
		gone := l.retire(slot)
		l.slab.at(slot).marks = 0
		l.freeSlots = append(l.freeSlots, slot)
		l.changes++
		if gone != nil {
			l.opened = append(l.opened, opening{index: index, vacant: true, slot: slot, gone: gone})
		}
	}
}
