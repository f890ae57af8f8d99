package capturetest

import (
	"bytes"
	"slices"
)

// nastyIP are captures with broken IP headers.
var nastyIP = []nastyFile{
	{"ip4-header-length-of-every-value.pcap", func() []byte { return pcapOf(each16(nastyFrame(1), 14, 0)...) }},
	{"ip-version-of-every-value.pcap", func() []byte { return pcapOf(each16(nastyFrame(1), 14, 4)...) }},
	{"ip4-total-length-lies.pcap", func() []byte {
		var frames [][]byte
		for _, n := range []uint16{0, 1, 19, 20, 21, 39, 40, 41, 1500, 65535} {
			f := nastyFrame(uint32(n))
			be.PutUint16(f[16:], n)
			frames = append(frames, f, append(f, make([]byte, 100)...))
		}
		return pcapOf(frames...)
	}},
	{"ip4-options-loop.pcap", same(pcapOf(
		ip4Options(131, 0, 4, 0), ip4Options(131, 255, 4, 0), ip4Options(131, 3, 255, 0), ip4Options(137, 7, 0, 1, 2, 3, 4, 0),
		ip4Options(68, 1, 1, 1), ip4Options(1, 1, 1, 131)))},
	{"ip4-fragments-of-every-offset.pcap", func() []byte {
		var frames [][]byte
		for i := range 16 {
			f := nastyFrame(1)
			be.PutUint16(f[20:], 1<<i)
			frames = append(frames, f)
		}
		return pcapOf(frames...)
	}},
	{"ip4-fragments-that-overlap.pcap", func() []byte {
		var frames [][]byte
		for i := range uint16(1000) {
			f := nastyFrame(1)
			be.PutUint16(f[20:], 0x2000|i%3)
			frames = append(frames, f)
		}
		return pcapOf(frames...)
	}},
	{"ip6-extensions-without-end.pcap", same(rawPcap(ip6(0, bytes.Repeat([]byte{0, 0, 0, 0, 0, 0, 0, 0}, 8000))))},
	{"ip6-extensions-of-2048-bytes.pcap", same(rawPcap(ip6(60, bytes.Repeat(append([]byte{60, 255}, make([]byte, 2046)...), 31))))},
	{"ip6-extension-longer-than-packet.pcap", same(rawPcap(ip6(60, append([]byte{6, 255}, tcp(1, 1, ack, 1)...))))},
	{"ip6-authentication-without-end.pcap", same(rawPcap(ip6(51, bytes.Repeat([]byte{51, 0, 0, 0, 0, 0, 0, 0}, 8000))))},
	{"ip6-fragments-of-fragments.pcap", same(rawPcap(ip6(44, bytes.Repeat([]byte{44, 0, 0, 1, 0, 0, 0, 7}, 8000))))},
	{"ip6-routing-lies.pcap", same(rawPcap(
		ip6(43, append([]byte{6, 2, 0, 255, 0, 0, 0, 0}, append(make([]byte, 16), tcp(1, 1, ack, 1)...)...)),
		ip6(43, append([]byte{6, 255, 4, 1, 0, 0, 0, 0}, tcp(1, 1, ack, 1)...))))},
	{"ip6-jumbo-lies.pcap", func() []byte {
		var frames [][]byte
		for _, n := range []uint32{0, 1, 19, 65535, negative, all32, all32 - 7} {
			f := ip6(0, slices.Concat([]byte{6, 0, 0xc2, 4}, be.AppendUint32(nil, n), tcp(n, 1, ack, 1)))
			be.PutUint16(f[4:], 0)
			frames = append(frames, f)
		}
		return rawPcap(frames...)
	}},
	{"ip6-payload-length-lies.pcap", func() []byte {
		var frames [][]byte
		for _, n := range []uint16{0, 1, 19, 20, 21, 65535} {
			f := ip6(protoTCP, tcp(1, 1, ack, 1))
			be.PutUint16(f[4:], n)
			frames = append(frames, f)
		}
		return rawPcap(frames...)
	}},
	{"every-protocol-and-noise.pcap", func() []byte {
		var frames [][]byte
		for proto := range 256 {
			frames = append(frames, ip4(byte(proto), noise(uint64(proto), 200)), ip6(byte(proto), noise(uint64(proto), 200)))
		}
		return rawPcap(frames...)
	}},
	{"every-ethertype.pcap", func() []byte {
		var frames [][]byte
		for typ := range 1 << 16 {
			frames = append(frames, ether(uint16(typ), ip4(protoTCP, tcp(1, 1, ack, 1))))
		}
		return pcapOf(frames...)
	}},
}

