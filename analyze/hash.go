package analyze

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"winwatch/capture"
)

// seed is the secret key of the hashes: without it, senders of packets can't choose
// endpoints that collide.
type seed [4]uint64

func newSeed() seed { return seed{rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()} }

// hash hashes the two ends of a segment to a value that does not depend on which of
// them sent it.
func (x *seed) hash(s *capture.Segment) uint32 {
	return uint32(x.end(&s.Src, s.SrcPort) + x.end(&s.Dst, s.DstPort))
}

// end hashes one end in two rounds, so that the port meets a hash of the address that
// nobody can predict: no change of the one cancels a change of the other. The
// multiplication by an odd constant spreads the port over the whole word.
func (x *seed) end(a *capture.Addr, port uint16) uint64 {
	addr := fold(binary.LittleEndian.Uint64(a[:8])^x[0], binary.LittleEndian.Uint64(a[8:])^x[1])
	return fold(addr^x[2], uint64(port)*0x9e3779b97f4a7c15^x[3])
}

// fold is the folded multiplication of wyhash: each bit of the result depends on all
// bits of both factors.
func fold(a, b uint64) uint64 {
	h, l := bits.Mul64(a, b)
	return h ^ l
}
