package analyze_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// astray is traffic of which segments are lost, doubled, late, or at a wrong time.
func astray(traffic capturetest.Traffic, rng *rand.Rand) (segs []capture.Segment) {
	for s := range traffic.Segments() {
		seg := *s
		switch rng.IntN(300) {
		case 0:
			continue
		case 1:
			segs = append(segs, seg)
		case 2:
			if n := len(segs); n > 0 {
				segs[n-1], seg = seg, segs[n-1]
			}
		case 3:
			seg.Window = 0
		case 4:
			seg.Flags |= capture.Quoted
			seg.SrcPort = uint16(rng.Uint32())
		case 5:
			seg.Time += rng.Int64N(400e9) - 200e9
		}
		segs = append(segs, seg)
	}
	for i := range segs {
		segs[i].Frame = uint64(i + 1)
	}
	return segs
}

// findings are all that an analysis told.
type findings struct {
	samples  []analyze.Sample
	segments []capture.Segment
	streams  []*analyze.Stream
	sketches [][]analyze.Point
	verdicts []analyze.Verdict
	retired  analyze.Retired
}

func (x *findings) listen(a *analyze.Analyzer) {
	a.OnSample(func(s *analyze.Sample) {
		x.segments = append(x.segments, *s.Segment)
		x.samples = append(x.samples, *s)
		x.samples[len(x.samples)-1].Segment = nil
	})
}

func (x *findings) end(a *analyze.Analyzer) {
	r := a.Result()
	for s := range r.All() {
		x.streams = append(x.streams, s)
		if points := r.Sketch(s.ID); points != nil {
			x.sketches = append(x.sketches, points)
		}
	}
	x.verdicts, x.retired = r.Verdicts, r.Retired
}

// inBatches has every lane run on a goroutine of its own, with several batches of
// random sizes under way.
func inBatches(cfg analyze.Config, segs []capture.Segment, rng *rand.Rand) *findings {
	var x findings
	a := analyze.New(cfg)
	x.listen(a)
	type work struct {
		batch *analyze.Batch
		ran   *sync.WaitGroup
	}
	const underWay = 4
	free, prepared := make(chan *analyze.Batch, underWay), make(chan work, underWay)
	for range underWay {
		free <- a.NewBatch(500)
	}
	lanes := make([]chan work, a.Lanes())
	for i := range lanes {
		lanes[i] = make(chan work, underWay)
		go func() {
			for w := range lanes[i] {
				a.Run(w.batch, i)
				w.ran.Done()
			}
		}()
	}
	go func() {
		for len(segs) > 0 {
			w := work{<-free, new(sync.WaitGroup)}
			n := copy(w.batch.Buffer()[:rng.IntN(2)*rng.IntN(501)], segs)
			segs = segs[n:]
			a.Prepare(w.batch, n)
			w.ran.Add(len(lanes))
			for _, l := range lanes {
				l <- w
			}
			prepared <- w
		}
		for _, l := range lanes {
			close(l)
		}
		close(prepared)
	}()
	for w := range prepared {
		w.ran.Wait()
		a.Finish(w.batch)
		free <- w.batch
	}
	x.end(a)
	return &x
}

// TestLanes: lanes that run at the same time, on the short way, tell what the long
// way does segment by segment.
func TestLanes(t *testing.T) {
	for _, seed := range capturetest.Sample([]uint64{0, 1, 2, 3, 4, 5, 6, 7}, 3) {
		rng := rand.New(rand.NewPCG(seed, 7))
		cfg := analyze.DefaultConfig()
		cfg.MaxStreams = []int{3, 500, 4096, 4097, 8000, 1 << 14, 1000, 8000}[seed]
		if seed >= 6 {
			cfg.TroubleBytes = 64 << 10
		}
		segs := astray(capturetest.Traffic{Packets: 60_000, Conns: []int{50, 2000, 6000, 6000, 6000, 3000, 700, 7800}[seed], Seed: seed}, rng)
		var want findings
		a := analyze.New(cfg)
		a.Slowly()
		want.listen(a)
		for i := range segs {
			a.Add(&segs[i])
		}
		want.end(a)
		got := inBatches(cfg, segs, rng)
		for i := range want.samples {
			if i >= len(got.samples) || got.samples[i] != want.samples[i] {
				t.Fatalf("seed %d: sample %d of %v differs", seed, i, &want.segments[i])
			}
		}
		if !slices.Equal(got.segments, want.segments) || !reflect.DeepEqual(got.streams, want.streams) ||
			!reflect.DeepEqual(got.sketches, want.sketches) || !reflect.DeepEqual(got.verdicts, want.verdicts) || got.retired != want.retired {
			t.Errorf("seed %d: the results differ", seed)
		}
		if 0 < seed && seed != 4 && seed != 5 && want.retired.Streams == 0 || len(want.sketches) == 0 {
			t.Errorf("seed %d: %d streams were let go, %d have sketches", seed, want.retired.Streams, len(want.sketches))
		}
	}
}

// TestBatchSize: no batch has more segments than its index can count.
func TestBatchSize(t *testing.T) {
	if n := len(analyze.New(analyze.DefaultConfig()).NewBatch(1 << 20).Buffer()); n != analyze.MaxBatch {
		t.Errorf("a batch of %d segments", n)
	}
}
