package analyze

import "winwatch/capture"

// stream is one TCP connection while it is tracked. Like its flows it holds no
// pointer.
type stream struct {
	key  key
	hash uint32
	id   int64
	// flows are the two directions by their sender: flows[0] is what key.lo
	// sends.
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
	quotedOnly // known only from ICMP errors
	inUse      // the slot holds a stream
)

func (st *stream) is(m streamMarks) bool { return st.marks&m != 0 }

// bothSides reports whether both directions were captured.
func (st *stream) bothSides() bool { return st.flows[0].segs > 0 && st.flows[1].segs > 0 }

// timeout estimates the sender's retransmission time-out: three round trips,
// but at least floor (Linux: TCP_RTO_MIN).
func (st *stream) timeout(floor int64) int64 { return max(floor, 3*st.rtt()) }

// rtt is the smallest round trip, in ns: from the capture point to the one end
// and back, and to the other end and back; 0 is unknown.
func (st *stream) rtt() int64 { return st.flows[0].rtt + st.flows[1].rtt }

// find returns the stream of a segment and the side that sent it, and begins a
// new stream where Wireshark (4.0) does: at a key not met before, and at a SYN
// with another ISN.
func (a *Analyzer) find(s *capture.Segment) (*stream, uint8) {
	k, side := keyOf(s)
	st := a.recent
	if st == nil || !st.key.is(&k) {
		hash := a.table.hash(&k)
		slot, ok := a.table.find(hash, &k, &a.slab)
		if !ok {
			st = a.open(&k, hash, s, side)
			a.recent = st
			return st, side
		}
		st = a.slab.at(slot)
		a.recent = st
	}
	if s.Flags&(capture.SYN|capture.ACK) == capture.SYN && st.renewedBy(s, side) {
		st = a.open(&k, st.hash, s, side)
		a.recent = st
	}
	return st, side
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

// open makes room for a stream and numbers it.
func (a *Analyzer) open(k *key, hash uint32, s *capture.Segment, side uint8) *stream {
	slot := a.slot()
	st := a.slab.at(slot)
	*st = stream{
		key: *k, hash: hash, id: a.nextID, marks: inUse,
		begin: s.Time, firstFrame: s.Frame, last: a.clock.now,
		client: side,
	}
	if s.SrcPort < s.DstPort {
		st.client ^= 1
	}
	for i := range st.flows {
		f := &st.flows[i]
		f.shift, f.offer, f.rawMin = Unknown, Unknown, 0xffff
	}
	a.nextID++
	a.table.put(hash, slot, &a.slab)
	return st
}
