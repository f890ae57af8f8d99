package capture_test

import (
	"encoding/binary"
	"slices"
)

// The functions in this file build frames and files byte by byte: odd headers and
// files that capturetest can't write.

var (
	be = binary.BigEndian
	le = binary.LittleEndian
)

// join joins headers from the outermost on.
func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

func ether(typ uint16) []byte { return be.AppendUint16(make([]byte, 12), typ) }

func vlan(typ uint16) []byte { return be.AppendUint16([]byte{0, 5}, typ) }

// ipv4 returns a header for size bytes of payload, from 192.0.2.1 to 192.0.2.2.
func ipv4(proto byte, size int, opts ...byte) []byte {
	b := []byte{0x45 + byte(len(opts)/4), 0, 0, 0, 0, 7, 0x40, 0, 64, proto, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	be.PutUint16(b[2:], uint16(20+len(opts)+size))
	return append(b, opts...)
}

// ipv6 returns a header for size bytes of payload, from 2001:db8::1 to ::2.
func ipv6(next byte, size int) []byte {
	b := make([]byte, 40)
	b[0], b[6], b[7] = 0x60, next, 63
	be.PutUint16(b[4:], uint16(size))
	copy(b[8:], "\x20\x01\x0d\xb8")
	copy(b[24:], "\x20\x01\x0d\xb8")
	b[23], b[39] = 1, 2
	return b
}

func udp(port uint16, size int) []byte {
	b := be.AppendUint16([]byte{0xc0, 0x00}, port)
	return append(be.AppendUint16(b, uint16(8+size)), 0, 0)
}

// tcp returns a header from port 1000 to port 2000, seq 1, ack 2, window 3.
func tcp(opts ...byte) []byte {
	b := []byte{3, 0xe8, 7, 0xd0, 0, 0, 0, 1, 0, 0, 0, 2, byte(20+len(opts)) / 4 << 4, 0x10, 0, 3, 0, 0, 0, 0}
	return append(b, opts...)
}

// ng builds a pcapng file.
type ng struct {
	order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	}
	out []byte
}

func (f *ng) block(typ uint32, body ...[]byte) *ng {
	b := join(body...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	size := uint32(len(b) + 12)
	f.out = f.order.AppendUint32(f.out, typ)
	f.out = f.order.AppendUint32(f.out, size)
	f.out = append(f.out, b...)
	f.out = f.order.AppendUint32(f.out, size)
	return f
}

func (f *ng) u16(v ...uint16) (b []byte) {
	for _, n := range v {
		b = f.order.AppendUint16(b, n)
	}
	return b
}

func (f *ng) u32(v ...uint32) (b []byte) {
	for _, n := range v {
		b = f.order.AppendUint32(b, n)
	}
	return b
}

// section begins a section, in f's byte order.
func (f *ng) section() *ng {
	return f.block(0x0a0d0d0a, f.u32(0x1a2b3c4d), f.u16(1, 0), f.u32(0xffffffff, 0xffffffff))
}

// option returns an option of a block.
func (f *ng) option(code uint16, val ...byte) []byte {
	b := append(f.u16(code, uint16(len(val))), val...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (f *ng) iface(link uint16, snaplen uint32, opts ...[]byte) *ng {
	return f.block(1, append([][]byte{f.u16(link, 0), f.u32(snaplen)}, opts...)...)
}

func (f *ng) enhanced(iface uint32, ticks uint64, data []byte) *ng {
	return f.block(6, f.u32(iface, uint32(ticks>>32), uint32(ticks), uint32(len(data)), uint32(len(data))), data)
}

// pcapFile returns a pcap file whose record headers have extra bytes after the usual
// 16.
func pcapFile(order binary.AppendByteOrder, magic, link uint32, extra int, times [][2]uint32, frames ...[]byte) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	for _, v := range []uint32{0, 0, 0, link} { // snaplen 0
		b = order.AppendUint32(b, v)
	}
	for i, f := range frames {
		for _, v := range []uint32{times[i][0], times[i][1], uint32(len(f)), uint32(len(f))} {
			b = order.AppendUint32(b, v)
		}
		b = append(b, make([]byte, extra)...)
		b = append(b, f...)
	}
	return b
}
