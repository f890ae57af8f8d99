package analyze

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"winwatch/capture"
)

// flip inverts a bit of the ends of s: of the source address, of the destination
// address, then of the two ports. IPv4 addresses have their own bits at the end of
// each address.
func flip(s *capture.Segment, bit int) {
	switch {
	case bit < 128:
		s.Src[bit/8] ^= 1 << (bit % 8)
	case bit < 256:
		s.Dst[bit/8-16] ^= 1 << (bit % 8)
	case bit < 272:
		s.SrcPort ^= 1 << (bit - 256)
	default:
		s.DstPort ^= 1 << (bit - 272)
	}
}

const endBits = 2*128 + 2*16

// isIPv4Bit reports whether IPv4 ends can differ in that bit.
func isIPv4Bit(bit int) bool { return bit >= 256 || bit%128 >= 96 }

// randomEnds sets random ends: of IPv4, of IPv6, or of IPv6 in one /64, where only the
// second halves differ.
func randomEnds(s *capture.Segment, kind int) {
	word := func() [4]byte {
		n := rand.Uint32()
		return [4]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
	}
	s.Src, s.Dst = capture.AddrFrom4(word()), capture.AddrFrom4(word())
	if kind > 0 {
		for i := range s.Src {
			s.Src[i], s.Dst[i] = byte(rand.Uint32()), byte(rand.Uint32())
		}
	}
	if kind > 1 {
		copy(s.Dst[:8], s.Src[:8])
	}
	s.SrcPort, s.DstPort = uint16(rand.Uint32()), uint16(rand.Uint32())
}

// TestHashDiffusion: whichever bit of the ends changes, each bit of the hash changes
// half of the time.
func TestHashDiffusion(t *testing.T) {
	const rounds = 4000
	for kind, name := range []string{"IPv4", "IPv6", "IPv6 in one /64"} {
		t.Run(name, func(t *testing.T) {
			var changed [endBits][32]int
			for range rounds {
				x := newSeed()
				var s capture.Segment
				randomEnds(&s, kind)
				h := x.hash(&s)
				for bit := range endBits {
					flip(&s, bit)
					for d := h ^ x.hash(&s); d != 0; d &= d - 1 {
						changed[bit][bits.TrailingZeros32(d)]++
					}
					flip(&s, bit)
				}
			}
			// Of 10,000 coins, none is further from half than this.
			most := 6 * math.Sqrt(rounds) / 2
			for bit := range endBits {
				for out, n := range changed[bit] {
					if (kind > 0 || isIPv4Bit(bit)) && math.Abs(float64(n)-rounds/2) > most {
						t.Errorf("input bit %d changes output bit %d in %d of %d cases", bit, out, n, rounds)
					}
				}
			}
		})
	}
}

// TestHashPairs: no two bits of the ends cancel, except when they swap the ends.
func TestHashPairs(t *testing.T) {
	for kind, name := range []string{"IPv4", "IPv6", "IPv6 in one /64"} {
		t.Run(name, func(t *testing.T) {
			var collisions [endBits][endBits]int
			for range 4 {
				x := newSeed()
				var s capture.Segment
				randomEnds(&s, kind)
				h := x.hash(&s)
				for i := range endBits {
					flip(&s, i)
					for j := range i {
						flip(&s, j)
						if x.hash(&s) == h {
							collisions[i][j]++
						}
						flip(&s, j)
					}
					flip(&s, i)
				}
			}
			for i := range collisions {
				for j, n := range collisions[i] {
					if n > 1 {
						t.Errorf("bits %d and %d cancel in %d of 4 cases", i, j, n)
					}
				}
			}
		})
	}
}

// TestHashDirections: the hash is the same for both directions.
func TestHashDirections(t *testing.T) {
	x := newSeed()
	var s capture.Segment
	randomEnds(&s, 1)
	r := capture.Segment{Src: s.Dst, Dst: s.Src, SrcPort: s.DstPort, DstPort: s.SrcPort}
	if x.hash(&s) != x.hash(&r) {
		t.Error("the directions of a stream have different hashes")
	}
}

// chosen are ends made to collide: the i-th of a set.
var chosen = []struct {
	name string
	set  func(i uint32, s *capture.Segment)
}{
	{"port in bytes 4 and 5 of the address", func(i uint32, s *capture.Segment) {
		s.SrcPort, s.Src[4], s.Src[5] = uint16(i), byte(i), byte(i>>8)
	}},
	{"port in the last bytes", func(i uint32, s *capture.Segment) {
		s.SrcPort, s.Src[15], s.Src[14] = uint16(i), byte(i), byte(i>>8)
	}},
	{"address against address", func(i uint32, s *capture.Segment) {
		s.Src[14], s.Src[15], s.Dst[14], s.Dst[15] = byte(i), byte(i>>8), ^byte(i), ^byte(i>>8)
	}},
	{"port against port", func(i uint32, s *capture.Segment) { s.SrcPort, s.DstPort = uint16(i), -uint16(i) }},
	{"high bits only", func(i uint32, s *capture.Segment) {
		s.Src[0], s.Src[7], s.Src[8] = byte(i)&0xc0, byte(i), byte(i>>8)
		s.SrcPort = uint16(i) & 0xff00
	}},
	{"ports only", func(i uint32, s *capture.Segment) { s.SrcPort = uint16(i) }},
}

// TestHashChosen: a table of ends made to collide is as good as one of random ends.
func TestHashChosen(t *testing.T) {
	const n = 1 << 16
	for _, c := range chosen {
		t.Run(c.name, func(t *testing.T) {
			x := newSeed()
			var load [n]int
			most, pairs := 0, 0
			for i := range uint32(n) {
				s := capture.Segment{Src: capture.Addr{0x20, 1, 0xd, 0xb8, 15: 1}, Dst: capture.Addr{0x20, 1, 0xd, 0xb8, 15: 2}, DstPort: 80}
				c.set(i, &s)
				at := &load[x.hash(&s)%n]
				pairs += *at
				*at++
				most = max(most, *at)
			}
			// Of n random values, about n/2 pairs share a place, and no place has 14.
			if most > 16 || pairs > 2*n {
				t.Errorf("%d pairs share a place, %d ends the same one", pairs, most)
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	x := newSeed()
	var s capture.Segment
	randomEnds(&s, 1)
	var sum uint32
	for b.Loop() {
		s.SrcPort++
		sum += x.hash(&s)
	}
	_ = sum
}
