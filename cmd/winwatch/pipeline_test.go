package main

import (
	"context"
	"errors"
	"io"
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

// told is all that an analysis told: of every segment, and in the end.
type told struct {
	samples  []analyze.Sample
	segments []capture.Segment
	streams  []*analyze.Stream
	result   analyze.Result
}

func (x *told) listen(a *analyze.Analyzer) {
	a.OnSample(func(s *analyze.Sample) {
		x.segments = append(x.segments, *s.Segment)
		x.samples = append(x.samples, *s)
		x.samples[len(x.samples)-1].Segment = nil
	})
}

func (x *told) end(a *analyze.Analyzer) {
	r := a.Result()
	x.streams = slices.Collect(r.All())
	x.result = analyze.Result{Segments: r.Segments, StreamCount: r.StreamCount, Bytes: r.Bytes, Begin: r.Begin, End: r.End,
		Span: r.Span, Stalls: r.Stalls, StallTime: r.StallTime, Verdicts: r.Verdicts, Retired: r.Retired, Warnings: r.Warnings}
}

// oneByOne analyzes without a pipeline.
func oneByOne(cfg analyze.Config, segs []capture.Segment) *told {
	var x told
	a := analyze.New(cfg)
	x.listen(a)
	for i := range segs {
		a.Add(&segs[i])
	}
	x.end(a)
	return &x
}

// together analyzes with one on so many cores, and pieces of uneven sizes.
func together(t *testing.T, cores int, cfg analyze.Config, segs []capture.Segment) *told {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	var x told
	a := analyze.New(cfg)
	x.listen(a)
	var seen atomic.Int64
	if _, err := feed(context.Background(), &pieces{segs: segs}, a, everything, &seen); err != nil {
		t.Fatal(err)
	}
	if int(seen.Load()) != len(segs) {
		t.Errorf("%d of %d segments were seen", seen.Load(), len(segs))
	}
	x.end(a)
	return &x
}

// pieces is a source that gives now more, now fewer segments.
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

// TestCoresAgree: frame for frame, what comes out does not depend on how many
// cores take part.
func TestCoresAgree(t *testing.T) {
	files, _ := filepath.Glob("../../analyze/testdata/lab/*/capture.pcap")
	made, _ := filepath.Glob("../../capture/testdata/made/*.pcap*")
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
		"crowd": {Packets: 60_000, Conns: 6000, Seed: 8}, // more streams than are kept
	} {
		for s := range tr.Segments() {
			inputs[name] = append(inputs[name], *s)
		}
	}
	cfg := analyze.DefaultConfig()
	cfg.MaxStreams = 4096
	for name, segs := range inputs {
		want := oneByOne(cfg, segs)
		for _, cores := range []int{1, 2, 4} {
			got := together(t, cores, cfg, segs)
			if !slices.Equal(got.samples, want.samples) || !slices.Equal(got.segments, want.segments) {
				t.Errorf("%s: the samples of %d cores differ", name, cores)
			}
			if !reflect.DeepEqual(got.streams, want.streams) {
				t.Errorf("%s: the streams of %d cores differ", name, cores)
			}
			if !reflect.DeepEqual(got.result, want.result) {
				t.Errorf("%s: the result of %d cores differs:\n%+v\n%+v", name, cores, got.result, want.result)
			}
		}
	}
}

func readAll(t *testing.T, name string) (segs []capture.Segment) {
	r, err := capture.Open(name)
	if err != nil {
		return nil // some are no captures on purpose
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

// blocking is a source that has no more after its first batch until it is told.
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

// TestNothingWaits: what has been read is analyzed while the source waits for more,
// on any number of cores.
func TestNothingWaits(t *testing.T) {
	for _, cores := range []int{1, 2, 3} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			src := &blocking{more: make(chan bool)}
			for s := range (capturetest.Traffic{Packets: 200, Conns: 10, Seed: 3}).Segments() {
				src.segs = append(src.segs, *s)
			}
			want := int64(len(src.segs))
			a := analyze.New(analyze.DefaultConfig())
			var samples, seen atomic.Int64
			a.OnSample(func(*analyze.Sample) { samples.Add(1) })
			done := make(chan bool)
			go func() {
				defer close(done)
				feed(context.Background(), src, a, everything, &seen)
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
