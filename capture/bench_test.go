package capture_test

import (
	"bytes"
	"io"
	"testing"

	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// benchFrames is the number of frames in the generated captures.
const benchFrames = 200_000

// benchSegment returns a segment of bulk transfers on many connections, with
// timestamps: data in one direction, acknowledgments in the other.
func benchSegment(i int) capture.Segment {
	conn := uint32(i/8) % 2000
	s := capture.Segment{
		Src:     capture.AddrFrom4([4]byte{10, 0, byte(conn >> 8), byte(conn)}),
		Dst:     capture.AddrFrom4([4]byte{10, 1, 0, 1}),
		SrcPort: uint16(1024 + conn), DstPort: 443,
		Seq: uint32(i) * 1448, Ack: 1, Window: 512, Len: 1448, HopLimit: 64, IPID: uint16(i),
		Flags: capture.ACK | capture.PSH, Options: capture.HasTimestamps, TSVal: uint32(i), TSEcr: uint32(i),
	}
	if i%2 == 1 {
		s.Src, s.Dst, s.SrcPort, s.DstPort = s.Dst, s.Src, s.DstPort, s.SrcPort
		s.Seq, s.Ack, s.Len, s.Flags = 1, uint32(i)*1448, 0, capture.ACK
	}
	return s
}

// benchFrame returns the frame of benchSegment cut to 96 bytes, with NOP, NOP before
// the timestamps, as hosts send it.
func benchFrame(i int) ([]byte, int) {
	s := benchSegment(i)
	b, wire := capturetest.Frame(&s)
	opts := b[len(b)-12:]
	copy(opts[2:], opts[:10])
	opts[0], opts[1] = 1, 1
	return append(b, make([]byte, min(96-len(b), int(s.Len)))...), wire
}

func benchPcap(tb testing.TB, frames int) []byte {
	var buf bytes.Buffer
	w, err := capture.NewWriter(&buf, capture.LinkEthernet, 96)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range frames {
		b, wire := benchFrame(i)
		if err := w.WriteFrame(int64(i)*1000, b, wire); err != nil {
			tb.Fatal(err)
		}
	}
	return buf.Bytes()
}

func benchPcapng() []byte {
	f := &ng{order: le}
	f.section().iface(1, 0)
	for i := range benchFrames {
		b, wire := benchFrame(i)
		f.block(6, f.u32(0, 0, uint32(i), uint32(len(b)), uint32(wire)), b)
	}
	return f.out
}

func benchRead(b *testing.B, file []byte, read func(r *capture.Reader) (int, error)) {
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	packets := 0
	for b.Loop() {
		r, err := capture.NewReader(bytes.NewReader(file), "bench")
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			var n int
			n, err = read(r)
			packets += n
		}
		if c := r.Counters(); err != io.EOF || c.Segments != benchFrames {
			b.Fatal(err, c.Segments)
		}
		r.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
}

func benchBatch() func(r *capture.Reader) (int, error) {
	batch := make([]capture.Segment, 256)
	return func(r *capture.Reader) (int, error) { return r.NextBatch(batch) }
}

func BenchmarkPcapBatch(b *testing.B)   { benchRead(b, benchPcap(b, benchFrames), benchBatch()) }
func BenchmarkPcapngBatch(b *testing.B) { benchRead(b, benchPcapng(), benchBatch()) }

func BenchmarkPcapNext(b *testing.B) {
	var s capture.Segment
	benchRead(b, benchPcap(b, benchFrames), func(r *capture.Reader) (int, error) {
		err := r.Next(&s)
		if err != nil {
			return 0, err
		}
		return 1, nil
	})
}

func BenchmarkDecode(b *testing.B) {
	frame, wire := benchFrame(0)
	var d capture.Decoder
	var s capture.Segment
	b.ReportAllocs()
	for b.Loop() {
		if d.Decode(capture.LinkEthernet, frame, wire, &s) != capture.Kept {
			b.Fatal("not decoded")
		}
	}
}
