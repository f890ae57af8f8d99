package analyze

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"winwatch/capture"
)

// key identifies the two ends of a stream, the lower end first, so that both
// directions have the same key. The addresses are kept as words, which compare
// and hash faster than bytes do.
type key struct {
	lo, hi         [2]uint64
	loPort, hiPort uint16
}

// keyOf returns the key of a segment's stream, and 1 if the segment goes from
// hi to lo.
func keyOf(s *capture.Segment) (key, uint8) {
	k := key{words(&s.Src), words(&s.Dst), s.SrcPort, s.DstPort}
	if k.lo[1] < k.hi[1] || k.lo[1] == k.hi[1] && (k.lo[0] < k.hi[0] || k.lo[0] == k.hi[0] && k.loPort <= k.hiPort) {
		return k, 0
	}
	return key{k.hi, k.lo, k.hiPort, k.loPort}, 1
}

func words(a *capture.Addr) [2]uint64 {
	return [2]uint64{binary.LittleEndian.Uint64(a[:8]), binary.LittleEndian.Uint64(a[8:])}
}

// addr is the address that w was made of.
func addr(w [2]uint64) (a capture.Addr) {
	binary.LittleEndian.PutUint64(a[:8], w[0])
	binary.LittleEndian.PutUint64(a[8:], w[1])
	return a
}

// is compares field by field: as a whole, the compiler would call for it.
func (k *key) is(o *key) bool {
	return k.lo[1] == o.lo[1] && k.hi[1] == o.hi[1] && k.loPort == o.loPort && k.hiPort == o.hiPort &&
		k.lo[0] == o.lo[0] && k.hi[0] == o.hi[0]
}

// table finds the newest stream of a key. It is open-addressed and holds only
// hashes and slots, so that it stays small and the garbage collector passes it
// by; the keys stand in the streams. The hash is seeded: who sends the packets
// can't choose keys that collide.
type table struct {
	seed    [3]uint64
	entries []entry
	used    int
}

type entry struct {
	hash uint32
	slot uint32 // 0 is empty; else the slot + 1
}

func newTable() table {
	return table{
		seed:    [3]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64() | 1},
		entries: make([]entry, 1024),
	}
}

// hash mixes a key by the folded multiplication of wyhash.
func (t *table) hash(k *key) uint32 {
	ports := uint64(k.loPort)<<16 | uint64(k.hiPort)
	h0, l0 := bits.Mul64(k.lo[1]^t.seed[0], k.hi[1]^t.seed[1])
	h1, l1 := bits.Mul64(k.lo[0]^t.seed[1]^ports<<32, k.hi[0]^t.seed[2])
	h2, l2 := bits.Mul64(h0^l0^ports, h1^l1^t.seed[2])
	return uint32(h2 ^ l2)
}

// find returns the slot of the stream of that key, if there is one.
func (t *table) find(hash uint32, k *key, streams *slab) (uint32, bool) {
	mask := uint32(len(t.entries) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := t.entries[i]
		if e.slot == 0 {
			return 0, false
		}
		if e.hash == hash && streams.at(e.slot-1).key.is(k) {
			return e.slot - 1, true
		}
	}
}

// put sets the stream of a key. The key of an older stream of that key, if
// there is one, must still be in place.
func (t *table) put(hash uint32, slot uint32, streams *slab) {
	if t.used >= len(t.entries)*3/4 {
		t.grow()
	}
	mask := uint32(len(t.entries) - 1)
	k := &streams.at(slot).key
	for i := hash & mask; ; i = (i + 1) & mask {
		e := &t.entries[i]
		if e.slot == 0 {
			*e = entry{hash, slot + 1}
			t.used++
			return
		}
		if e.hash == hash && streams.at(e.slot-1).key.is(k) {
			e.slot = slot + 1
			return
		}
	}
}

func (t *table) grow() {
	old := t.entries
	t.entries = make([]entry, 2*len(old))
	mask := uint32(len(t.entries) - 1)
	for _, e := range old {
		if e.slot == 0 {
			continue
		}
		i := e.hash & mask
		for t.entries[i].slot != 0 {
			i = (i + 1) & mask
		}
		t.entries[i] = e
	}
}

// remove forgets a slot, closing the gap so that no chain is broken.
func (t *table) remove(hash uint32, slot uint32) {
	mask := uint32(len(t.entries) - 1)
	i := hash & mask
	for t.entries[i].slot != slot+1 {
		if t.entries[i].slot == 0 {
			return // a newer stream of the same key has taken its place
		}
		i = (i + 1) & mask
	}
	t.used--
	for j := i; ; {
		t.entries[i] = entry{}
		for {
			j = (j + 1) & mask
			if t.entries[j].slot == 0 {
				return
			}
			// An entry may move to i unless its home lies cyclically in (i, j].
			if home := t.entries[j].hash & mask; (j-home)&mask >= (j-i)&mask {
				break
			}
		}
		t.entries[i] = t.entries[j]
		i = j
	}
}

// slab holds streams in chunks that never move and hold no pointer.
type slab struct {
	chunks [][]stream
	n      uint32
}

const chunkBits = 8

func (s *slab) at(slot uint32) *stream {
	return &s.chunks[slot>>chunkBits][slot&(1<<chunkBits-1)]
}

// add returns a new slot.
func (s *slab) add() uint32 {
	if s.n>>chunkBits == uint32(len(s.chunks)) {
		s.chunks = append(s.chunks, make([]stream, 1<<chunkBits))
	}
	s.n++
	return s.n - 1
}
