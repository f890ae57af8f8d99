package analyze_test

import (
	"iter"
	"runtime"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// BenchmarkAdd analyzes whole captures: one operation is one capture. The metrics are
// per segment and per stream.
func BenchmarkAdd(b *testing.B) {
	for _, bench := range []struct {
		name    string
		traffic capturetest.Traffic
	}{
		{"2000-streams", capturetest.Traffic{Packets: 2_000_000, Conns: 2000, Seed: 1}},
		{"1M-streams", capturetest.Traffic{Packets: 10_000_000, Conns: 1_000_000, Seed: 1}},
		{"1M-streams-10k-open", capturetest.Traffic{Packets: 10_000_000, Conns: 1_000_000, Open: 10_000, Seed: 1}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				a := analyze.New(analyze.DefaultConfig())
				addTimed(b, a, bench.traffic)
				b.StopTimer()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(a)
				b.StartTimer()
			}
			segments := float64(b.N) * float64(bench.traffic.Packets)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/segments, "ns/segment")
			b.ReportMetric(float64(after.HeapInuse-before.HeapInuse)/float64(bench.traffic.Conns), "heap-B/stream")
		})
	}
}

// BenchmarkResult takes the results of 100,000 streams: of which hardly any has trouble, of
// which each waited once for one server, or once for its own.
func BenchmarkResult(b *testing.B) {
	const streams = 100_000
	quiet := capturetest.Traffic{Packets: 10 * streams, Conns: streams, Seed: 1}
	for _, bench := range []struct {
		name string
		segs iter.Seq[*capture.Segment]
	}{{"quiet", quiet.Segments()}, {"one-server", stalledStreams(streams, 1)}, {"many-servers", stalledStreams(streams, streams)}} {
		b.Run(bench.name, func(b *testing.B) {
			a := analyze.New(analyze.DefaultConfig())
			for s := range bench.segs {
				a.Add(s)
			}
			a.Flush()
			b.ReportAllocs()
			for b.Loop() {
				a.Result()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*streams), "ns/stream")
		})
	}
}

// stalledStreams yields streams to some servers, each of which waits once.
func stalledStreams(n, servers int) iter.Seq[*capture.Segment] {
	return func(yield func(*capture.Segment) bool) {
		frame := uint64(0)
		for i := range n {
			client := [16]byte{10: 0xff, 11: 0xff, 12: 10, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}
			server := [16]byte{10: 0xff, 11: 0xff, 12: 172, 13: byte(i % servers >> 16), 14: byte(i % servers >> 8), 15: byte(i % servers)}
			at := int64(i) * 1e6
			for _, p := range []struct {
				at       int64
				reply    bool
				flags    capture.Flags
				seq, ack uint32
				len      uint32
				window   uint16
			}{
				{0, false, capture.SYN, 0, 0, 0, 4000}, {1e5, true, capture.SYN | capture.ACK, 0, 1, 0, 1000},
				{2e5, false, capture.ACK, 1, 1, 1000, 4000}, {3e5, true, capture.ACK, 1, 1001, 0, 0},
				{5e8, true, capture.ACK, 1, 1001, 0, 1000}, {5e8, false, capture.ACK, 1001, 1, 1000, 4000},
			} {
				frame++
				s := capture.Segment{Frame: frame, Time: at + p.at, Src: client, Dst: server, SrcPort: 40000, DstPort: 80, Flags: p.flags, Seq: p.seq, Ack: p.ack, Len: p.len, Window: p.window}
				if p.reply {
					s.Src, s.Dst, s.SrcPort, s.DstPort = s.Dst, s.Src, 80, 40000
				}
				if !yield(&s) {
					return
				}
			}
		}
	}
}

// addTimed adds the segments of the traffic, in batches that fit into the cache, as a
// reader does. Only adding is timed.
func addTimed(b *testing.B, a *analyze.Analyzer, traffic capturetest.Traffic) {
	b.StopTimer()
	next, stop := iter.Pull(traffic.Segments())
	defer stop()
	batch := a.NewBatch(2048)
	for {
		n := 0
		for ; n < len(batch.Buffer()); n++ {
			s, ok := next()
			if !ok {
				break
			}
			batch.Buffer()[n] = *s
		}
		if n == 0 {
			break
		}
		b.StartTimer()
		a.AddBatch(batch, n)
		b.StopTimer()
	}
	b.StartTimer()
}

// TestAddAllocatesNothing: once all streams are open, segments allocate no memory. Only
// stalls do, and the traffic has few.
func TestAddAllocatesNothing(t *testing.T) {
	a := analyze.New(analyze.DefaultConfig())
	traffic := capturetest.Traffic{Packets: 40_000, Conns: 100, Seed: 1}
	var before, after runtime.MemStats
	n := 0
	for s := range traffic.Segments() {
		if n == traffic.Packets/4 {
			runtime.ReadMemStats(&before)
		}
		a.Add(s)
		n++
	}
	runtime.ReadMemStats(&after)
	if got := after.Mallocs - before.Mallocs; got > 500 {
		t.Errorf("%d allocations in the last %d segments", got, 3*traffic.Packets/4)
	}
	a.Flush()
	r := a.Result()
	if r.StreamCount != int64(traffic.Conns) {
		t.Errorf("%d streams, want %d", r.StreamCount, traffic.Conns)
	}
}
