package analyze_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// A record holds everything that an analysis reports: every sample, and the result.
type record struct {
	samples  []analyze.Sample
	segments []capture.Segment
	streams  []*analyze.Stream
	sketches [][]analyze.Point
	result   analyze.Result
}

func (x *record) listen(a *analyze.Analyzer) {
	a.OnSample(func(s *analyze.Sample) {
		x.segments = append(x.segments, *s.Segment)
		x.samples = append(x.samples, *s)
		x.samples[len(x.samples)-1].Segment = nil
	})
}

func (x *record) end(a *analyze.Analyzer) {
	r := a.Result()
	for s := range r.All() {
		x.streams = append(x.streams, s)
		if points := r.Sketch(s.ID); points != nil {
			x.sketches = append(x.sketches, points)
		}
	}
	x.result = totals(r)
}

// totals returns a copy of a result without its streams.
func totals(r *analyze.Result) analyze.Result {
	return analyze.Result{Segments: r.Segments, StreamCount: r.StreamCount, Bytes: r.Bytes, Begin: r.Begin, End: r.End,
		Span: r.Span, Stalls: r.Stalls, Probes: r.Probes, KeepAlives: r.KeepAlives, ZeroWindows: r.ZeroWindows,
		Retransmissions: r.Retransmissions, StallTime: r.StallTime, StalledStreams: r.StalledStreams,
		Verdicts: r.Verdicts, Evicted: r.Evicted, Warnings: r.Warnings}
}

// same fails the test unless both analyses reported the same.
func (x *record) same(t *testing.T, name string, want *record) {
	t.Helper()
	for i := range want.samples {
		if i >= len(x.samples) || x.samples[i] != want.samples[i] {
			t.Fatalf("%s: sample %d of %v differs", name, i, &want.segments[i])
		}
	}
	if !slices.Equal(x.segments, want.segments) || !reflect.DeepEqual(x.streams, want.streams) || !reflect.DeepEqual(x.sketches, want.sketches) {
		t.Errorf("%s: the streams differ", name)
	}
	if !reflect.DeepEqual(x.result, want.result) {
		t.Errorf("%s: the result differs:\n%+v\n%+v", name, x.result, want.result)
	}
}

// oneByOne adds one segment after the other. If slowly is set, every segment takes the
// slow path.
func oneByOne(cfg analyze.Config, segs []capture.Segment, slowly bool) *record {
	var x record
	a := analyze.New(cfg)
	if slowly {
		a.ForceSlowPath()
	}
	x.listen(a)
	for i := range segs {
		a.Add(&segs[i])
	}
	a.Flush()
	x.end(a)
	return &x
}

// together analyzes with Run on that many cores, in batches of uneven sizes.
func together(t *testing.T, cores int, cfg analyze.Config, segs []capture.Segment) *record {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	var x record
	a := analyze.New(cfg)
	x.listen(a)
	if err := a.Run(context.Background(), &pieces{segs: segs}); err != nil {
		t.Fatal(err)
	}
	x.end(a)
	return &x
}

// pieces is a source of batches of uneven sizes.
type pieces struct {
	segs []capture.Segment
	turn int
}

func (p *pieces) NextBatch(dst []capture.Segment) (int, error) {
	if len(p.segs) == 0 {
		return 0, io.EOF
	}
	p.turn++
	n := copy(dst[:1+p.turn*p.turn%len(dst)], p.segs)
	p.segs = p.segs[n:]
	return n, nil
}

func (p *pieces) Counters() capture.Counters { return capture.Counters{} }

// TestCoresAgree: the results do not depend on the number of cores, frame for frame.
func TestCoresAgree(t *testing.T) {
	files, _ := filepath.Glob("testdata/lab/*/capture.pcap")
	made, _ := filepath.Glob("../capture/testdata/made/*.pcap*")
	inputs := map[string][]capture.Segment{}
	names := capturetest.Sample(append(files, made...), 4)
	for _, name := range names {
		if segs := readAll(t, name); len(segs) > 0 {
			inputs[filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name)] = segs
		}
	}
	if len(inputs) < len(names)/2 || len(inputs) < 10 {
		t.Fatalf("%d captures of %d have segments", len(inputs), len(names))
	}
	for name, tr := range map[string]capturetest.Traffic{
		"busy":  {Packets: 60_000, Conns: 500, Seed: 7},
		"crowd": {Packets: 60_000, Conns: 6000, Seed: 8}, // more streams than the limit
	} {
		for s := range tr.Segments() {
			inputs[name] = append(inputs[name], *s)
		}
	}
	cfg := analyze.DefaultConfig()
	cfg.MaxStreams = 4096
	for name, segs := range inputs {
		want := oneByOne(cfg, segs, false)
		for _, cores := range []int{1, 2, 4} {
			together(t, cores, cfg, segs).same(t, fmt.Sprintf("%s on %d cores", name, cores), want)
		}
	}
}

func readAll(t *testing.T, name string) (segs []capture.Segment) {
	r, err := capture.Open(name)
	if err != nil {
		return nil // some are not captures, on purpose
	}
	defer r.Close()
	var s capture.Segment
	for {
		switch err := r.Next(&s); {
		case errors.Is(err, io.EOF):
			return segs
		case err == nil:
			segs = append(segs, s)
		}
	}
}

