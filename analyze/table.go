package analyze

import "winwatch/capture"

// key identifies the two ends of a stream; a sent its first segment.
type key struct {
	a, b         capture.Addr
	aPort, bPort uint16
}

// The sides of a stream.
const (
	sideA  = 0
	sideB  = 1
	nobody = 2
)

// side returns which end of the stream sent the segment, or nobody if the segment
// does not belong to the stream.
func (k *key) side(s *capture.Segment) uint8 {
	switch {
	case s.SrcPort == k.aPort && s.DstPort == k.bPort && s.Src == k.a && s.Dst == k.b:
		return sideA
	case s.SrcPort == k.bPort && s.DstPort == k.aPort && s.Src == k.b && s.Dst == k.a:
		return sideB
	}
	return nobody
}

// table finds the newest stream with a key. It is open-addressed and holds only
// hashes and slots, so that it stays small and the garbage collector skips it; the
// keys are in the streams.
type table struct {
	entries []entry
	used    int
	passed  uint64 // entries passed over: see steps
}

type entry struct {
	hash uint32
	slot uint32 // the slot + 1; 0 is empty
}

func newTable() table {
	return table{entries: make([]entry, 1024)}
}

// find returns the slot of the stream of a segment and the side that sent it, or
// nobody if there is no such stream.
func (t *table) find(hash uint32, s *capture.Segment, streams *slab[stream]) (uint32, uint8) {
	mask := uint32(len(t.entries) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := t.entries[i]
		if e.slot == 0 {
			return 0, nobody
		}
		if e.hash == hash {
			if side := streams.at(e.slot - 1).key.side(s); side != nobody {
				return e.slot - 1, side
			}
		}
		t.passed++
	}
}

// put enters the stream of a segment. It replaces an older stream with the same key.
func (t *table) put(hash uint32, slot uint32, s *capture.Segment, streams *slab[stream]) {
	if t.used >= len(t.entries)/2 {
		t.grow()
	}
	mask := uint32(len(t.entries) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := &t.entries[i]
		if e.slot == 0 {
			*e = entry{hash, slot + 1}
			t.used++
			return
		}
		if e.hash == hash && streams.at(e.slot-1).key.side(s) != nobody {
			e.slot = slot + 1
			return
		}
		t.passed++
	}
}

// touch reads where an entry is, so that it is fetched into the cache.
func (t *table) touch(hash uint32) uint32 { return t.entries[hash&uint32(len(t.entries)-1)].slot }

func (t *table) grow() {
	old := t.entries
	t.entries = make([]entry, 2*len(old))
	// Of memory that is read first, the kernel maps a page of zeros, which it replaces at
	// the first write: a second page fault, for which it interrupts all cores.
	clear(t.entries)
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
			return // a newer stream with the same key has replaced it
		}
		i = (i + 1) & mask
		t.passed++
	}
	t.used--
	for j := i; ; {
		t.entries[i] = entry{}
		for {
			j = (j + 1) & mask
			t.passed++
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

// slab holds values in chunks that never move. The garbage collector skips chunks
// of values without pointers.
type slab[T any] struct {
	chunks [][]T
	n      uint32
}

const chunkBits = 10

func (s *slab[T]) at(slot uint32) *T {
	return &s.chunks[slot>>chunkBits][slot&(1<<chunkBits-1)]
}

// add returns a new slot.
func (s *slab[T]) add() uint32 {
	s.grow(s.n)
	return s.n - 1
}

// grow extends the slab to include slot, and returns the value there.
func (s *slab[T]) grow(slot uint32) *T {
	for uint32(len(s.chunks)) <= slot>>chunkBits {
		s.chunks = append(s.chunks, make([]T, 1<<chunkBits))
	}
	s.n = max(s.n, slot+1)
	return s.at(slot)
}
