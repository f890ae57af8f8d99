package analyze_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report"
	"winwatch/report/json"
	"winwatch/report/json/jsontest"
)

// segmentBytes is the number of fuzzer input bytes per segment.
const segmentBytes = 16

// decodeSegment makes a segment from bytes. There are only a few endpoints, so that
// segments belong together; sequence numbers move around a base by small steps and
// sometimes by large ones.
func decodeSegment(b []byte, frame uint64, prev *capture.Segment) capture.Segment {
	le := binary.LittleEndian
	s := capture.Segment{
		Frame: frame, Time: prev.Time + int64(int16(le.Uint16(b[0:])))*int64(1)<<(b[2]&31),
		SrcPort: 1000 + uint16(b[3]&1), DstPort: 2000,
		Flags:  capture.Flags(b[4]) | capture.Flags(b[5]&0xf0)<<8,
		Window: le.Uint16(b[6:]) & (1<<(b[5]&15) - 1),
		Len:    uint32(le.Uint16(b[8:])) >> (b[10] & 15),
		Seq:    uint32(int32(int8(b[11]))) << (b[12] & 31), Ack: uint32(int32(int8(b[13]))) << (b[12] >> 3 & 31),
		Options: capture.Options(b[14]), WindowShift: b[15] & 31, MSS: uint16(b[15]) << 6, IPID: uint16(b[10] >> 4),
	}
	switch b[2] >> 5 { // the extremes that a file may contain
	case 6:
		s.Time = math.MinInt64
	case 7:
		s.Time = math.MaxInt64
	}
	s.Src, s.Dst = capture.AddrFrom4([4]byte{10, 0, 0, 1}), capture.AddrFrom4([4]byte{10, 0, 0, 2})
	if b[3]&2 != 0 {
		s.Src, s.Dst, s.SrcPort, s.DstPort = s.Dst, s.Src, s.DstPort, s.SrcPort
	}
	return s
}

// FuzzAnalyzer analyzes random segments and checks invariants.
func FuzzAnalyzer(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdeg0123456789abcdeh"))
	f.Add(make([]byte, 8*segmentBytes))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg := analyze.DefaultConfig()
		cfg.MaxStreams, cfg.MaxStalls, cfg.MaxProbes, cfg.TroubleBytes = 2, 3, 4, 3000
		a := analyze.New(cfg)
		samples := uint64(0)
		a.OnSample(func(s *analyze.Sample) {
			samples++
			checkSample(t, s)
		})
		var segs, quoted uint64
		prev := capture.Segment{Time: 1}
		for len(data) >= segmentBytes {
			segs++
			prev = decodeSegment(data, segs, &prev)
			if prev.Flags.NoTraffic() {
				quoted++
			}
			a.Add(&prev)
			data = data[segmentBytes:]
		}
		a.Flush()
		r := a.Result()
		if r.Segments != segs-quoted || samples != r.Segments {
			t.Fatalf("%d segments and %d samples; want %d minus the %d quoted", r.Segments, samples, segs, quoted)
		}
		checkResult(t, r)
	})
}

func checkSample(t *testing.T, s *analyze.Sample) {
	if s.Elapsed < 0 || s.Window < analyze.Unknown || s.InFlight < analyze.Unknown || s.Shift < analyze.Unknown || s.Shift > 14 {
		t.Fatalf("window %d, in flight %d, shift %d of %v", s.Window, s.InFlight, s.Shift, s.Segment)
	}
	checkEdges(t, s)
}

// checkEdges checks that window, right edge and sequence numbers of a sample agree with
// each other and with the segment. Ack may be negative if the capture began later.
func checkEdges(t *testing.T, s *analyze.Sample) {
	if s.RightEdge != analyze.Unknown && (s.RightEdge < 0 || s.Window == analyze.Unknown || s.RightEdge != s.Ack+s.Window) {
		t.Fatalf("right edge %d, acknowledged %d, window %d of %v", s.RightEdge, s.Ack, s.Window, s.Segment)
	}
	if s.Ack >= 0 && s.Window != analyze.Unknown && s.RightEdge == analyze.Unknown && !s.Segment.Flags.Has(capture.RST) {
		t.Fatalf("no right edge, but acknowledged %d and window %d of %v", s.Ack, s.Window, s.Segment)
	}
	if s.Window != analyze.Unknown && s.Window != int64(s.Segment.Window)<<max(s.Shift, 0) { // 0 at any shift
		t.Fatalf("window %d, shift %d of %v", s.Window, s.Shift, s.Segment)
	}
	if s.Seq == analyze.Unknown && s.SeqEnd == analyze.Unknown {
		return // a stray, or a segment with impossible flags
	}
	if n := s.SeqEnd - s.Seq; n != int64(s.Segment.SeqEnd()-s.Segment.Seq) {
		t.Fatalf("sequence numbers %d to %d of %v", s.Seq, s.SeqEnd, s.Segment)
	}
}

// checkResult checks that the numbers of a report can be true, and what a report does not
// show.
func checkResult(t *testing.T, r *analyze.Result) {
	var out bytes.Buffer
	if err := json.Write(&out, &report.Material{Result: r}); err != nil {
		t.Fatal(err)
	}
	if err := jsontest.Check(out.Bytes()); err != nil {
		t.Fatal(err)
	}
	for s := range r.All() {
		for i := range s.Dirs {
			checkProbes(t, &s.Dirs[i])
			checkStalls(t, s, &s.Dirs[i])
		}
		checkVerdict(t, s)
	}
}

func checkProbes(t *testing.T, d *analyze.Direction) {
	var waited, probes, keepAlives int64
	for _, w := range d.Stalls {
		if w.SenderWaiting == nil || *w.SenderWaiting {
			waited++
		}
		if w.EndedBy == "" {
			t.Fatalf("stall %+v", w)
		}
		probes += w.ProbeCount
		keepAlives += w.KeepAlives
	}
	if waited == d.StallCount && probes != int64(d.Probes) || keepAlives > int64(d.KeepAlives) {
		t.Fatalf("%d probes and %d keep-alives in the stalls, %d and %d in all", probes, keepAlives, d.Probes, d.KeepAlives)
	}
	if sc := d.Window.Scale; sc.Max > 14 {
		t.Fatalf("scale %+v", sc)
	}
}
