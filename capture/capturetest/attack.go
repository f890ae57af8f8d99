package capturetest

import (
	"bufio"
	"encoding/binary"
	"io"
)

// Attack is traffic made to exhaust a program that tracks connections.
type Attack struct {
	Name string
	set  func(i uint32, p *attackPacket)
}

// attackPacket is a TCP packet of one byte at most from client to server or, if reply
// is set, back. The client is 10.0.0.0 + host, port 1024 + port; the server is
// 192.0.2.2, port 80 + serverPort. If v6 is set, the addresses are client and server
// instead, and so are the ports.
type attackPacket struct {
	host             uint32
	port, serverPort uint16
	seq, ack         uint32
	flags            byte
	window           uint16
	empty            bool // no data; SYNs and replies have none anyway
	reply            bool
	v6               bool
	client, server   [16]byte
}

const flagSYN, flagACK = 2, 16

// The numbers of streams of some attacks.
const (
	attackHalfOpen = 65_536
	attackStalling = 20_000
	attackReused   = 1000
	attackReusing  = 200_000
	attackAtOnce   = 10_000
)

// SYNFlood is the attack in which each packet begins a stream.
var SYNFlood = Attack{"SYN flood, each packet a stream", func(i uint32, p *attackPacket) {
	p.host, p.port, p.flags, p.seq = i, uint16(i), flagSYN, i
}}

// Plain is no attack, but one stream without trouble: what the others are compared to.
var Plain = Attack{"one stream, in order", func(i uint32, p *attackPacket) { p.seq, p.ack, p.flags = 1+i, 1, flagACK }}

// Attacks are all attacks.
var Attacks = []Attack{
	Plain,
	SYNFlood,
	{"IPv6 SYN flood, ports that cancel bits of the address", func(i uint32, p *attackPacket) {
		p.v6, p.flags, p.seq = true, flagSYN, i
		p.port, p.serverPort = uint16(i), uint16(i>>16)
		p.client, p.server = [16]byte{0x20, 1, 0xd, 0xb8, 15: 1}, [16]byte{0x20, 1, 0xd, 0xb8, 15: 2}
		binary.LittleEndian.PutUint16(p.client[4:], p.port)
		binary.LittleEndian.PutUint16(p.server[4:], p.serverPort)
	}},
	{"65,536 streams half open", func(i uint32, p *attackPacket) {
		p.host, p.flags, p.reply = i/2%attackHalfOpen, flagSYN, i%2 == 1
		if p.reply {
			p.flags, p.ack = flagSYN|flagACK, 1
		}
	}},
	{"one stream, each segment a hole", func(i uint32, p *attackPacket) { p.seq, p.ack, p.flags = 1+3*i, 1, flagACK }},
	{"one stream, its holes filled and split", func(i uint32, p *attackPacket) {
		p.ack, p.flags = 1, flagACK
		round, step := i/32, i%32
		p.seq = 1 + round*16*100
		if step < 16 { // 16 holes of 99 bytes
			p.seq += 100*step + 99
		} else { // each split, from the newest on
			p.seq += 100*(31-step) + 50
		}
	}},
	{"one stream, old segments behind its holes", func(i uint32, p *attackPacket) {
		p.ack, p.flags = 1, flagACK
		if p.seq = 1 + 3*(i/2); i%2 == 1 {
			p.seq = 1 + i%15
		}
	}},
	{"one stream, reordered in blocks", func(i uint32, p *attackPacket) {
		block, at := i/64, i%64
		p.seq, p.ack, p.flags = 1+block*64+63-at, 1, flagACK
	}},
	{"one stream, reordered in blocks with holes", func(i uint32, p *attackPacket) {
		block, at := i/64, i%64
		p.seq, p.ack, p.flags = 1+2*(block*64+63-at), 1, flagACK
	}},
	{"one stream, random numbers", func(i uint32, p *attackPacket) {
		h := i * 2654435761 // Knuth's multiplicative hash
		p.seq, p.ack, p.window, p.flags, p.reply = h, ^h, uint16(h>>7), flagACK, h>>31 == 1
	}},
	{"one stream, its window opens and closes", func(i uint32, p *attackPacket) {
		p.seq, p.ack, p.flags, p.window = 1+i/2, 1, flagACK, 1000
		if p.reply = i%2 == 1; p.reply {
			p.seq, p.ack, p.window = 1, 2+i/2, uint16(i/2%2)*1000
		}
	}},
	{"each stream waits once", func(i uint32, p *attackPacket) {
		p.host = i / 6
		p.stall(i%6, 0)
	}},
	{"20,000 streams, each waits again and again", func(i uint32, p *attackPacket) {
		p.host = i % attackStalling
		step := i / attackStalling
		if step >= 2 {
			p.stall(2+(step-2)%4, (step-2)/4)
		} else {
			p.stall(step, 0)
		}
	}},
	{"1,000 streams, each new on the same ports", func(i uint32, p *attackPacket) {
		p.host, p.flags, p.seq = i%attackReused, flagSYN, i*100_000
	}},
	WaitsOnReusedPorts,
}

