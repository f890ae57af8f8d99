package analyze_test

import (
	"runtime"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// addStalls adds the segments of streams whose windows close, are probed and open
// again, once per round.
func addStalls(a *analyze.Analyzer, streams, rounds, probes int) {
	s := capture.Segment{Time: 1}
	send := func(i int, reply bool, flags capture.Flags, seq, ack uint32, window uint16, length uint32) {
		client, server := capture.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), capture.AddrFrom4([4]byte{192, 0, 2, 1})
		s.Src, s.SrcPort, s.Dst, s.DstPort = client, 1024, server, 80
		if reply {
			s.Src, s.SrcPort, s.Dst, s.DstPort = server, 80, client, 1024
		}
		s.Time += 1000
		s.Frame++
		s.Flags, s.Seq, s.Ack, s.Window, s.Len = flags, seq, ack, window, length
		a.Add(&s)
	}
	for i := range streams {
		send(i, false, capture.SYN, 0, 0, 1000, 0)
		send(i, true, capture.SYN|capture.ACK, 0, 1, 1000, 0)
	}
	for r := range uint32(rounds) {
		for i := range streams {
			next := 11 + 10*r
			send(i, false, capture.ACK, next-10, 1, 1000, 10)
			send(i, true, capture.ACK, 1, next, 0, 0)
			for range probes {
				send(i, false, capture.ACK, next-1, 1, 1000, 0)
			}
			send(i, true, capture.ACK, 1, next, 1000, 0)
		}
	}
}

// TestMemoryBound: the memory of streams in trouble is bounded, however many there are
// and however often they stall. The totals are the same as without a bound, and evicted
// streams are counted.
func TestMemoryBound(t *testing.T) {
	type load struct {
		streams, rounds, probes int
		bytes                   int
		evicted                 bool
	}
	for _, c := range capturetest.Sample([]load{{30_000, 1, 1, 1 << 20, true}, {1500, 40, 1, 11 << 20, false}, {1500, 10, 40, 11 << 20, false}}, 2) {
		cfg := analyze.DefaultConfig()
		cfg.MaxStreams = c.streams * 11 / 10 // the shards get unequal numbers of streams
		unbounded := analyze.New(cfg)
		addStalls(unbounded, c.streams, c.rounds, c.probes)
		want := unbounded.Result()

		cfg.TroubleBytes = c.bytes
		before := heap()
		a := analyze.New(cfg)
		addStalls(a, c.streams, c.rounds, c.probes)
		fixed := a.Shards() * 12 << 20 // nearly all for sketches
		if took, most := heap()-before, cfg.MaxStreams*600+cfg.TroubleBytes+fixed; took > most {
			t.Errorf("%+v: %d bytes, want at most %d", c, took, most)
		}
		r := a.Result()
		if r.Stalls != want.Stalls || r.StallTime != want.StallTime || r.Probes != want.Probes || r.ZeroWindows != want.ZeroWindows || want.Stalls == 0 {
			t.Errorf("%+v: %d stalls in %v, %d probes, %d zero windows; want %d in %v, %d, %d",
				c, r.Stalls, r.StallTime, r.Probes, r.ZeroWindows, want.Stalls, want.StallTime, want.Probes, want.ZeroWindows)
		}
		if (r.Evicted.Streams > 0) != c.evicted || r.Evicted.Stalled != r.Evicted.Streams || r.StreamCount != int64(c.streams) {
			t.Errorf("%+v: %d streams; evicted: %+v", c, r.StreamCount, r.Evicted)
		}
	}
}

// TestMemoryBoundOneStream: a stream that stalls often needs no more memory with each
// stall beyond the listed ones, even if probes come late.
func TestMemoryBoundOneStream(t *testing.T) {
	cfg := analyze.DefaultConfig()
	cfg.MaxStreams, cfg.MaxStalls, cfg.TroubleBytes = 100, 2, 64<<10
	a := analyze.New(cfg)
	s := capture.Segment{Time: 1}
	send := func(wait int64, reply bool, seq, ack uint32, window uint16, length uint32) {
		s.SrcPort, s.DstPort = 1024, 80
		if reply {
			s.SrcPort, s.DstPort = 80, 1024
		}
		s.Time += wait
		s.Frame++
		s.Flags, s.Seq, s.Ack, s.Window, s.Len = capture.ACK, seq, ack, window, length
		a.Add(&s)
	}
	const ms = int64(1e6)
	for i := range uint32(2000) {
		next := 11 + 10*i
		send(ms, false, next-10, 1, 1000, 10)
		send(ms, true, 1, next, 0, 0)
		send(200*ms, false, next-1, 1, 1000, 0)
		if i < 2 {
			send(500*ms, true, 1, next, 0, 0) // a long one, which stays listed
		}
		send(ms, true, 1, next, 1000, 0)
		for gap := 300 * ms; gap < 600*ms; gap = gap * 14 / 10 {
			send(gap, false, next-1, 1, 1000, 0)
			send(ms, true, 1, next, 1000, 0)
		}
	}
	if r := a.Result(); r.Evicted.Streams != 0 || r.StreamCount != 1 || r.Probes < 4000 {
		t.Errorf("%d streams, %d probes; evicted: %+v", r.StreamCount, r.Probes, r.Evicted)
	}
}

func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestWorstEvictedKept: of the streams evicted, those that waited longest are kept,
// however many others waited.
func TestWorstEvictedKept(t *testing.T) {
	const streams, kept = 200, 3
	cfg := analyze.DefaultConfig()
	cfg.MaxStreams, cfg.MaxVerdicts = 1, kept
	a := analyze.New(cfg)
	s := capture.Segment{Time: 1}
	send := func(port uint16, reply bool, after int64, seq, ack uint32, window uint16, length uint32) {
		s.SrcPort, s.DstPort = port, 80
		if reply {
			s.SrcPort, s.DstPort = 80, port
		}
		s.Time += after
		s.Frame++
		s.Flags, s.Seq, s.Ack, s.Window, s.Len = capture.ACK, seq, ack, window, length
		a.Add(&s)
	}
	wait := func(i int) int64 { return int64(1+i*73%streams) * 1e6 } // in no order
	for i := range streams {
		port := uint16(1024 + i)
		send(port, false, 1000, 1, 1, 1000, 10)
		send(port, true, 1000, 1, 11, 0, 0)
		send(port, true, wait(i), 1, 11, 1000, 0)
		send(port, false, 1000, 11, 1, 1000, 10)
	}
	send(1, false, 1000, 1, 1, 1000, 10) // evicts the last one
	r := a.Result()
	if r.Evicted.Stalled != streams {
		t.Fatalf("%d streams that waited were evicted, want %d", r.Evicted.Stalled, streams)
	}
	for i, st := range r.Worst(kept) {
		if got, want := int64(st.Dirs[0].StallTime+st.Dirs[1].StallTime), int64(streams-i)*1e6; got != want || wait(int(st.ID)) != want {
			t.Errorf("stream %d waited %d ns, want %d", st.ID, got, want)
		}
	}
}
