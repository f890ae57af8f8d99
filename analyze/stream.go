package analyze

import "winwatch/capture"

// stream is one TCP connection while it is tracked. Like its flows it holds no
// pointer.
type stream struct {
	key  key
	hash uint32
	id   int64
	// flows are the two directions by the side that sends.
	flows [2]flow

	begin, end           int64 // capture time
	firstFrame, endFrame uint64
	last                 int64 // adjusted time of the last segment
	span                 int64 // adjusted time since the first
	duplicates           uint32
	client               uint8 // index of the client's flow
	marks                streamMarks
}

type streamMarks uint8

const (
	knowsClient streamMarks = 1 << iota // a SYN or SYN-ACK told
	sawSYNACK
	wasRefused // RST as answer to the SYN
	namedOnly  // no traffic: only named in ICMP errors and broken headers
	inUse      // the slot holds a stream
)

func (st *stream) is(m streamMarks) bool { return st.marks&m != 0 }

// bothSides reports whether both directions were captured.
func (st *stream) bothSides() bool { return st.flows[0].segs > 0 && st.flows[1].segs > 0 }

// timeout bounds the sender's retransmission time-out: it can be several of the
// smallest round trips, but at least floor (Linux: TCP_RTO_MIN).
func (st *stream) timeout(floor int64) int64 { return max(floor, 5*st.rtt()) }

// rtt is the smallest round trip, in ns: from the capture point to the one end
// and back, and to the other end and back; 0 is unknown.
func (st *stream) rtt() int64 { return st.flows[0].rtt + st.flows[1].rtt }

// find returns the stream of a segment and the side that sent it, and begins a
// new stream where Wireshark (4.0) does: at a key not met before, and at a SYN
// with another ISN. hint is where lookUp found it, or nil.
func (a *Analyzer) find(s *capture.Segment, hint *stream) (*stream, uint8) {
	st, side := hint, uint8(nobody)
	if st != nil {
		side = st.key.side(s)
	}
	if side == nobody {
		hash := a.table.hash(s)
		var slot uint32
		if slot, side = a.table.find(hash, s, &a.slab); side == nobody {
			return a.open(hash, s), sideA
		}
		st = a.slab.at(slot)
	}
	if s.Flags&(capture.SYN|capture.ACK) == capture.SYN && st.renewedBy(s, side) {
		return a.open(st.hash, s), sideA
	}
	return st, side
}

// ahead is how many segments are looked up at once: so many cache misses a
// processor can have under way.
const ahead = 16

// lookUp finds the streams of up to ahead segments, as far as a first look into
// the table tells. The look-ups do not wait for one another, nor does what
// follows have to wait for the streams: with many of them, waiting for memory is
// most of the time.
func (a *Analyzer) lookUp(segs []capture.Segment) {
	var found [ahead]entry
	mask := uint32(len(a.table.entries) - 1)
	for i := range segs {
		h := a.table.hash(&segs[i])
		j := h & mask
		for a.table.entries[j].hash != h && a.table.entries[j].slot != 0 {
			j = (j + 1) & mask
		}
		found[i] = a.table.entries[j]
	}
	for i := range segs {
		a.hints[i] = nil
		if slot := found[i].slot; slot != 0 {
			st := a.slab.at(slot - 1)
			a.hints[i] = st
			a.touched += st.flows[sideA].segs + st.flows[sideB].segs // has both come into the cache
		}
	}
	a.hinted = a.changes
}

// renewedBy reports whether a SYN begins a new stream of the same key.
func (st *stream) renewedBy(s *capture.Segment, side uint8) bool {
	f := &st.flows[side]
	if !f.is(hasBase) {
		return false
	}
	isn := f.base
	if !f.is(hasISN) {
		isn--
	}
	return s.Seq != isn
}

// open makes room for a stream, which the segment begins, and numbers it.
func (a *Analyzer) open(hash uint32, s *capture.Segment) *stream {
	slot := a.slot()
	a.table.put(hash, slot, s, &a.slab)
	st := a.slab.at(slot)
	*st = stream{
		key: key{s.Src, s.Dst, s.SrcPort, s.DstPort}, hash: hash, id: a.nextID, marks: inUse,
		begin: s.Time, firstFrame: s.Frame, last: a.clock.now,
	}
	if s.SrcPort < s.DstPort {
		st.client = sideB
	}
	for i := range st.flows {
		f := &st.flows[i]
		f.shift, f.offer, f.rawMin = Unknown, Unknown, 0xffff
	}
	a.nextID++
	a.changes++
	return st
}