// WaitsOnReusedPorts is the attack in which 200,000 streams wait and are probed, 10,000
// at once, over and over on the same ports.
var WaitsOnReusedPorts = Attack{"200,000 streams wait, again on the same ports", func(i uint32, p *attackPacket) {
	round, step := i/attackAtOnce/7, i/attackAtOnce%7
	n := (round*attackAtOnce + i%attackAtOnce) % attackReusing
	p.host, p.port = n/256, uint16(n%256)
	switch step {
	case 0, 1, 2, 3:
		p.stall(step, 0)
	case 4:
		p.seq, p.ack, p.flags, p.empty = 1, 1, flagACK, true // a probe
	default:
		p.stall(3, 0)
		p.window = uint16(step-5) * 1000
	}
}}

// stall sets one of six packets: a handshake, followed by a window that closes, is
// probed and opens. Later rounds repeat the steps from 2 on.
func (p *attackPacket) stall(step, round uint32) {
	p.flags, p.seq, p.ack = flagACK, 1+round, 1
	if p.reply = step%2 == 1; p.reply {
		p.seq, p.ack = 1, 2+round
	}
	switch step {
	case 0:
		p.flags, p.seq, p.ack = flagSYN, 0, 0
	case 1:
		p.flags, p.seq, p.ack = flagSYN|flagACK, 0, 1
	case 3:
		p.window = 0
	}
}

// Write writes the attack as a pcap, with one packet per microsecond.
func (a Attack) Write(w io.Writer, packets uint32) error {
	b := bufio.NewWriterSize(w, 1<<16)
	le := binary.LittleEndian
	var header [24]byte
	for i, v := range []uint32{0xa1b2c3d4, 4<<16 | 2, 0, 0, 65535, 101} {
		le.PutUint32(header[4*i:], v)
	}
	b.Write(header[:])
	var rec [16 + 60]byte
	for i := range packets {
		p := attackPacket{window: 1000}
		a.set(i, &p)
		size, wire := p.put(rec[16:])
		le.PutUint32(rec[0:], epoch/1e9+i/1_000_000)
		le.PutUint32(rec[4:], i%1_000_000)
		le.PutUint32(rec[8:], size)
		le.PutUint32(rec[12:], wire)
		if _, err := b.Write(rec[:16+size]); err != nil {
			return err
		}
	}
	return b.Flush()
}

// put writes the headers of the packet and returns their size, and that of the whole
// packet.
func (p *attackPacket) put(b []byte) (size, wire uint32) {
	be := binary.BigEndian
	var data uint32 = 1
	if p.flags&flagSYN != 0 || p.reply || p.empty {
		data = 0
	}
	clear(b)
	var src, dst, tcp []byte
	if p.v6 {
		size, src, dst, tcp = 60, b[8:24], b[24:40], b[40:]
		b[0], b[6], b[7] = 0x60, 6, 64
		be.PutUint16(b[4:], uint16(20+data))
	} else {
		size, src, dst, tcp = 40, b[12:16], b[16:20], b[20:]
		b[0], b[8], b[9] = 0x45, 64, 6
		be.PutUint16(b[2:], uint16(40+data))
	}
	srcPort, dstPort := tcp[0:2], tcp[2:4]
	if p.reply {
		src, dst, srcPort, dstPort = dst, src, dstPort, srcPort
	}
	if p.v6 {
		copy(src, p.client[:])
		copy(dst, p.server[:])
		be.PutUint16(srcPort, p.port)
		be.PutUint16(dstPort, p.serverPort)
	} else {
		be.PutUint32(src, 10<<24|p.host&0xffffff)
		be.PutUint32(dst, 0xc0000202)
		be.PutUint16(srcPort, 1024+p.port)
		be.PutUint16(dstPort, 80+p.serverPort)
	}
	be.PutUint32(tcp[4:], p.seq)
	be.PutUint32(tcp[8:], p.ack)
	tcp[12], tcp[13] = 5<<4, p.flags
	be.PutUint16(tcp[14:], p.window)
	return size, size + data
}
