package main

import (
	"context"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
)

// TestSubsetPoints: a second pass that skips the streams that are not drawn collects the
// same points as a pass over everything.
func TestSubsetPoints(t *testing.T) {
	files, err := filepath.Glob("../../analyze/testdata/lab/*/capture.pcap")
	if err != nil {
		t.Fatal(err)
	}
	several, err := filepath.Glob("../../capture/testdata/made/*.pcap*")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, file := range append(files, several...) {
		read := func(a *analyze.Analyzer, pick picker) bool {
			r, err := capture.Open(file)
			if err != nil {
				return false // some are not captures, on purpose
			}
			defer r.Close()
			if err := a.Run(context.Background(), &picked{r, pick, new(atomic.Int64)}); err != nil {
				t.Fatal(err)
			}
			return true
		}
		first := analyze.New(analyze.DefaultConfig())
		if !read(first, everything) {
			continue
		}
		result := first.Result()
		worst := result.Worst(3)
		p := newSubset(worst)
		var timelines []*chart.Timeline
		for _, pick := range []picker{everything, p.pick, p.pick} {
			timeline := chart.New(100_000, p.ids...)
			a := analyze.New(analyze.DefaultConfig())
			switch {
			case timelines == nil:
				a.OnSample(func(s *analyze.Sample) {
					if slices.Contains(p.ids, s.Stream) {
						timeline.Add(s)
					}
				})
			default:
				p.clock = len(timelines) == 2 || slices.ContainsFunc(result.Warnings, func(w analyze.Warning) bool { return w.Code == analyze.WarnClockJump })
				p.follow(a, timeline.Add)
			}
			read(a, pick)
			timelines = append(timelines, timeline)
		}
		for _, st := range worst {
			want, _ := timelines[0].Points(st.ID)
			for _, timeline := range timelines[1:] {
				if got, _ := timeline.Points(st.ID); !slices.Equal(want, got) {
					t.Errorf("%s, stream %d: %d points, want %d", file, st.ID, len(got), len(want))
				}
			}
			compared += len(want)
		}
	}
	if compared < 1000 {
		t.Errorf("only %d points were compared", compared)
	}
}