// ip4Options is a frame with these IP options.
func ip4Options(opts ...byte) []byte {
	b := ip4(protoTCP, append(append(opts, make([]byte, -len(opts)&3)...), tcp(1, 1, ack, 1)...))
	b[0] = 0x45 + byte(len(opts)+3)/4
	return ether(etherIPv4, b)
}

// nastyTCP are captures with broken TCP headers.
var nastyTCP = []nastyFile{
	{"tcp-data-offset-of-every-value.pcap", func() []byte { return pcapOf(each16(nastyFrame(1), 14+20+12, 4)...) }},
	{"tcp-every-flag-combination.pcap", func() []byte {
		var frames [][]byte
		for flags := range 256 {
			for _, f := range []uint32{0, 1, all32} {
				frames = append(frames, ether(etherIPv4, ip4(protoTCP, tcp(f, f, byte(flags), 0))))
			}
		}
		return pcapOf(frames...)
	}},
	{"tcp-options-lie.pcap", func() []byte {
		var frames [][]byte
		for _, kind := range []byte{0, 1, 2, 3, 4, 5, 8, 28, 30, 253, 254, 255} {
			for _, n := range []byte{0, 1, 2, 3, 4, 10, 11, 18, 40, 255} {
				frames = append(frames, ether(etherIPv4, ip4(protoTCP, tcp(1, 1, syn, 1000, kind, n, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))))
			}
		}
		return pcapOf(frames...)
	}},
	{"tcp-options-all-no-operation.pcap", same(pcapOf(ether(etherIPv4, ip4(protoTCP, tcp(1, 1, syn, 1000, bytes.Repeat([]byte{1}, 40)...)))))},
	{"tcp-window-scale-of-every-value.pcap", func() []byte {
		var frames [][]byte
		for shift := range 256 {
			frames = append(frames,
				ether(etherIPv4, ip4(protoTCP, tcp(0, 0, syn, 65535, 3, 3, byte(shift)))),
				ether(etherIPv4, back(ip4(protoTCP, tcp(0, 1, syn|ack, 65535, 3, 3, byte(shift))))),
				ether(etherIPv4, ip4(protoTCP, tcp(1, 1, ack, 65535))))
		}
		return pcapOf(frames...)
	}},
	{"tcp-option-twice.pcap", same(pcapOf(ether(etherIPv4, ip4(protoTCP, tcp(0, 0, syn, 1, 3, 3, 7, 3, 3, 14, 2, 4, 0, 0, 2, 4, 255, 255)))))},
	{"tcp-sack-wild.pcap", func() []byte {
		var frames [][]byte
		for i := range uint32(1000) {
			frames = append(frames, ether(etherIPv4, ip4(protoTCP, tcp(1, 1, ack, 1, slices.Concat([]byte{5, 34}, noise(uint64(i), 32))...))))
		}
		return pcapOf(frames...)
	}},
	{"tcp-cut-at-every-byte.pcap", func() []byte {
		b := pcapHeader(magicMicro, 65535, ethernet)
		frame := ether(etherIPv4, ip4(protoTCP, tcp(1, 1, syn, 1000, 2, 4, 5, 180, 3, 3, 7, 4, 2, 8, 10, 1, 1, 1, 1, 0, 0, 0, 0)))
		for n := range frame {
			b = append(b, record(1, uint32(n), uint32(n), uint32(len(frame)), frame[:n])...)
		}
		return b
	}},
	{"tcp-to-itself.pcap", func() []byte {
		f := nastyFrame(1)
		copy(f[30:34], f[26:30])
		copy(f[36:38], f[34:36])
		return pcapOf(f, f, f)
	}},
}

// back swaps the addresses and ports of an IPv4 TCP packet.
func back(b []byte) []byte {
	b = slices.Clone(b)
	copy(b[12:], []byte{192, 0, 2, 2, 192, 0, 2, 1, 7, 0xd0, 3, 0xe8})
	return b
}

// deep is a nesting depth that no decoder should follow.
const deep = 1000

