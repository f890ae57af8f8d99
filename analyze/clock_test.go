package analyze_test

import (
	"fmt"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/analyzetest"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// TestWrongTimeStamps: one packet with a time stamp far from those of its neighbours moves
// neither the begin nor the end of a capture, wherever it is, in a live feed as in a file.
func TestWrongTimeStamps(t *testing.T) {
	const now, future = 1_700_000_000, 4_102_444_800
	for _, tc := range []struct {
		name       string
		seconds    [6]int64 // the time stamps of six packets
		begin, end int64
		jumps      int64
	}{
		{"all the same", [6]int64{now, now, now, now, now, now}, now, now, 0},
		{"all zero", [6]int64{}, 0, 0, 0},
		{"the first never set", [6]int64{0, now, now, now, now, now + 2}, now, now + 2, 1},
		{"the first ahead", [6]int64{future, now, now, now, now, now + 2}, now, now + 2, 1},
		{"the second never set", [6]int64{now, 0, now, now, now, now + 2}, now, now + 2, 1},
		{"the second ahead", [6]int64{now, future, now, now, now, now + 2}, now, now + 2, 1},
		{"one never set", [6]int64{now, now, now, 0, now, now + 2}, now, now + 2, 1},
		{"one an hour behind", [6]int64{now, now, now, now - 3600, now, now + 2}, now, now + 2, 1},
		{"one an hour ahead", [6]int64{now, now, now, now + 3600, now, now + 2}, now, now + 2, 1},
		{"the last ahead", [6]int64{now, now, now, now, now + 2, future}, now, now + 2, 1},
		{"the last never set", [6]int64{now, now, now, now, now + 2, 0}, now, now + 2, 1},
		{"the clock set back", [6]int64{now, now, now, now - 3600, now - 3600, now - 3598}, now, now + 2, 1},
		{"a pause", [6]int64{now, now + 7200, now + 7200, now + 7200, now + 7200, now + 7202}, now, now + 7202, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := ""
			for _, s := range tc.seconds {
				text += fmt.Sprintf("base %d\n0 C > S P. len 10\n", s)
			}
			segs := capturetest.Parse(t, text)
			for name, feed := range map[string]func(*analyze.Analyzer){
				"live": func(a *analyze.Analyzer) { feedSlowly(a, segs) },
				"file": func(a *analyze.Analyzer) {
					if err := a.Run(t.Context(), &analyzetest.Source{Segments: segs}); err != nil {
						t.Error(err)
					}
				},
			} {
				a := analyze.New(analyze.DefaultConfig())
				a.OnSample(func(s *analyze.Sample) {
					if most := time.Duration(tc.end-tc.begin) * time.Second; s.Elapsed < 0 || s.Elapsed > most {
						t.Errorf("%s: frame %d is %v after the first", name, s.Segment.Frame, s.Elapsed)
					}
				})
				feed(a)
				r := a.Result()
				jumps := int64(0)
				for _, w := range r.Warnings {
					jumps += w.Count
				}
				if r.Segments != 6 || r.Begin != tc.begin*1e9 || r.End != tc.end*1e9 || jumps != tc.jumps {
					t.Errorf("%s: %d segments, from %d to %d, %d jumps; want 6, %d s to %d s, %d", name,
						r.Segments, r.Begin, r.End, jumps, tc.begin, tc.end, tc.jumps)
				}
			}
		})
	}
}

// feedSlowly feeds an analyzer one segment at a time.
func feedSlowly(a *analyze.Analyzer, segs []capture.Segment) {
	for i := range segs {
		a.Add(&segs[i])
	}
	a.Flush()
}
