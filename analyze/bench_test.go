package analyze_test

import (
	"iter"
	"runtime"
	"testing"

	"winwatch/analyze"
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
