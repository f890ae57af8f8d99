package capturetest

import (
	"bytes"
	"math"
	"slices"
)

const (
	blockSection = 0x0a0d0d0a
	blockCustom  = 0xbad
)

// block is a pcapng block, little-endian, with both its lengths.
func block(typ uint32, body ...[]byte) []byte {
	b := slices.Concat(body...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return blockOf(typ, uint32(len(b)+12), uint32(len(b)+12), b)
}

// blockOf is a block with arbitrary lengths.
func blockOf(typ, first, last uint32, body []byte) []byte {
	return slices.Concat(u32(typ, first), body, u32(last))
}

func section(opts ...[]byte) []byte {
	return block(blockSection, append([][]byte{u32(0x1a2b3c4d), u16(1, 0), u32(all32, all32)}, opts...)...)
}

func iface(link uint16, snaplen uint32, opts ...[]byte) []byte {
	return block(1, append([][]byte{u16(link, 0), u32(snaplen)}, opts...)...)
}

func enhanced(iface uint32, ticks uint64, frame []byte, opts ...[]byte) []byte {
	n := uint32(len(frame))
	padded := append(slices.Clone(frame), make([]byte, -len(frame)&3)...)
	return block(6, append([][]byte{u32(iface, uint32(ticks>>32), uint32(ticks), n, n), padded}, opts...)...)
}

func simple(frame []byte) []byte { return block(3, u32(uint32(len(frame))), frame) }

func option(code uint16, val ...byte) []byte {
	return slices.Concat(u16(code, uint16(len(val))), val, make([]byte, -len(val)&3))
}

// around puts blocks between two valid packets.
func around(blocks ...[]byte) func() []byte {
	return same(section(), iface(1, 0), enhanced(0, 1, nastyFrame(1)), slices.Concat(blocks...), enhanced(0, 2, nastyFrame(2)))
}

// bigEndian reverses the bytes of every 32-bit word, which converts blocks that
// consist of nothing else.
func bigEndian(b []byte) []byte {
	b = slices.Clone(b)
	for i := 0; i+4 <= len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	return b
}

// nastyPcapng are pcapng files with broken blocks.
var nastyPcapng = []nastyFile{
	{"section-only.pcapng", same(section())},
	{"section-length-0.pcapng", same(blockOf(blockSection, 0, 0, slices.Concat(u32(0x1a2b3c4d), u16(1, 0), u32(all32, all32))))},
	{"section-length-4G.pcapng", same(blockOf(blockSection, all32-3, 28, slices.Concat(u32(0x1a2b3c4d), u16(1, 0), u32(all32, all32))), iface(1, 0))},
	{"section-version-99.pcapng", same(block(blockSection, u32(0x1a2b3c4d), u16(99, 0), u32(all32, all32)))},
	{"section-without-byte-order.pcapng", same(block(blockSection, u32(0x12345678), u16(1, 0), u32(all32, all32)))},
	{"section-length-field-0.pcapng", same(block(blockSection, u32(0x1a2b3c4d), u16(1, 0), u32(0, 0)), iface(1, 0), enhanced(0, 1, nastyFrame(1)))},
	{"sections-100000.pcapng", func() []byte { return bytes.Repeat(section(), 100_000) }},
	{"byte-order-changes-each-section.pcapng", func() []byte {
		little := slices.Concat(section(), iface(1, 0), enhanced(0, 1, nastyFrame(1)))
		big := bigEndian(slices.Concat(block(blockSection, u32(0x1a2b3c4d, 1<<16), u32(all32, all32)), block(1, u32(1<<16, 0)), block(6, u32(0, 0, 1, 0, 0))))
		return bytes.Repeat(append(little, big...), 1000)
	}},
	{"byte-order-changes-in-mid-section.pcapng", around(bigEndian(block(6, u32(0, 0, 1, 0, 0))))},
	{"block-length-0.pcapng", around(blockOf(blockCustom, 0, 0, nil))},
	{"block-length-1.pcapng", around(blockOf(blockCustom, 1, 1, nil))},
	{"block-length-11.pcapng", around(blockOf(blockCustom, 11, 11, nil))},
	{"block-length-13.pcapng", around(blockOf(blockCustom, 13, 13, []byte{1, 0, 0, 0}))},
	{"block-length-4G.pcapng", around(blockOf(blockCustom, all32, all32, nil))},
	{"block-length-4G-less-4.pcapng", around(blockOf(blockCustom, all32-3, all32-3, nil))},
	{"block-length-negative.pcapng", around(blockOf(blockCustom, negative, negative, nil))},
	{"packet-block-length-4G.pcapng", around(blockOf(6, all32-3, all32-3, nil))},
	{"packet-block-length-12.pcapng", around(blockOf(6, 12, 12, nil))},
	{"packet-longer-than-block.pcapng", around(block(6, u32(0, 0, 1, 1000, 1000), nastyFrame(1)))},
	{"packet-length-4G.pcapng", around(block(6, u32(0, 0, 1, all32, all32), nastyFrame(1)))},
	{"wire-length-4G.pcapng", around(block(6, u32(0, 0, 1, 54, all32), nastyFrame(1)))},
	{"trailing-length-differs.pcapng", around(blockOf(6, 88, 84, make([]byte, 76)))},
	{"interface-block-length-4G.pcapng", around(blockOf(1, all32-3, all32-3, nil))},
	{"interfaces-100000.pcapng", func() []byte { return append(section(), bytes.Repeat(iface(1, 0), 100_000)...) }},
	{"packet-of-unknown-interface.pcapng", around(enhanced(1, 1, nastyFrame(3)), enhanced(all32, 1, nastyFrame(4)))},
	{"packet-without-interface.pcapng", same(section(), enhanced(0, 1, nastyFrame(1)))},
	{"simple-packet-without-interface.pcapng", same(section(), simple(nastyFrame(1)))},
	{"simple-packet-length-4G.pcapng", around(block(3, u32(all32), nastyFrame(3)))},
	{"simple-packet-block-empty.pcapng", around(blockOf(3, 12, 12, nil))},
	{"obsolete-packet-drops-65535.pcapng", around(block(2, u16(0, 65535), u32(0, 1, 54, 54), nastyFrame(3)))},
	{"a-million-empty-blocks.pcapng", func() []byte { return append(section(), bytes.Repeat(block(blockCustom), 1_000_000)...) }},
}

// nastyPcapngOptions are pcapng files with broken options.
var nastyPcapngOptions = []nastyFile{
	{"option-length-65535.pcapng", around(iface(1, 0, u16(2, 65535), []byte("lo\x00\x00")))},
	{"options-without-end.pcapng", around(iface(1, 0, bytes.Repeat(option(2, 'a'), mib/8-16)))},
	{"options-of-length-0.pcapng", around(iface(1, 0, bytes.Repeat(u16(2, 0), mib/4-16)))},
	{"options-cut.pcapng", around(iface(1, 0, u16(9)))},
	{"resolution-of-every-value.pcapng", func() []byte {
		b := section()
		for resol := range 256 {
			id := uint32(resol)
			b = slices.Concat(b, iface(1, 0, option(9, byte(resol))),
				enhanced(id, 0, nastyFrame(id)), enhanced(id, 1e18, nastyFrame(id)), enhanced(id, math.MaxUint64, nastyFrame(id)))
		}
		return b
	}},
	{"time-offset-at-both-ends.pcapng", func() []byte {
		b := section()
		for i, offset := range []int64{math.MinInt64, math.MaxInt64, -1, 1 << 33, -1 << 33} {
			b = slices.Concat(b, iface(1, 0, option(14, le.AppendUint64(nil, uint64(offset))...)))
			for _, ticks := range []uint64{0, 1, 1 << 63, math.MaxUint64} {
				b = append(b, enhanced(uint32(i), ticks, nastyFrame(uint32(i)))...)
			}
		}
		return b
	}},
	{"time-offset-of-2-bytes.pcapng", around(iface(1, 0, option(14, 1, 2)), enhanced(1, 1, nastyFrame(3)))},
	{"drops-more-than-all.pcapng", around(block(5, u32(0, 0, 0), option(5, repeat("\xff", 8)...), option(7, repeat("\xff", 8)...)))},
	{"drops-of-unknown-interface.pcapng", around(block(5, u32(9, 0, 0), option(5, repeat("\xff", 8)...)))},
	{"names-that-steer-terminals.pcapng", same(
		section(option(1, []byte(hostile)...), option(4, []byte(hostile)...)),
		iface(1, 0, option(2, []byte(hostile)...), option(3, []byte(hostile)...), option(11, []byte(hostile)...)),
		block(4, u16(1, uint16(4+len(hostile)+1)), []byte{192, 0, 2, 1}, []byte(hostile), []byte{0}, make([]byte, 8)),
		enhanced(0, 1, nastyFrame(1), option(1, []byte(hostile)...)), block(blockCustom, []byte(hostile)))},
}
