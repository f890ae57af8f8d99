package capturetest

import (
	"bytes"
	"slices"
)

// nastyRecords are files in the formats of snoop, Network Monitor and ERF, and of
// formats that are only named.
var nastyRecords = []nastyFile{
	{"record-of-4G.snoop", same(snoop(all32, all32, all32), nastyFrame(1))},
	{"record-shorter-than-its-packet.snoop", same(snoop(1000, 1000, 30), make([]byte, 1000))},
	{"record-length-0.snoop", same(snoop(0, 0, 0), make([]byte, 1000))},
	{"record-with-much-padding.snoop", same(snoop(54, 54, 24+54+mib), nastyFrame(1), make([]byte, mib))},
	{"drops-all-bits.snoop", func() []byte {
		b := slices.Concat(snoop(54, 54, 78), nastyFrame(1))
		be.PutUint32(b[16+12:], all32)
		return b
	}},
	{"version-9.snoop", func() []byte { return swap(snoop(54, 54, 78), 11, 9) }},
	{"header-only.snoop", func() []byte { return snoop(0, 0, 0)[:16] }},
	{"link-type-all-bits.snoop", func() []byte {
		b := slices.Concat(snoop(54, 54, 78), nastyFrame(1))
		be.PutUint32(b[12:], all32)
		return b
	}},
	{"frame-table-at-0.cap", func() []byte { return netmon(0x203, 0, 0) }},
	{"frame-table-at-4G.cap", func() []byte { return netmon(0x203, all32, all32) }},
	{"frame-table-of-4G.cap", func() []byte { return append(netmon(0x200, 128, all32), make([]byte, mib)...) }},
	{"packet-of-4G.cap", func() []byte {
		return slices.Concat(netmon(0x200, 1000, 4), make([]byte, 8), u32(all32, all32), make([]byte, 1000))
	}},
	{"date-all-bits.cap", func() []byte {
		b := slices.Concat(netmon(0x200, 144, 4), repeat("\xff", 8), u32(0, 0), u32(128))
		copy(b[8:24], repeat("\xff", 16))
		return b
	}},
	{"trailer-cut.cap", func() []byte {
		return slices.Concat(netmon(0x203, 150, 4), make([]byte, 8), u32(0, 0), make([]byte, 6))
	}},
	{"wlan-header-too-long.cap", func() []byte {
		return slices.Concat(netmon(0x201, 149, 4), make([]byte, 8), u32(3, 3), []byte{2, 255, 255}, u16(6), u32(128))
	}},
	{"version-3.cap", func() []byte { return netmon(0x300, 128, 0) }},
	{"record-length-0.erf", func() []byte { return append(erf(2, 74, 54, nastyFrame(1)), erf(2, 0, 54, nastyFrame(1))...) }},
	{"extension-headers-without-end.erf", func() []byte {
		return append(erf(2, 74, 54, nastyFrame(1)), erf(0x82, 4096, 4000, repeat("\x83", 4096-18))...)
	}},
	{"wire-length-0.erf", func() []byte { return bytes.Repeat(erf(2, 74, 0, append([]byte{0, 0}, nastyFrame(1)...))[:74], 3) }},
	{"only-padding.erf", func() []byte { return bytes.Repeat(erf(48, 16, 0, nil), 100_000) }},
	{"json-without-end.json", func() []byte { return append([]byte(`{"a":`), repeat("[", 10*mib)...) }},
}

// snoop is a file header, Ethernet, and the header of a record that may lie.
func snoop(wire, captured, size uint32) []byte {
	b := []byte("snoop\x00\x00\x00")
	for _, n := range []uint32{2, 4, wire, captured, size, 0, 1_700_000_000, 0} {
		b = be.AppendUint32(b, n)
	}
	return b
}

// netmon is a file header that says where the frame table is and how long.
func netmon(version uint16, table, size uint32) []byte {
	b := slices.Concat([]byte("GMBU"), u16(version, 1, 2024, 5, 1, 1, 0, 0, 0, 0), u32(table, size))
	return append(b, make([]byte, 128-len(b))...)
}

// erf is a record of the given type and lengths, which may lie.
func erf(typ byte, size, wire uint16, data []byte) []byte {
	b := append(u32(0, 1_700_000_000), typ, 4)
	for _, n := range []uint16{size, 0, wire} {
		b = be.AppendUint16(b, n)
	}
	return append(b, data...)
}
