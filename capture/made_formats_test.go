package capture_test

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"

	"winwatch/capture"
)

// madeFormats are valid files in all format variants.
var madeFormats = []madeFile{
	{"nanoseconds", ".pcap", 10, "", talkIn(le, 0xa1b23c4d, 0)},
	{"nanoseconds-big-endian", ".pcap", 10, "", talkIn(be, 0xa1b23c4d, 0)},
	{"microseconds-big-endian", ".pcap", 10, "", talkIn(be, 0xa1b2c3d4, 0)},
	{"modified", ".pcap", 10, "", talkIn(le, 0xa1b2cd34, 8)}, // Alexey Kuznetsov's record headers
	{"gzip", ".pcap.gz", 10, "", func(tb testing.TB) []byte {
		return storedGzip(pcapOf(capture.LinkEthernet, etherTalk(tb)...))
	}},
	{"zstd", ".pcap.zst", 10, "", func(tb testing.TB) []byte {
		return storedZstd(pcapOf(capture.LinkEthernet, etherTalk(tb)...))
	}},
	// a fraction of more than a second, and the earliest and latest times
	{"times", ".pcap", 4, "", func(tb testing.TB) []byte {
		times := [][2]uint32{{0, 0}, {1_700_000_000, 3_000_000}, {1_700_000_000, 4_000_000_000}, {0xffffffff, 999_999}}
		return pcapFile(le, 0xa1b2c3d4, 1, 0, times, etherTalk(tb)[:4]...)
	}},
	// two interfaces of different types and clocks, a simple and an obsolete packet,
	// and blocks that are not packets; then a section in the other byte order
	{"blocks", ".pcapng", 40, "", madeBlocks},
	// an empty frame among others; an unknown link type
	{"empty-frame", ".pcap", 2, "", func(tb testing.TB) []byte {
		f := etherTalk(tb)
		return pcapOf(capture.LinkEthernet, f[0], nil, f[1])
	}},
	{"link-type-unknown", ".pcap", 0, "", func(tb testing.TB) []byte { return pcapOf(182, etherTalk(tb)...) }},
}

// talkIn writes a connection to a pcap file with the given magic number and extra
// bytes in each record header.
func talkIn(order binary.AppendByteOrder, magic uint32, extra int) func(testing.TB) []byte {
	return func(tb testing.TB) []byte {
		return pcapFile(order, magic, 1, extra, everyMillisecond(10), etherTalk(tb)...)
	}
}

func madeBlocks(tb testing.TB) []byte {
	raw, frames := talk(tb, true, 40000), etherTalk(tb)
	f := &ng{order: le}
	f.section()
	f.iface(1, 0, f.option(2, []byte("eth0")...), f.option(9, 9), f.option(0))                      // nanoseconds
	f.iface(101, 0, f.option(2, []byte("tun0")...), f.option(9, 0x80|20), f.option(0))              // 2^-20 s
	f.block(4, f.u16(1, 9), []byte{192, 0, 2, 1}, []byte("host\x00"), []byte{0, 0, 0}, f.u16(0, 0)) // names
	for i := range frames {
		f.enhanced(0, 1_700_000_000_000_000_000+uint64(i), frames[i])
		f.enhanced(1, 1_700_000_000<<20+uint64(i)<<10, raw[i])
		f.block(0x80000001, []byte("for local use"))
	}
	f.block(5, f.u32(0, 0, 0), f.option(5, 3, 0, 0, 0, 0, 0, 0, 0), f.option(0)) // statistics
	f.order = be
	f.section()
	f.iface(1, 0, f.option(2, []byte("eth1")...), f.option(0)) // microseconds
	for i, p := range frames {
		size := uint32(len(p))
		f.block(2, f.u16(0, 0xffff), f.u32(395812, 3_000_000_000+uint32(i), size, size), p) // obsolete
	}
	for _, p := range frames {
		f.block(3, f.u32(uint32(len(p))), p) // simple
	}
	return f.out
}

// storedGzip returns data as an uncompressed gzip file, which does not depend on the
// compressor.
func storedGzip(data []byte) []byte {
	b := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1} // the last block, stored
	b = le.AppendUint16(b, uint16(len(data)))
	b = append(le.AppendUint16(b, ^uint16(len(data))), data...)
	b = le.AppendUint32(b, crc32.ChecksumIEEE(data))
	return le.AppendUint32(b, uint32(len(data)))
}

// storedZstd returns data as an uncompressed zstd file.
func storedZstd(data []byte) []byte {
	b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xa0} // one segment, its size in 4 bytes
	b = le.AppendUint32(b, uint32(len(data)))
	block := le.AppendUint32(nil, uint32(len(data))<<3|1) // the last block, raw
	return slices.Concat(b, block[:3], data)
}

