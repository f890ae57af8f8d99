package capture_test

import (
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// madePackets are files with odd packets.
var madePackets = []madeFile{
	// ICMP errors quote a TCP header, whole or 16 bytes of it. The first error quotes
	// the SYN before the SYN itself.
	{"icmp-quotes", ".pcap", 16, "", func(tb testing.TB) []byte {
		v4, v6 := talk(tb, false, 40000), talk(tb, true, 40001)
		quote := func(typ byte, p []byte) []byte { return inIPv4(1)(join([]byte{typ, 0, 0, 0, 0, 0, 0, 0}, p)) }
		quote6 := func(typ byte, p []byte) []byte { return inIPv6(58)(join([]byte{typ, 0, 0, 0, 0, 0, 0, 0}, p)) }
		frames := [][]byte{quote(3, v4[0]), quote6(1, v6[0])}
		for i := range 5 {
			frames = append(frames, inEther(0x0800)(v4[i]), inEther(0x86dd)(v6[i]))
		}
		return pcapOf(capture.LinkEthernet, append(frames, quote(3, v4[3][:36]), quote(11, v4[3]), quote6(2, v6[3]), quote6(3, v6[3]))...)
	}},
	// IP fragments in VLAN frames. Only the first of each packet has a TCP header; the
	// last has 8 bytes, and one packet's fragments are out of order.
	{"fragments", ".pcap", 4, "", func(tb testing.TB) []byte {
		p4 := packetsOf(tb, "0 C > S P. len 44\n0 C > S P. len 44")
		p6 := packetsOf(tb, "host C [2001:db8::1]:40001\nhost S [2001:db8::2]:3000\n0 C > S P. len 44\n0 C > S P. len 44")
		var frames [][]byte
		for i := range 2 {
			f4 := fragments4(p4[i], 32, 24, 8)
			f6 := fragments6(p6[i], 32, 24, 8)
			if i == 1 {
				f4[0], f4[2] = f4[2], f4[0]
			}
			for _, f := range f4 {
				frames = append(frames, join(ether(0x8100), vlan(0x0800), f))
			}
			for _, f := range f6 {
				frames = append(frames, join(ether(0x8100), vlan(0x86dd), f))
			}
		}
		return pcapOf(capture.LinkEthernet, frames...)
	}},
	// IP and frame lengths differ: IP length 0 from segmentation offload, with and
	// without a tunnel; longer than the frame; shorter, with padding and with a
	// trailer; and a jumbo payload.
	{"lengths", ".pcap", 7, "", func(tb testing.TB) []byte {
		p4, p6 := packetsOf(tb, "0 C > S P. len 1000")[0], packetsOf(tb, "host C [2001:db8::1]:40001\nhost S [2001:db8::2]:3000\n0 C > S P. len 1000")[0]
		jumbo := join(p6[:4], []byte{0, 0, 0, 64}, p6[8:40], []byte{6, 0, 0xc2, 4, 0, 1, 0x11, 0x70}, p6[40:60], make([]byte, 70_000-28))
		return pcapOf(capture.LinkEthernet, inEther(0x0800)(with(p4, 2, 0, 0)),
			inside(inUDP(4789), after(vxlan), inEther(0x0800))(p4), inside(inUDP6(6081), after(geneve), inEther(0x86dd))(p6),
			inEther(0x0800)(with(p4, 2, 0x20)), inside(inEther(0x0800), before([]byte("trailer")))(with(p4, 2, 0, 60)),
			inside(inEther(0x86dd), before(make([]byte, 6)))(with(p6, 4, 0, 30)), inEther(0x86dd)(jumbo))
	}},
	// IPv4 options, including source routes, and IPv6 routing headers.
	{"routes", ".pcap", 7, "", func(testing.TB) []byte {
		options := func(o ...byte) []byte { return inEther(0x0800)(join(ipv4(6, 23, o...), tcp(), []byte("abc"))) }
		route := func(typ, left byte) []byte {
			h := join([]byte{6, 2, typ, left, 0, 0, 0, 0}, []byte("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x99"))
			return inEther(0x86dd)(join(ipv6(43, len(h)+23), h, tcp(), []byte("abc")))
		}
		return pcapOf(capture.LinkEthernet, options(1, 1, 1, 0), options(148, 4, 0, 0), options(131, 7, 4, 192, 0, 2, 99, 0),
			options(137, 7, 8, 192, 0, 2, 99, 0), options(7, 7, 4, 0, 0, 0, 0, 0), route(0, 1), route(0, 0))
	}},
	// Every flag, an urgent pointer, a window of 65535, SACK, malformed options, and a
	// header length that is too short.
	{"tcp-headers", ".pcap", 13, "", func(tb testing.TB) []byte {
		var frames [][]byte
		for _, p := range packetsOf(tb, `
			0 C > S SEWe win 65535 mss 1460 ws 14 sackok ts 4294967295 0
			0 S > C S.E mss 1460
			0 C > S PU. urg 5 len 9
			0 S > C . sack 1:5 sack 7:9
			0 S > C . win 0 malformed
			0 C > S none`) {
			frames = append(frames, inEther(0x0800)(p))
		}
		for _, opts := range [][]byte{{3, 0, 0, 0}, {3, 1, 0, 0}, {3, 8, 0, 0}, {1, 1, 1, 3}, {2, 3, 5, 1}, {253, 4, 0, 0}} {
			frames = append(frames, inEther(0x0800)(join(ipv4(6, 20+len(opts)), tcp(opts...))))
		}
		short := inEther(0x0800)(join(ipv4(6, 23), tcpWithHeaderLength(4), []byte("abc")))
		return pcapOf(capture.LinkEthernet, append(frames, short)...)
	}},
	// A capture of 60 bytes per frame, which cuts the TCP options.
	{"snaplen-60", ".pcap", 6, "", func(tb testing.TB) []byte { return snapped(tb, 60, "") }},
	// The same with IPv6 and 76 bytes.
	{"snaplen-76", ".pcap", 6, "", func(tb testing.TB) []byte {
		return snapped(tb, 76, "host C [2001:db8::1]:40001\nhost S [2001:db8::2]:3000\n")
	}},
}

// with returns a copy of a packet with some bytes changed.
func with(p []byte, at int, v ...byte) []byte {
	p = join(p)
	copy(p[at:], v)
	return p
}

// fragments4 splits an IPv4 packet into fragments of the given sizes.
func fragments4(p []byte, sizes ...int) (out [][]byte) {
	at := 0
	for i, size := range sizes {
		h := join(p[:20])
		be.PutUint16(h[2:], uint16(20+size))
		offset := uint16(at / 8)
		if i < len(sizes)-1 {
			offset |= 0x2000
		}
		be.PutUint16(h[6:], offset)
		out = append(out, join(h, p[20+at:20+at+size]))
		at += size
	}
	return out
}

// fragments6 splits an IPv6 packet into fragments of the given sizes.
func fragments6(p []byte, sizes ...int) (out [][]byte) {
	at := 0
	for i, size := range sizes {
		h := join(p[:40], []byte{p[6], 0, 0, 0, 0, 0, 0, 7})
		h[6] = 44
		be.PutUint16(h[4:], uint16(8+size))
		offset := uint16(at)
		if i < len(sizes)-1 {
			offset |= 1
		}
		be.PutUint16(h[42:], offset)
		out = append(out, join(h, p[40+at:40+at+size]))
		at += size
	}
	return out
}

// snapped is a capture of segments with options and payload, cut to snaplen bytes
// per frame.
func snapped(tb testing.TB, snaplen int, hosts string) []byte {
	var b []byte
	segs := capturetest.Parse(tb, hosts+`
		0 C > S S mss 1460 ws 7 sackok ts 1 0
		0 S > C S. mss 1460 ws 7 sackok ts 1 1
		0 C > S .
		0 C > S P. ts 1 1 len 1448
		0 S > C . ts 1 1 sack 1:2
		0 C > S P. ts 1 1 len 30000`)
	b = pcapOf(capture.LinkEthernet)
	le.PutUint32(b[16:], uint32(snaplen))
	for i, s := range segs {
		frame, wire := capturetest.Frame(&s)
		frame = frame[:min(len(frame), snaplen)]
		for _, v := range []uint32{1_700_000_000, uint32(i), uint32(len(frame)), uint32(wire)} {
			b = le.AppendUint32(b, v)
		}
		b = append(b, frame...)
	}
	return b
}
