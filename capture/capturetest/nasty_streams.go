package capturetest

import "math/rand/v2"

// nastyStreams are well-formed captures made to exhaust a connection tracker.
var nastyStreams = []nastyFile{
	{"syn-flood-50000.pcap", func() []byte {
		return stormOf(50_000, func(i int, h *storm) { h.from(i); h.seq, h.flags = uint32(i), syn })
	}},
	{"half-open-20000.pcap", func() []byte {
		return stormOf(2*20_000, func(i int, h *storm) {
			h.from(i / 2)
			if h.seq, h.flags = uint32(i), syn; i%2 == 1 {
				h.turn()
				h.ack, h.flags = uint32(i), syn|ack
			}
		})
	}},
	{"same-ports-20000-times.pcap", func() []byte {
		return stormOf(20_000, func(i int, h *storm) { h.seq, h.flags = uint32(i)*100_000, syn })
	}},
	{"port-scan-20000.pcap", func() []byte {
		return stormOf(2*20_000, func(i int, h *storm) {
			if h.dstPort, h.flags = uint16(i/2), syn; i%2 == 1 {
				h.turn()
				h.flags = rst | ack
			}
		})
	}},
	{"one-stream-wild-numbers.pcap", func() []byte {
		rng := rand.New(rand.NewPCG(12, 0))
		return stormOf(100_000, func(i int, h *storm) {
			h.seq, h.ack, h.window, h.flags, h.size = rng.Uint32(), rng.Uint32(), uint16(rng.Uint32()), ack, uint16(rng.Uint32N(1500))
			if rng.Uint32N(2) == 0 {
				h.turn()
			}
		})
	}},
	{"one-stream-wild-everything.pcap", func() []byte {
		rng := rand.New(rand.NewPCG(13, 0))
		return stormOf(100_000, func(i int, h *storm) {
			h.seq, h.ack, h.window, h.flags, h.size = rng.Uint32N(1<<17), rng.Uint32N(1<<17), uint16(rng.Uint32N(4)), byte(rng.Uint32()), uint16(rng.Uint32N(1500))
			if rng.Uint32N(2) == 0 {
				h.turn()
			}
		})
	}},
	{"one-stream-leaps-of-2G.pcap", func() []byte {
		return stormOf(100_000, func(i int, h *storm) { h.seq, h.flags, h.size = uint32(i)*negative, ack, 1000 })
	}},
	{"one-stream-holes-only.pcap", func() []byte {
		return stormOf(100_000, func(i int, h *storm) { h.seq, h.flags, h.size = uint32(i)*2000, ack, 1000 })
	}},
	{"one-stream-backwards.pcap", func() []byte {
		return stormOf(100_000, func(i int, h *storm) { h.seq, h.flags, h.size = all32-uint32(i)*1000, ack, 1000 })
	}},
	{"window-flaps-100000-times.pcap", func() []byte {
		return stormOf(200_000, func(i int, h *storm) {
			if h.seq, h.flags, h.size = uint32(i/2), ack, 1; i%2 == 1 {
				h.turn()
				h.size, h.ack, h.seq, h.window = 0, uint32(i/2+1), 0, uint16(i/2%2)*1000
			}
		})
	}},
	{"one-stall-100000-probes.pcap", func() []byte {
		return stormOf(200_000, func(i int, h *storm) {
			if h.seq, h.flags = all32, ack; i%2 == 1 {
				h.turn()
				h.window, h.ack, h.seq = 0, 0, 0
			}
		})
	}},
	{"resets-100000.pcap", func() []byte {
		return stormOf(100_000, func(i int, h *storm) { h.from(i % 1000); h.seq, h.flags = uint32(i), rst })
	}},
	{"ends-100000.pcap", func() []byte {
		return stormOf(100_000, func(i int, h *storm) { h.seq, h.flags = uint32(i), fin|ack })
	}},
}

// storm holds the header fields of one packet of a flood.
type storm struct {
	src, dst         uint32
	srcPort, dstPort uint16
	seq, ack         uint32
	flags            byte
	window, size     uint16
}

// from makes the sender the n-th of many hosts.
func (h *storm) from(n int) { h.src, h.srcPort = 0x0a000000+uint32(n), uint16(1024+n%60_000) }

// turn swaps the direction.
func (h *storm) turn() { h.src, h.dst, h.srcPort, h.dstPort = h.dst, h.src, h.dstPort, h.srcPort }

// stormOf is a capture of n packets, 10 microseconds apart, each as set says.
func stormOf(n int, set func(i int, h *storm)) []byte {
	b := pcapHeader(magicMicro, 65535, rawIP)
	for i := range n {
		h := storm{src: 0xc0000201, dst: 0xc0000202, srcPort: 1000, dstPort: 2000, window: 1000}
		set(i, &h)
		p := ip4(protoTCP, tcp(h.seq, h.ack, h.flags, h.window))
		be.PutUint16(p[2:], 40+h.size)
		be.PutUint32(p[12:], h.src)
		be.PutUint32(p[16:], h.dst)
		be.PutUint16(p[20:], h.srcPort)
		be.PutUint16(p[22:], h.dstPort)
		us := i * 10
		b = append(b, record(1_700_000_000+uint32(us/1e6), uint32(us%1e6), 40, 40+uint32(h.size), p)...)
	}
	return b
}