// madeDamage are files that are damaged or not captures.
var madeDamage = []madeFile{
	{"cut-in-record-header", ".pcap", 9, "record header", func(tb testing.TB) []byte {
		b := pcapOf(capture.LinkEthernet, etherTalk(tb)...)
		return b[:len(b)-54-6]
	}},
	{"cut-in-packet", ".pcap", 9, "mid-packet", func(tb testing.TB) []byte {
		b := pcapOf(capture.LinkEthernet, etherTalk(tb)...)
		return b[:len(b)-20]
	}},
	{"cut-in-first-packet", ".pcap", 0, "mid-packet", func(tb testing.TB) []byte { return pcapOf(capture.LinkEthernet, etherTalk(tb)...)[:50] }},
	{"record-too-long", ".pcap", 2, "4294967295", func(tb testing.TB) []byte {
		return inThirdRecord(pcapOf(capture.LinkEthernet, etherTalk(tb)...), 8, 0xffffffff)
	}},
	// a wire length that no network has
	{"wire-length-absurd", ".pcap", 10, "", func(tb testing.TB) []byte {
		return inThirdRecord(pcapOf(capture.LinkEthernet, etherTalk(tb)...), 12, 0x30303030)
	}},
	{"cut-in-block", ".pcapng", 9, "mid-block", func(tb testing.TB) []byte { b := plainNg(tb); return b[:len(b)-20] }},
	{"block-length-odd", ".pcapng", 10, "block length", func(tb testing.TB) []byte {
		return join(plainNg(tb), le.AppendUint32(nil, 6), le.AppendUint32(nil, 21), make([]byte, 30))
	}},
	{"block-too-small", ".pcapng", 10, "block length", func(tb testing.TB) []byte {
		return join(plainNg(tb), le.AppendUint32(nil, 1), le.AppendUint32(nil, 4), make([]byte, 30))
	}},
	// an interface option extends beyond its block: the options before it apply, and
	// the packets are readable
	{"option-too-long", ".pcapng", 1, "", func(tb testing.TB) []byte {
		f := &ng{order: le}
		f.section().iface(1, 0, f.option(9, 6), f.u16(2, 0x3030), []byte("eth0"))
		return f.enhanced(0, 1, etherTalk(tb)[0]).out
	}},
	{"version-2.0", ".pcapng", 0, "version 2", func(tb testing.TB) []byte {
		f := &ng{order: be}
		f.section().iface(1, 0)
		be.PutUint16(f.out[12:], 2)
		return f.enhanced(0, 1, etherTalk(tb)[0]).out
	}},
	{"snoop-cut", ".snoop", 9, "mid-packet", func(tb testing.TB) []byte { b := madeSnoop(tb, 0); return b[:len(b)-20] }},
	{"netmon-cut", ".cap", 9, "mid-packet", func(tb testing.TB) []byte {
		b, end := madeNetmon(tb, 0x203)
		return b[:end-20]
	}},
	{"netmon-cut-in-frame-table", ".cap", 10, "frame table", func(tb testing.TB) []byte {
		b, _ := madeNetmon(tb, 0x200)
		return b[:len(b)-2]
	}},
	{"netmon-other-order", ".cap", 10, "another order", func(tb testing.TB) []byte {
		b, end := madeNetmon(tb, 0x200)
		copy(b[end:], join(b[end+4:end+8], b[end:end+4]))
		return b
	}},
	{"erf-cut", ".erf", 9, "mid-packet", func(tb testing.TB) []byte { b := madeERF(tb); return b[:len(b)-20] }},
	// a format that is named, not read
	{"sniffer", ".trc", 0, "a Sniffer (DOS) trace; convert it with: editcap", func(tb testing.TB) []byte {
		return join([]byte("TRSNIFF data    \x1a"), make([]byte, 120), etherTalk(tb)[0])
	}},
}

// inThirdRecord changes a field in the header of the third record of a pcap file.
func inThirdRecord(file []byte, field int, v uint32) []byte {
	at := 24
	for range 2 {
		at += 16 + int(le.Uint32(file[at+8:]))
	}
	le.PutUint32(file[at+field:], v)
	return file
}

// plainNg is a connection in a pcapng file, with microseconds.
func plainNg(tb testing.TB) []byte {
	f := &ng{order: le}
	f.section().iface(1, 0)
	for i, p := range etherTalk(tb) {
		f.enhanced(0, 1_700_000_000_000_000+uint64(i), p)
	}
	return f.out
}
