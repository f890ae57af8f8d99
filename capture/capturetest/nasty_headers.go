package capturetest

import (
	"bytes"
	"slices"
)

// Headers as bytes. Lengths are correct unless they don't fit.

const (
	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd
	protoIPv4 = 4
	protoTCP  = 6
	protoUDP  = 17
	protoIPv6 = 41
	protoGRE  = 47
)

func ether(typ uint16, payload []byte) []byte {
	b := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
	return append(be.AppendUint16(b, typ), payload...)
}

// ip4 is an IPv4 header, 192.0.2.1 to 192.0.2.2, and its payload.
func ip4(proto byte, payload []byte) []byte {
	b := []byte{0x45, 0, 0, 0, 0, 7, 0x40, 0, 64, proto, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	be.PutUint16(b[2:], uint16(min(20+len(payload), 0xffff)))
	return append(b, payload...)
}

// ip6 is an IPv6 header, 2001:db8::1 to 2001:db8::2, and its payload.
func ip6(next byte, payload []byte) []byte {
	b := make([]byte, 40, 40+len(payload))
	b[0], b[6], b[7] = 0x60, next, 64
	be.PutUint16(b[4:], uint16(min(len(payload), 0xffff)))
	copy(b[8:], "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01")
	copy(b[24:], "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02")
	return append(b, payload...)
}

func udp(port uint16, payload []byte) []byte {
	b := be.AppendUint16([]byte{0xc0, 0}, port)
	return append(append(be.AppendUint16(b, uint16(min(8+len(payload), 0xffff))), 0, 0), payload...)
}

// tcp is a TCP header from port 1000 to port 2000 with options.
func tcp(seq, ack uint32, flags byte, window uint16, opts ...byte) []byte {
	for len(opts)%4 != 0 {
		opts = append(opts, 0)
	}
	b := be.AppendUint32([]byte{3, 0xe8, 7, 0xd0}, seq)
	b = be.AppendUint32(b, ack)
	b = append(b, byte(20+len(opts))/4<<4, flags)
	b = be.AppendUint16(b, window)
	return append(append(b, 0, 0, 0, 0), opts...)
}

const (
	fin = 1 << iota
	syn
	rst
	psh
	ack
)

// nastyFrame is a valid frame with sequence number seq.
func nastyFrame(seq uint32) []byte { return ether(etherIPv4, ip4(protoTCP, tcp(seq, 1, ack, 1000))) }

// nest wraps a frame's headers n times.
func nest(n int, inner []byte, wrap func([]byte) []byte) []byte {
	for range n {
		inner = wrap(inner)
	}
	return inner
}

// swap returns a copy of b with the byte at i replaced.
func swap(b []byte, i int, to byte) []byte {
	b = slices.Clone(b)
	b[i] = to
	return b
}

// each16 returns one frame for each value of the 4 bits at shift in the byte at at.
func each16(frame []byte, at int, shift uint) (frames [][]byte) {
	for v := range 16 {
		frames = append(frames, swap(frame, at, frame[at]&^(15<<shift)|byte(v)<<shift))
	}
	return frames
}

func repeat(s string, n int) []byte { return bytes.Repeat([]byte(s), n) }