// blocking is a source that blocks after its first batch until more is closed.
type blocking struct {
	pieces
	more chan bool
}

func (s *blocking) NextBatch(dst []capture.Segment) (int, error) {
	if s.turn++; s.turn > 1 {
		<-s.more
	}
	n := copy(dst, s.segs)
	s.segs = s.segs[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// TestRunDoesNotWait: segments that have been read are analyzed while the source blocks,
// on any number of cores.
func TestRunDoesNotWait(t *testing.T) {
	for _, cores := range []int{1, 2, 3} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			src := &blocking{more: make(chan bool)}
			for s := range (capturetest.Traffic{Packets: 200, Conns: 10, Seed: 3}).Segments() {
				src.segs = append(src.segs, *s)
			}
			want := int64(len(src.segs))
			a := analyze.New(analyze.DefaultConfig())
			var samples atomic.Int64
			a.OnSample(func(*analyze.Sample) { samples.Add(1) })
			done := make(chan bool)
			go func() {
				defer close(done)
				a.Run(context.Background(), src)
			}()
			for end := time.Now().Add(20 * time.Second); samples.Load() < want; time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Errorf("%d cores: %d of %d samples", cores, samples.Load(), want)
					break
				}
			}
			close(src.more)
			<-done
		}()
	}
}

// disturb returns traffic with lost, duplicated, reordered and otherwise wrong segments.
func disturb(traffic capturetest.Traffic, rng *rand.Rand) (segs []capture.Segment) {
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

// TestShards: shards that run at the same time, with the fast path, report the same as
// the slow path does segment by segment.
func TestShards(t *testing.T) {
	for _, seed := range capturetest.Sample([]uint64{0, 1, 2, 3, 4, 5, 6, 7}, 3) {
		rng := rand.New(rand.NewPCG(seed, 7))
		cfg := analyze.DefaultConfig()
		cfg.MaxStreams = []int{3, 500, 4096, 4097, 8000, 1 << 14, 1000, 8000}[seed]
		if seed >= 6 {
			cfg.TroubleBytes = 64 << 10
		}
		segs := disturb(capturetest.Traffic{Packets: 60_000, Conns: []int{50, 2000, 6000, 6000, 6000, 3000, 700, 7800}[seed], Seed: seed}, rng)
		want := oneByOne(cfg, segs, true)
		together(t, 4, cfg, segs).same(t, fmt.Sprintf("seed %d", seed), want)
		if 0 < seed && seed != 4 && seed != 5 && want.result.Evicted.Streams == 0 || len(want.sketches) == 0 {
			t.Errorf("seed %d: %d streams were evicted, %d have sketches; want some of both", seed, want.result.Evicted.Streams, len(want.sketches))
		}
	}
}

// TestResultChangesNothing: a result taken at any moment equals the result of an
// analysis that ends there, and taking it does not affect the rest of the analysis.
func TestResultChangesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	segs := disturb(capturetest.Traffic{Packets: 3000, Conns: 40, Seed: 5}, rng)
	cfg := analyze.DefaultConfig()
	cfg.MaxStreams = 30 // some are evicted
	var got record
	a := analyze.New(cfg)
	got.listen(a)
	for i := range segs {
		a.Add(&segs[i])
		if i%250 != 7 {
			continue
		}
		b := analyze.New(cfg)
		for k := range segs[:i+1] {
			b.Add(&segs[k])
		}
		var x, want record
		x.end(a)
		want.end(b)
		x.same(t, fmt.Sprintf("after %d segments", i+1), &want)
	}
	a.Flush()
	got.end(a)
	got.same(t, "at the end", oneByOne(cfg, segs, false))
}

// TestResultWhileRunning: results can be taken during Run, and do not change afterwards.
func TestResultWhileRunning(t *testing.T) {
	var segs []capture.Segment
	for s := range (capturetest.Traffic{Packets: 200_000, Conns: 300, Seed: 9}).Segments() {
		segs = append(segs, *s)
	}
	a := analyze.New(analyze.DefaultConfig())
	done := make(chan error)
	go func() { done <- a.Run(context.Background(), &pieces{segs: segs}) }()
	type taken struct {
		result *analyze.Result
		worst  []*analyze.Stream
		text   string // of result and worst when they were taken
	}
	var results []taken
	for running := true; running; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			running = false
		default:
		}
		r := a.Result()
		x := taken{result: r, worst: r.Worst(5)}
		x.text = fmt.Sprintf("%+v", totals(r))
		for _, s := range x.worst {
			x.text += fmt.Sprintf("%+v", *s)
		}
		results = append(results, x)
		time.Sleep(5 * time.Millisecond)
	}
	last := uint64(0)
	for _, x := range results {
		now := fmt.Sprintf("%+v", totals(x.result))
		for _, s := range x.worst {
			now += fmt.Sprintf("%+v", *s)
		}
		if now != x.text {
			t.Fatal("a result changed after it was taken")
		}
		if x.result.Segments < last {
			t.Errorf("a later result has %d segments, the one before %d", x.result.Segments, last)
		}
		last = x.result.Segments
	}
	if last != uint64(len(segs)) || len(results) < 3 {
		t.Errorf("%d results, the last of %d segments; want %d", len(results), last, len(segs))
	}
}
