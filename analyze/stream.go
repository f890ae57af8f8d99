package analyze

import (
	"math"

	"winwatch/capture"
)

// stream is a tracked TCP connection. Like its flows, it holds no pointers. The
// fields that every segment touches come first, both here and in the flows, so that
// a busy stream uses few cache lines; the whole takes eight of 64 bytes.
type stream struct {
	key      key
	hash     uint32
	endFrame uint64
	last     int64 // adjusted time of the last segment
	// varies has a bit for each side whose packets have different IP IDs, firstID the
	// first of them; see noteID.
	firstID [2]uint16
	varies  uint8
	marks   streamMarks
	client  uint8 // index of the client's flow
	tried   uint8 // how many pairings found nothing
	// flows are the two directions, indexed by the side that sends.
	flows [2]flow

	first      int64 // adjusted time of the first segment
	firstFrame uint64
	duplicates uint32
	ignored    uint32 // segments with impossible flags
	strays     uint32 // segments of another numbering
	pairing    uint32 // an index into shard.pairings, 0 for none
	// apart is the delay between two capture points, by the side that sends, in ns; 0 if
	// there is only one.
	apart [2]int64
	// sightedAt is used with flow.sighted.
	sightedAt [2]uint32
	_         [8]byte
}

// span is the adjusted time from the first segment to the last.
func (st *stream) span() int64 { return st.last - st.first }

// touch reads from every part of a stream that a segment touches, so that all of
// them are fetched into the cache at once.
func (st *stream) touch() uint32 {
	a, b := &st.flows[0], &st.flows[1]
	return uint32(st.endFrame) + a.nxt + uint32(a.bytes) + b.nxt + uint32(b.bytes)
}

// touchRest does the same for the other parts.
func (st *stream) touchRest() uint32 {
	a, b := &st.flows[0], &st.flows[1]
	return uint32(a.rtt) + uint32(b.rtt) + st.duplicates
}

type streamMarks uint8

const (
	knowsClient streamMarks = 1 << iota // a SYN or SYN-ACK was captured
	sawSYNACK
	wasRefused // an RST answered the SYN
	namedOnly  // no traffic: only mentioned in ICMP errors and broken headers
	inUse      // the slot holds a stream
	isForked   // it has two numberings
	twiceSYN   // a SYN or SYN-ACK was captured twice, with a delay
)

func (st *stream) is(m streamMarks) bool { return st.marks&m != 0 }

// segments counts the segments captured, those captured twice included.
func (st *stream) segments() uint64 {
	return uint64(st.flows[0].segs) + uint64(st.flows[1].segs) + uint64(st.duplicates)
}

// bothSides reports whether both directions were captured.
func (st *stream) bothSides() bool { return st.flows[0].segs > 0 && st.flows[1].segs > 0 }

// timeout bounds the sender's retransmission time-out: several times the smallest
// round trip, but at least floor (Linux: TCP_RTO_MIN).
func (st *stream) timeout(floor int64) int64 { return max(floor, 5*st.rtt()) }

// rtt is the smallest round trip in ns: the sum of those from the capture point to
// each end and back; 0 is unknown.
func (st *stream) rtt() int64 { return st.flows[0].rtt + st.flows[1].rtt }

// find returns the slot of the stream of a segment and the side that sent it. It
// begins a new stream where Wireshark (4.0) does: at an unknown key, and at a SYN
// with another ISN.
func (sh *shard) find(s *capture.Segment, hash uint32, h hint, now int64) (uint32, uint8) {
	slot, side := h.slot, uint8(nobody)
	if h.stream != nil {
		side = h.stream.key.side(s)
	}
	if side == nobody {
		if slot, side = sh.table.find(hash, s, &sh.slab); side == nobody {
			return sh.open(hash, s, now), sideA
		}
	}
	if s.Flags&(capture.SYN|capture.ACK) == capture.SYN && sh.slab.at(slot).renewedBy(s, side) {
		return sh.open(hash, s, now), sideA
	}
	return slot, side
}

// renewedBy reports whether a SYN begins a new stream with the same key.
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

// open begins a stream with the segment and returns its slot.
func (sh *shard) open(hash uint32, s *capture.Segment, now int64) uint32 {
	slot := sh.slot(now)
	sh.table.put(hash, slot, s, &sh.slab)
	st := sh.slab.at(slot)
	*st = stream{
		key: key{s.Src, s.Dst, s.SrcPort, s.DstPort}, hash: hash, marks: inUse,
		firstFrame: s.Frame, first: now, last: now,
	}
	if s.SrcPort < s.DstPort {
		st.client = sideB
	}
	for i := range st.flows {
		f := &st.flows[i]
		f.side, f.shift, f.offer, f.rawMin = uint8(i), Unknown, Unknown, 0xffff
		f.spanEnd, f.class = math.MaxInt64, unjudged
	}
	sh.changes++
	sh.opened = append(sh.opened, opening{index: sh.index, slot: slot})
	return slot
}
