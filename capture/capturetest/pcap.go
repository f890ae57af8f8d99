package capturetest

import (
	"bytes"
	"encoding/binary"
	"testing"

	"winwatch/capture"
)

// Pcap returns a capture file (pcap, nanoseconds, Ethernet) with the frames that
// text describes. Payload is cut off, as by a snaplen, but counted in the wire
// length. Frame numbers that text skips become ARP frames. Quoted segments are not
// supported.
func Pcap(tb testing.TB, text string) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := capture.NewWriter(&buf, capture.LinkEthernet, 0)
	if err != nil {
		tb.Fatal(err)
	}
	frame := uint64(1)
	for _, s := range Parse(tb, text) {
		if s.Frame < frame || s.Frame > frame+1000 || s.Flags.Has(capture.Quoted) {
			tb.Fatalf("capturetest: %v: cannot be written to a file", &s)
		}
		for ; frame < s.Frame; frame++ {
			arp := append(make([]byte, 12), 0x08, 0x06)
			if err := w.WriteFrame(s.Time, append(arp, make([]byte, 28)...), 60); err != nil {
				tb.Fatal(err)
			}
		}
		data, wire := Frame(&s)
		if err := w.WriteFrame(s.Time, data, wire); err != nil {
			tb.Fatal(err)
		}
		frame++
	}
	return buf.Bytes()
}

// Frame returns the headers of s as an Ethernet frame, and the frame's length on
// the wire including payload. Checksums are 0. If the segment is too large for the
// IP header's length field, the field is 0, as with segmentation offload. With
// OptionsCut the frame ends after the known options.
func Frame(s *capture.Segment) (data []byte, wireLen int) {
	opts, optLen := options(s)
	tcpLen := 20 + optLen + int(s.Len)
	src, dst := s.Src[:], s.Dst[:]
	b := make([]byte, 12, 128)
	be := binary.BigEndian
	if s.Src.Netip().Is4() && s.Dst.Netip().Is4() {
		src, dst = src[12:], dst[12:]
		b = append(b, 0x08, 0x00, 0x45, 0)
		b = be.AppendUint16(b, orZero(20+tcpLen))
		b = be.AppendUint16(b, s.IPID)
		var frag uint16 = 0x4000 // don't fragment
		if s.Flags.Has(capture.Fragmented) {
			frag = 0x2000
		}
		b = be.AppendUint16(b, frag)
		b = append(b, s.HopLimit, 6, 0, 0)
		wireLen = 14 + 20 + tcpLen
	} else {
		b = append(b, 0x86, 0xdd, 0x60, 0, 0, 0)
		b = be.AppendUint16(b, orZero(tcpLen))
		b = append(b, 6, s.HopLimit)
		wireLen = 14 + 40 + tcpLen
	}
	b = append(b, src...)
	b = append(b, dst...)
	b = be.AppendUint16(b, s.SrcPort)
	b = be.AppendUint16(b, s.DstPort)
	b = be.AppendUint32(b, s.Seq)
	b = be.AppendUint32(b, s.Ack)
	b = be.AppendUint16(b, uint16(20+optLen)/4<<12|uint16(s.Flags&0x1ff))
	b = be.AppendUint16(b, s.Window)
	b = append(b, 0, 0)
	b = be.AppendUint16(b, s.Urgent)
	return append(b, opts...), wireLen
}

// orZero returns n as a 16-bit length, or 0 where it does not fit.
func orZero(n int) uint16 {
	if n > 0xffff {
		return 0
	}
	return uint16(n)
}

// options returns the captured part of the option list of s, and its length
// according to the header.
func options(s *capture.Segment) (b []byte, length int) {
	be := binary.BigEndian
	if s.Options.Has(capture.HasMSS) {
		b = be.AppendUint16(append(b, 2, 4), s.MSS)
	}
	if s.Options.Has(capture.HasWindowScale) {
		b = append(b, 3, 3, s.WindowShift)
	}
	if s.Options.Has(capture.HasSACKPermitted) {
		b = append(b, 4, 2)
	}
	if s.Options.Has(capture.HasTimestamps) {
		b = append(b, 8, 10)
		b = be.AppendUint32(b, s.TSVal)
		b = be.AppendUint32(b, s.TSEcr)
	}
	if s.Options.Has(capture.HasSACK) {
		b = append(b, 5, 2+8*s.SACKCount)
		for _, blk := range s.SACK[:s.SACKCount] {
			b = be.AppendUint32(b, blk.Left)
			b = be.AppendUint32(b, blk.Right)
		}
	}
	if s.Options.Has(capture.OptionsMalformed) {
		b = append(b, 253, 0)
	}
	if s.Options.Has(capture.OptionsCut) {
		return b, (len(b) + 4) &^ 3
	}
	for len(b)%4 != 0 {
		b = append(b, 1)
	}
	return b, len(b)
}