// nastyTunnels are captures with deeply nested headers.
var nastyTunnels = []nastyFile{
	{"vlan-tags-1000.pcap", same(pcapOf(ether(0x8100, append(bytes.Repeat([]byte{0, 1, 0x81, 0}, deep), 0, 1, 8, 0))))},
	{"vlan-tags-to-the-end.pcap", same(pcapOf(ether(0x88a8, bytes.Repeat([]byte{0, 1, 0x88, 0xa8}, 65_000))))},
	{"mpls-without-bottom.pcap", same(pcapOf(ether(0x8847, make([]byte, 4*deep))))},
	{"ip-in-ip-1000.pcap", func() []byte {
		return rawPcap(nest(deep, tcp(1, 1, ack, 1), func(b []byte) []byte { return ip4(protoIPv4, b) }))
	}},
	{"ip6-in-ip6-1000.pcap", func() []byte {
		return rawPcap(nest(deep, tcp(1, 1, ack, 1), func(b []byte) []byte { return ip6(protoIPv6, b) }))
	}},
	{"ip6-in-ip4-in-ip6.pcap", func() []byte {
		return rawPcap(nest(deep, tcp(1, 1, ack, 1), func(b []byte) []byte { return ip6(protoIPv4, ip4(protoIPv6, b)) }))
	}},
	{"gre-1000.pcap", func() []byte {
		return rawPcap(nest(deep, nil, func(b []byte) []byte { return ip4(protoGRE, append([]byte{0, 0, 8, 0}, b...)) }))
	}},
	{"gre-flags-lie.pcap", func() []byte {
		var frames [][]byte
		for flags := range 256 {
			frames = append(frames, ip4(protoGRE, append([]byte{byte(flags), byte(flags), 8, 0}, ip4(protoTCP, tcp(1, 1, ack, 1))...)), ip4(protoGRE, []byte{byte(flags), 0, 8, 0}))
		}
		return rawPcap(frames...)
	}},
	{"vxlan-300.pcap", func() []byte {
		return rawPcap(nest(300, nil, func(b []byte) []byte {
			return ip4(protoUDP, udp(4789, append([]byte{8, 0, 0, 0, 0, 0, 1, 0}, ether(etherIPv4, b)...)))
		}))
	}},
	{"udp-tunnels-of-noise.pcap", func() []byte {
		var frames [][]byte
		for _, port := range []uint16{2152, 3544, 4341, 4754, 4789, 4790, 5246, 5247, 6081, 6635, 8472, 1701, 37008} {
			for seed := range uint64(20) {
				frames = append(frames, ip4(protoUDP, udp(port, noise(seed, int(seed)*7))))
			}
		}
		return rawPcap(frames...)
	}},
	{"udp-length-lies.pcap", func() []byte {
		var frames [][]byte
		for _, n := range []uint16{0, 1, 7, 8, 9, 65535} {
			f := ip4(protoUDP, udp(4789, append([]byte{8, 0, 0, 0, 0, 0, 1, 0}, nastyFrame(1)...)))
			be.PutUint16(f[24:], n)
			frames = append(frames, f)
		}
		return rawPcap(frames...)
	}},
	{"icmp-quotes-icmp-1000.pcap", func() []byte {
		return rawPcap(nest(deep, nil, func(b []byte) []byte { return ip4(1, append([]byte{3, 1, 0, 0, 0, 0, 0, 0}, b...)) }))
	}},
	{"icmp-quotes-tcp-cut-at-every-byte.pcap", func() []byte {
		quoted := ip4(protoTCP, tcp(1, 1, ack, 1))
		var frames [][]byte
		for n := range quoted {
			frames = append(frames, ip4(1, append([]byte{3, 1, 0, 0, 0, 0, 0, 0}, quoted[:n]...)))
		}
		return rawPcap(frames...)
	}},
	{"pppoe-length-lies.pcap", same(pcapOf(
		ether(0x8864, append([]byte{0x11, 0, 0, 1, 0, 0, 0, 0x21}, ip4(protoTCP, tcp(1, 1, ack, 1))...)),
		ether(0x8864, append([]byte{0x11, 0, 0, 1, 255, 255, 0, 0x21}, ip4(protoTCP, tcp(1, 1, ack, 1))...))))},
	{"llc-length-lies.pcap", same(pcapOf(ether(1500, []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}), ether(3, []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}), ether(0, nil)))},
}
