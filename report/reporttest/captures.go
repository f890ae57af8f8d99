package reporttest

import (
	"cmp"
	"context"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/report"
)

// Captures used by tests, as paths from the directory of any format.
const (
	// SeedFlood is the demonstration that the project grew from.
	SeedFlood = "../reporttest/testdata/seed-flood.pcap"
	// Drain is a stall after which the receiver reads everything.
	Drain = "../reporttest/testdata/drain.pcap"
)

// Captures returns the paths of the analyzer's captures of real stacks.
func Captures(t *testing.T) []string {
	t.Helper()
	lab, err := filepath.Glob("../../analyze/testdata/lab/*/capture.pcap*")
	if err != nil || len(lab) == 0 {
		t.Fatalf("no captures found (%v)", err)
	}
	labelled, err := filepath.Glob("../../analyze/testdata/accuracy/*/*.pcap*")
	if err != nil {
		t.Fatal(err)
	}
	return append(append(lab, labelled...), "../../analyze/testdata/seed-flood.pcap")
}

// Analyze analyzes a capture with a timeline of all its streams, and also passes its
// samples to sinks.
func Analyze(tb testing.TB, file string, sinks ...func(*analyze.Sample)) *report.Material {
	tb.Helper()
	src, err := capture.Open(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer src.Close()
	a, tl := analyze.New(analyze.DefaultConfig()), chart.New(2_000_000)
	for _, sink := range append(sinks, tl.Add) {
		a.OnSample(sink)
	}
	if err := a.Run(context.Background(), src); err != nil {
		tb.Fatal(err)
	}
	return &report.Material{Source: filepath.Base(file), Result: a.Result(), Timeline: tl}
}

// StallingStreams analyzes n streams. The receivers of those whose number is a multiple of
// every stop reading for a time that grows with the number.
func StallingStreams(n, every int) *report.Material {
	a, tl := analyze.New(analyze.DefaultConfig()), chart.New(1_000_000)
	a.OnSample(tl.Add)
	var all []capture.Segment
	base := int64(1_700_000_000e9)
	for id := range n {
		c, s := capture.AddrFrom4([4]byte{10, 0, byte(id >> 8), byte(id)}), capture.AddrFrom4([4]byte{10, 9, 0, byte(id % 7)})
		at := base + int64(id)*20e6
		send := func(fromServer bool, flags capture.Flags, seq, ack, length uint32, window uint16) {
			seg := capture.Segment{Time: at, HopLimit: 64, Flags: flags, Seq: seq, Ack: ack, Len: length, Window: window,
				Src: c, Dst: s, SrcPort: uint16(40000 + id%20000), DstPort: 443}
			if fromServer {
				seg.Src, seg.Dst, seg.SrcPort, seg.DstPort = s, c, seg.DstPort, seg.SrcPort
			}
			if flags.Has(capture.SYN) {
				seg.Options, seg.WindowShift, seg.MSS = capture.HasWindowScale|capture.HasMSS, 7, 1460
			}
			all = append(all, seg)
			at += 1e6
		}
		send(false, capture.SYN, 0, 0, 0, 64240)
		send(true, capture.SYN|capture.ACK, 0, 1, 0, 65160)
		send(false, capture.ACK, 1, 1, 0, 502)
		seq, window := uint32(1), uint32(65152)
		for range 30 {
			send(false, capture.ACK|capture.PSH, seq, 1, 1448, 502)
			seq += 1448
			if id%every == 0 {
				window -= 1448
			}
			send(true, capture.ACK, 1, seq, 0, uint16(window/128))
		}
		if id%every == 0 {
			for ; window >= 1448; window -= 1448 {
				send(false, capture.ACK|capture.PSH, seq, 1, 1448, 502)
				seq += 1448
			}
			send(false, capture.ACK|capture.PSH, seq, 1, window/128*128, 502)
			seq += window / 128 * 128
			send(true, capture.ACK, 1, seq, 0, 0)
			for k := range id/every + 2 {
				at += 200e6 << min(k, 12)
				send(false, capture.ACK, seq-1, 1, 0, 502)
				send(true, capture.ACK, 1, seq, 0, 0)
			}
			send(true, capture.ACK, 1, seq, 0, 509)
			send(false, capture.ACK|capture.PSH, seq, 1, 1448, 502)
			send(true, capture.ACK, 1, seq+1448, 0, 509)
		}
	}
	slices.SortStableFunc(all, func(a, b capture.Segment) int { return cmp.Compare(a.Time, b.Time) })
	for i := range all {
		all[i].Frame = uint64(i + 1)
		a.Add(&all[i])
	}
	return &report.Material{Result: a.Result(), Timeline: tl}
}

// LongStream analyzes a stream of n segments, alternating data and ACKs, with a zero window
// of one segment in the middle.
func LongStream(n int) *report.Material {
	a, tl := analyze.New(analyze.DefaultConfig()), chart.New(2_000_000)
	a.OnSample(tl.Add)
	c, s := capture.AddrFrom4([4]byte{10, 0, 0, 1}), capture.AddrFrom4([4]byte{10, 0, 0, 2})
	var seq uint32 = 1
	const mss = 1448
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		seg := capture.Segment{Frame: uint64(i + 1), Time: 1_700_000_000e9 + int64(i)*53_711 + rng.Int64N(40_000), HopLimit: 64, Flags: capture.ACK}
		seg.Src, seg.Dst, seg.SrcPort, seg.DstPort = c, s, 40000, 5001
		if i%2 == 1 {
			seg.Src, seg.Dst, seg.SrcPort, seg.DstPort = s, c, 5001, 40000
		}
		switch {
		case i < 2:
			seg.Flags = [...]capture.Flags{capture.SYN, capture.SYN | capture.ACK}[i]
			seg.Options, seg.WindowShift, seg.MSS, seg.Window = capture.HasWindowScale|capture.HasMSS, 7, 1460, 64240
			seg.Ack = uint32(i)
		case i%2 == 0:
			seg.Seq, seg.Ack, seg.Len, seg.Window = seq, 1, mss, 501
			seq += mss
		case i/2 == n/4:
			seg.Seq, seg.Ack = 1, seq
		default:
			seg.Seq, seg.Ack, seg.Window = 1, seq, uint16(2000-(i/2)%97*6+rng.IntN(5))
		}
		a.Add(&seg)
	}
	return &report.Material{Result: a.Result(), Timeline: tl}
}
