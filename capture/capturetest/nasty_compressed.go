package capturetest

import (
	"bytes"
	"io"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// nastyCompressed are compressed files: small ones that become large, and broken
// ones.
var nastyCompressed = []nastyFile{
	{"bomb-of-zeros.pcap.gz", func() []byte { return gzipped(pcapHeader(magicMicro, 65535, ethernet), zeros(128)) }},
	{"bomb-of-empty-blocks.pcapng.gz", func() []byte { return gzipped(section(), many(block(blockCustom), 128)) }},
	{"bomb-of-one-packet.pcap.gz", func() []byte { return gzipped(pcapOf(nastyFrame(1)), many(honest(1, nastyFrame(2)), 128)) }},
	{"bomb-of-one-line.txt.gz", func() []byte { return gzipped([]byte(textLine), many([]byte("x"), 256)) }},
	{"bomb-of-unknown-blocks.pcapng.gz", func() []byte { return gzipped(section(), many(block(0x7fffffff), 128)) }},
	{"bomb-of-zeros.pcap.zst", func() []byte { return zstdBomb(pcapHeader(magicMicro, 65535, ethernet), zstdZeros(4096)) }},
	{"bomb-of-large-packets.pcap.zst", zstdLargePackets},
	{"bomb-of-empty-blocks.pcapng.zst", func() []byte { return zstded(section(), many(block(blockCustom), 128)) }},
	{"nested.pcap.gz", func() []byte { return gzipped(gzipped(pcapOf(nastyFrame(1)))) }},
	{"nested.pcap.zst", func() []byte { return zstded(gzipped(pcapOf(nastyFrame(1)))) }},
	{"garbage-behind.pcap.gz", func() []byte { return append(gzipped(pcapOf(nastyFrame(1), nastyFrame(2))), noise(5, 1000)...) }},
	{"garbage-behind.pcap.zst", func() []byte { return append(zstded(pcapOf(nastyFrame(1), nastyFrame(2))), noise(6, 1000)...) }},
	{"zeros-behind.pcap.gz", func() []byte { return append(gzipped(pcapOf(nastyFrame(1))), make([]byte, 4096)...) }},
	{"wrong-checksum.pcap.gz", func() []byte {
		b := gzipped(pcapOf(nastyFrame(1)))
		b[len(b)-8] ^= 1
		return b
	}},
	{"cut.pcap.gz", func() []byte {
		b := gzipped(append(pcapOf(nastyFrame(1)), noise(7, 10_000)...))
		return b[:len(b)/2]
	}},
	{"cut.pcap.zst", func() []byte {
		b := zstded(append(pcapOf(nastyFrame(1)), noise(8, 10_000)...))
		return b[:len(b)/2]
	}},
	{"header-only.pcap.gz", same([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff})},
	{"unknown-method.pcap.gz", same([]byte{0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0xff}, make([]byte, 100))},
	{"name-without-end.pcap.gz", func() []byte {
		return append([]byte{0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0xff}, repeat("a", 10*mib)...)
	}},
	{"extra-field-cut.pcap.gz", same([]byte{0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 1})},
	{"empty-members-100000.pcap.gz", func() []byte { return bytes.Repeat(gzipped(nil), 100_000) }},
	{"nothing-inside.pcap.gz", func() []byte { return gzipped(nil) }},
	{"window-of-4G.pcap.zst", same(zstdMagic, []byte{0x00, 0xb0}, zstdBlock(0, []byte("data"), true))},
	{"window-largest.pcap.zst", same(zstdMagic, []byte{0x00, 0xff}, zstdBlock(0, []byte("data"), true))},
	{"content-size-all-bits.pcap.zst", same(zstdMagic, []byte{0xe0}, repeat("\xff", 8), zstdBlock(0, []byte("data"), true))},
	{"skippable-frame-of-4G.pcap.zst", same(u32(0x184d2a50, all32), make([]byte, 1000))},
	{"skippable-frames-100000.pcap.zst", func() []byte { return bytes.Repeat(u32(0x184d2a50, 0), 100_000) }},
	{"reserved-block.pcap.zst", same(zstdMagic, []byte{0x00, 0x58}, zstdBlock(3, []byte("data"), true))},
	{"noise-inside.pcap.zst", func() []byte { return append(slices.Concat(zstdMagic, []byte{0x00, 0x58}), noise(9, 10_000)...) }},
	{"noise-inside.pcap.gz", func() []byte { return append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}, noise(10, 10_000)...) }},
}

// zeros returns n MiB of zeros.
func zeros(n int) io.Reader { return many([]byte{0}, n) }

// many repeats b to fill n MiB.
func many(b []byte, n int) io.Reader {
	chunk := bytes.Repeat(b, mib/len(b))
	readers := make([]io.Reader, n)
	for i := range readers {
		readers[i] = bytes.NewReader(chunk)
	}
	return io.MultiReader(readers...)
}

func gzipped(head []byte, rest ...io.Reader) []byte {
	return compressed(head, rest, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestSpeed) })
}

func zstded(head []byte, rest ...io.Reader) []byte {
	return compressed(head, rest, func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	})
}

func compressed(head []byte, rest []io.Reader, open func(io.Writer) (io.WriteCloser, error)) []byte {
	var out bytes.Buffer
	w, err := open(&out)
	if err == nil {
		_, err = io.Copy(w, io.MultiReader(append([]io.Reader{bytes.NewReader(head)}, rest...)...))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // writing to memory does not fail
	}
	return out.Bytes()
}

var zstdMagic = u32(0xfd2fb528)

// zstdBlock is a block of the given type (RFC 8878 3.1.1.2): 0 raw, 1 repeated.
func zstdBlock(typ uint32, data []byte, last bool) []byte {
	size := uint32(len(data))
	if typ == 1 {
		size = 128 << 10 // the most that a block may hold
	}
	h := size<<3 | typ<<1
	if last {
		h |= 1
	}
	return append(u32(h)[:3], data...)
}

// zstdZeros is n blocks of 128 KiB of zeros, 4 bytes each.
func zstdZeros(n int) []byte { return bytes.Repeat(zstdBlock(1, []byte{0}, false), n) }

// zstdBomb is a zstd frame of head and blocks.
func zstdBomb(head, blocks []byte) []byte {
	return slices.Concat(zstdMagic, []byte{0x00, 0x58}, zstdBlock(0, head, false), blocks, zstdBlock(0, nil, true)) // a window of 2 MiB
}

// zstdLargePackets holds 5 GiB of TCP segments of almost the maximum size.
func zstdLargePackets() []byte {
	const zeros = mib - 128<<10
	frame := nastyFrame(1)
	head := record(1, 0, uint32(len(frame)+zeros), uint32(len(frame)+zeros), frame)
	packet := append(zstdBlock(0, head, false), zstdZeros(zeros/(128<<10))...)
	return zstdBomb(pcapHeader(magicMicro, mib, ethernet), bytes.Repeat(packet, 5<<30/zeros))
}
