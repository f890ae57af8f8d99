package capturetest

import (
	"bytes"
	"math/rand/v2"
	"slices"
)

// nastyPcap are pcap files with a broken header, and files that are not pcap.
var nastyPcap = []nastyFile{
	{"no-bytes.pcap", same()},
	{"one-byte.pcap", same([]byte{0xd4})},
	{"all-zeros.pcap", func() []byte { return make([]byte, mib) }},
	{"all-ones.pcap", func() []byte { return bytes.Repeat([]byte{0xff}, mib) }},
	{"noise.pcap", func() []byte { return noise(1, mib) }},
	{"header-only.pcap", same(pcapHeader(magicMicro, 65535, ethernet))},
	{"header-cut.pcap", same(pcapHeader(magicMicro, 65535, ethernet)[:20])},
	{"header-then-noise.pcap", func() []byte { return append(pcapHeader(magicMicro, 65535, ethernet), noise(2, mib)...) }},
	{"snaplen-4G.pcap", same(pcapHeader(magicMicro, all32, ethernet), honest(0, nastyFrame(1)))},
	{"snaplen-0.pcap", same(pcapHeader(magicMicro, 0, ethernet), honest(0, nastyFrame(1)))},
	{"snaplen-1-frame-longer.pcap", same(pcapHeader(magicMicro, 1, ethernet), honest(0, nastyFrame(1)))},
	{"link-type-unknown.pcap", same(pcapHeader(magicMicro, 65535, 65535), honest(0, nastyFrame(1)))},
	{"link-type-all-bits.pcap", same(pcapHeader(magicMicro, 65535, all32), honest(0, nastyFrame(1)))},
	{"checksum-longer-than-frame.pcap", same(pcapHeader(magicMicro, 65535, 0xf4000001), honest(0, nastyFrame(1)), record(0, 0, 2, 2, []byte{1, 2}))},
	{"version-65535.pcap", same(u32(magicMicro), u16(65535, 65535), u32(0, 0, 65535, ethernet), honest(0, nastyFrame(1)))},
	{"version-2.3-lengths-swapped.pcap", same(u32(magicMicro), u16(2, 3), u32(0, 0, 65535, ethernet), record(1, 1, 1500, 54, nastyFrame(1)))},
	{"header-big-endian-records-little.pcap", func() []byte {
		h := pcapHeader(magicMicro, 65535, ethernet)
		for i := 0; i < len(h); i += 4 {
			slices.Reverse(h[i : i+4])
		}
		return append(h, honest(0, nastyFrame(1))...)
	}},
	{"modified-magic-usual-records.pcap", same(pcapHeader(magicModified, 65535, ethernet), honest(0, nastyFrame(1)), honest(1, nastyFrame(2)))},
	{"two-captures-in-one-file.pcap", same(pcapOf(nastyFrame(1)), pcapOf(nastyFrame(2)))},
	{"every-link-type.pcapng", func() []byte {
		b := section()
		for link := range uint16(300) {
			b = slices.Concat(b, iface(link, 0), enhanced(uint32(link), 1, nastyFrame(1)), enhanced(uint32(link), 2, noise(uint64(link), 300)))
		}
		return b
	}},
}

// nastyPcapRecords are pcap files with broken records.
var nastyPcapRecords = []nastyFile{
	{"record-length-4G.pcap", lying(all32, 54)},
	{"record-length-negative.pcap", lying(negative, 54)},
	{"record-length-just-too-long.pcap", lying(mib+1, mib+1)},
	{"record-length-longest.pcap", same(pcapHeader(magicMicro, 1<<20, ethernet), honest(0, append(nastyFrame(1), make([]byte, mib-54)...)), honest(1, nastyFrame(2)))},
	{"record-length-over-wire-length.pcap", lying(54, 1)},
	{"record-longer-than-file.pcap", lying(1000, 1000)},
	{"wire-length-0.pcap", lying(54, 0)},
	{"wire-length-4G.pcap", lying(54, all32)},
	{"wire-length-negative.pcap", lying(54, negative)},
	{"a-million-records-of-0-bytes.pcap", func() []byte {
		return append(pcapHeader(magicMicro, 65535, ethernet), make([]byte, 16*1_000_000)...)
	}},
	{"times-at-both-ends.pcap", func() []byte {
		b := pcapHeader(magicMicro, 65535, ethernet)
		for i, sec := range []uint32{0, all32, 0, negative, negative - 1, all32, 0} {
			b = append(b, record(sec, 0, 54, 54, nastyFrame(uint32(i)))...)
		}
		return b
	}},
	{"microseconds-4G.pcap", func() []byte {
		b := pcapHeader(magicMicro, 65535, ethernet)
		for i, frac := range []uint32{0, 999_999, 1_000_000, all32, negative} {
			b = append(b, record(all32, frac, 54, 54, nastyFrame(uint32(i)))...)
		}
		return b
	}},
	{"nanoseconds-4G.pcap", func() []byte {
		b := pcapHeader(magicNano, 65535, ethernet)
		for i, frac := range []uint32{0, 999_999_999, 1_000_000_000, all32, negative} {
			b = append(b, record(all32, frac, 54, 54, nastyFrame(uint32(i)))...)
		}
		return b
	}},
	{"clock-going-wild.pcap", func() []byte {
		rng := rand.New(rand.NewPCG(3, 0))
		b := pcapHeader(magicMicro, 65535, ethernet)
		for i := range uint32(20_000) {
			b = append(b, record(rng.Uint32(), rng.Uint32N(1e6), 54, 54, nastyFrame(i))...)
		}
		return b
	}},
	{"clock-backwards.pcap", func() []byte {
		b := pcapHeader(magicMicro, 65535, ethernet)
		for i := range uint32(20_000) {
			b = append(b, record(all32-i, 0, 54, 54, nastyFrame(i))...)
		}
		return b
	}},
	{"damage-in-the-middle.pcap", same(pcapOf(nastyFrame(1), nastyFrame(2)), noise(4, 1000), honest(2, nastyFrame(3)))},
}

// lying is a capture of three frames, the second with arbitrary lengths.
func lying(capLen, wire uint32) func() []byte {
	return same(pcapOf(nastyFrame(1)), record(1_700_000_000, 1, capLen, wire, nastyFrame(2)), honest(2, nastyFrame(3)))
}

// noise returns n random bytes, always the same for a seed.
func noise(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}
