package capturetest

import (
	"bytes"
	"encoding/hex"
	"io"

	"github.com/pierrec/lz4/v4"
)

// nastyCompressors are files compressed with xz, bzip2 and lz4. Go has no writer for
// the first two: they are put together from streams that the commands wrote.
var nastyCompressors = []nastyFile{
	{"bomb-of-zeros.pcap.xz", func() []byte { return append(unhex(xzHeader), bytes.Repeat(unhex(xzZeros), 256)...) }},
	{"bomb-of-zeros.pcap.bz2", func() []byte { return append(unhex(bzip2Header), bytes.Repeat(unhex(bzip2Zeros), 64)...) }},
	{"bomb-of-zeros.pcap.lz4", func() []byte { return lz4ed(pcapHeader(magicMicro, 65535, ethernet), zeros(128)) }},
	{"bomb-of-one-packet.pcap.lz4", func() []byte { return lz4ed(pcapOf(nastyFrame(1)), many(honest(1, nastyFrame(2)), 128)) }},
	{"dictionary-of-256M.pcap.xz", func() []byte { return unhex(xzDictionary) }},
	{"streams-50000.pcap.xz", func() []byte { return append(unhex(xzHeader), bytes.Repeat(unhex(xzByte), 50_000)...) }},
	{"streams-250000.pcap.bz2", func() []byte { return append(unhex(bzip2Header), bytes.Repeat(unhex(bzip2Empty), 250_000)...) }},
	{"frames-250000.pcap.lz4", func() []byte { return append(lz4ed(pcapOf(nastyFrame(1))), bytes.Repeat(unhex(lz4Empty), 250_000)...) }},
	{"garbage-behind.pcap.xz", func() []byte { return append(unhex(xzHeader), noise(11, 1000)...) }},
	{"garbage-behind.pcap.bz2", func() []byte { return append(unhex(bzip2Header), noise(12, 1000)...) }},
	{"garbage-behind.pcap.lz4", func() []byte { return append(lz4ed(pcapOf(nastyFrame(1))), noise(13, 1000)...) }},
	{"cut.pcap.lz4", func() []byte {
		b := lz4ed(append(pcapOf(nastyFrame(1)), noise(14, 10_000)...))
		return b[:len(b)/2]
	}},
	{"cut.pcap.xz", func() []byte { return unhex(xzHeader)[:40] }},
	{"cut.pcap.bz2", func() []byte { return unhex(bzip2Header)[:40] }},
	{"wrong-checksum.pcap.bz2", func() []byte { return swap(unhex(bzip2Header), 12, 0) }},
	{"noise-inside.pcap.xz", func() []byte { return append(unhex(xzHeader)[:24], noise(15, 10_000)...) }},
	{"noise-inside.pcap.lz4", func() []byte { return append(unhex(lz4Empty)[:7], noise(16, 10_000)...) }},
	{"nested.pcap.lz4", func() []byte { return lz4ed(unhex(xzHeader)) }},
}

// Whole files: the header of a pcap file, zeros (16 MiB in bzip2, 1 MiB in xz), one
// byte with a dictionary of 64 or 256 MiB, and nothing, with the largest blocks.
const (
	bzip2Header = "425a6839314159265359d79d8c98000008c01ef60020001000080004000000a00031003021881a20599a1382379ac7e2ee48a70a121af3b19300"
	bzip2Zeros  = "425a683931415926535952853e25008080c000c000000820003080291a0100d20100e2ee48a70a120a50a7c4a0"
	bzip2Empty  = "425a683917724538509000000000"
	xzHeader    = "fd377a585a000004e6d6b446020021011c00000010cf58cce0001700145d006a30d1c87d8bf8099bad944b8af2fff8894800000083a890c93d4b2569000130188e1bacec1fb6f37d010000000004595a"
	xzZeros     = "fd377a585a000004e6d6b446020021011c00000010cf58ccefffff00d95d00006ffdffffa3b7ff473e481572396151b89228e6a38607f9eee41e82d32fc53a3c014bb17ec98a8a4d2fa30dd97fa6e38c231153e05918c5758ae277f8b6947f0c6ac0de744964e2e95c53b204d8f7440cab5f0d6d46e9e5c37688b79657acb64de1691d6ffb4b88106c42cb883f5c008fd04eaf262894711f3d8f24e1709ea7235fec28cb85d195988a7e2a91f22775f719c006984d98fdd8afd5900fc42553f8f591363105a5b0ee6fc1704d470cd19111aaad601dbaceb127185c5986e9665258bee976ac59e4e55b0508f9c7daadfcfb522af7e495250000000000c2f6ba3ea2706b600001f5018080400079977f47b1c467fb020000000004595a"
	xzByte      = "fd377a585a000000ff12d941020021011c00000010cf58cc010000780000000000011101ada6580406729e7a010000000000595a"
	// the last one has the dictionary's size raised, with the checksum for it
	xzDictionary = "fd377a585a000000ff12d94102002101200000000988a576010000780000000000011101ada6580406729e7a010000000000595a"
	lz4Empty     = "04224d1860408200000000"
)

// unhex decodes one of the constants above.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err) // it is a constant
	}
	return b
}

func lz4ed(head []byte, rest ...io.Reader) []byte {
	return compressed(head, rest, func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil })
}
