package capturetest

import (
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
)

// Nasty yields files that are broken, absurd or malicious, each with a name that
// says what is wrong with it. They are the same on every call. The bytes are valid
// until the next file.
func Nasty() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, f := range allNasty() {
			if !yield(f.name, f.make()) {
				return
			}
		}
	}
}

// NastySample yields every n-th nasty file, or all of them in a full run.
func NastySample(n int) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, f := range Sample(allNasty(), n) {
			if !yield(f.name, f.make()) {
				return
			}
		}
	}
}

func allNasty() []nastyFile {
	return slices.Concat(nastyPcap, nastyPcapRecords, nastyPcapng, nastyPcapngOptions, nastyCompressed, nastyCompressors, nastyRecords,
		nastyIP, nastyTCP, nastyTunnels, nastyText, nastyStreams)
}

// Truncations yields a small pcap and a small pcapng file cut off at every byte.
func Truncations() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		pcap := pcapOf(nastyFrame(1), nastyFrame(2))
		ng := slices.Concat(section(), iface(1, 0, option(9, 9)), enhanced(0, 1e18, nastyFrame(1)), simple(nastyFrame(2)))
		for n := range pcap {
			if !yield(fmt.Sprintf("truncated-at-%03d.pcap", n), pcap[:n]) {
				return
			}
		}
		for n := range ng {
			if !yield(fmt.Sprintf("truncated-at-%03d.pcapng", n), ng[:n]) {
				return
			}
		}
	}
}

// nastyFile is a file that is made on demand.
type nastyFile struct {
	name string
	make func() []byte
}

// same returns a maker for a fixed file.
func same(b ...[]byte) func() []byte { return func() []byte { return slices.Concat(b...) } }

const (
	mib = 1 << 20
	// all32 is the largest unsigned 32-bit number.
	all32 = 1<<32 - 1
	// negative is the smallest number if read as a signed 32-bit integer.
	negative = 1 << 31
)

var (
	le = binary.LittleEndian
	be = binary.BigEndian
)

// u32 and u16 encode little-endian numbers.
func u32(v ...uint32) (b []byte) {
	for _, n := range v {
		b = le.AppendUint32(b, n)
	}
	return b
}

func u16(v ...uint16) (b []byte) {
	for _, n := range v {
		b = le.AppendUint16(b, n)
	}
	return b
}

// pcapHeader is a file header with a magic number, a snaplen and a link type.
func pcapHeader(magic, snaplen, link uint32) []byte {
	return slices.Concat(u32(magic), u16(2, 4), u32(0, 0, snaplen, link))
}

// record is a pcap record whose header may lie about its data.
func record(sec, frac, capLen, wire uint32, data []byte) []byte {
	return append(u32(sec, frac, capLen, wire), data...)
}

// honest is a record with a correct header, i microseconds after the epoch.
func honest(i int, frame []byte) []byte {
	n := uint32(len(frame))
	return record(1_700_000_000+uint32(i/1e6), uint32(i%1e6), n, n, frame)
}

const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34
	ethernet      = 1
	rawIP         = 101
)

// pcapOf is an ordinary Ethernet capture of frames, a microsecond apart.
func pcapOf(frames ...[]byte) []byte {
	b := pcapHeader(magicMicro, 1<<18, ethernet)
	for i, f := range frames {
		b = append(b, honest(i, f)...)
	}
	return b
}

// rawPcap is pcapOf for frames that begin with an IP header.
func rawPcap(frames ...[]byte) []byte {
	b := pcapOf(frames...)
	le.PutUint32(b[20:], rawIP)
	return b
}

// hostile is a name that an attacker could put into a capture: a terminal escape
// sequence, a script, a spreadsheet formula and a path in one.
const hostile = "\x1b]0;owned\a\x1b[2J\u202e<script>alert(1)</script><img src=x onerror=alert(1)>\r\n=cmd|'/C calc'!A1\x00../../../../tmp/owned"
