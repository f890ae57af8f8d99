package capturetest

import (
	"bufio"
	"encoding/binary"
	"io"
	"math/rand/v2"

	"winwatch/capture"
)

// trafficSnaplen is the captured length: all headers and the first bytes of the
// payload.
const trafficSnaplen = 96

// WritePcap writes the traffic as a pcap file: Ethernet, nanoseconds, 96 bytes
// of each frame. The payload is random and can't be compressed.
func (t Traffic) WritePcap(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	p, err := capture.NewWriter(out, capture.LinkEthernet, trafficSnaplen)
	if err != nil {
		return err
	}
	f := newFramer(t.Seed)
	for s := range t.Segments() {
		data, wireLen := f.frame(s)
		if err := p.WriteFrame(s.Time, data, wireLen); err != nil {
			return err
		}
	}
	return out.Flush()
}

// WritePcapng writes the same frames with the same times as a pcapng file.
func (t Traffic) WritePcapng(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	out.Write(pcapngHead) // bufio keeps the error
	f := newFramer(t.Seed)
	var block []byte
	le := binary.LittleEndian
	for s := range t.Segments() {
		data, wireLen := f.frame(s)
		padded := (len(data) + 3) &^ 3
		size := uint32(32 + padded)
		block = le.AppendUint32(block[:0], 6) // enhanced packet block
		block = le.AppendUint32(block, size)
		block = le.AppendUint32(block, 0) // interface
		block = le.AppendUint32(block, uint32(s.Time>>32))
		block = le.AppendUint32(block, uint32(s.Time))
		block = le.AppendUint32(block, uint32(len(data)))
		block = le.AppendUint32(block, uint32(wireLen))
		block = append(block, data...)
		block = append(block, make([]byte, padded-len(data))...)
		block = le.AppendUint32(block, size)
		out.Write(block)
	}
	return out.Flush()
}

// pcapngHead is a section header and the description of an Ethernet interface
// with nanoseconds (if_tsresol 9).
var pcapngHead = []byte("" +
	"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x1c\x00\x00\x00" +
	"\x01\x00\x00\x00\x20\x00\x00\x00\x01\x00\x00\x00\x60\x00\x00\x00\x09\x00\x01\x00\x09\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00")

// framer turns segments of Traffic into frames. It is a faster Frame that adds
// payload and lays out options like Linux.
type framer struct {
	buf     [trafficSnaplen + 8]byte
	payload *rand.PCG
}

func newFramer(seed uint64) *framer {
	f := &framer{payload: rand.NewPCG(seed, 1)}
	copy(f.buf[:], "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00\x45\x00")
	f.buf[20], f.buf[23] = 0x40, 6 // don't fragment; TCP
	return f
}

// frame returns the captured part of the frame of s, valid until the next call,
// and the length of the frame on the wire.
func (f *framer) frame(s *capture.Segment) (data []byte, wireLen int) {
	be := binary.BigEndian
	b := be.AppendUint32(f.buf[:34], uint32(s.SrcPort)<<16|uint32(s.DstPort))
	b = be.AppendUint32(b, s.Seq)
	b = be.AppendUint32(b, s.Ack)
	b = append(b, 0, byte(s.Flags))
	b = be.AppendUint16(b, s.Window)
	b = append(b, 0, 0, 0, 0)
	b = trafficOptions(b, s)
	b[46] = byte((len(b) - 34) / 4 << 4)
	wireLen = len(b) + int(s.Len)
	be.PutUint16(b[16:], uint16(wireLen-14))
	be.PutUint16(b[18:], s.IPID)
	b[22] = s.HopLimit
	copy(b[26:], s.Src[12:])
	copy(b[30:], s.Dst[12:])
	end := min(wireLen, trafficSnaplen)
	for len(b) < end {
		b = be.AppendUint64(b, f.payload.Uint64())
	}
	return b[:end], wireLen
}

// trafficOptions appends the options of s, which always include timestamps.
func trafficOptions(b []byte, s *capture.Segment) []byte {
	be := binary.BigEndian
	if s.Flags.Has(capture.SYN) {
		b = append(b, 2, 4, byte(s.MSS>>8), byte(s.MSS), 4, 2, 8, 10)
	} else {
		b = append(b, 1, 1, 8, 10)
	}
	b = be.AppendUint32(b, s.TSVal)
	b = be.AppendUint32(b, s.TSEcr)
	if s.Flags.Has(capture.SYN) {
		b = append(b, 1, 3, 3, s.WindowShift)
	}
	if s.SACKCount > 0 {
		b = append(b, 1, 1, 5, 10)
		b = be.AppendUint32(b, s.SACK[0].Left)
		b = be.AppendUint32(b, s.SACK[0].Right)
	}
	return b
}
