// Package analyzetest makes results for tests from packets written as text (see
// package capturetest), so that reports are tested with real output of the engine.
package analyzetest

import (
	"context"
	"io"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// A Source delivers segments from memory, with the counters that a reader would
// report.
type Source struct {
	Segments []capture.Segment
	Input    capture.Counters
	// Damage is reported after the segments, if it is not nil.
	Damage *capture.DamageError
}

var _ analyze.Source = (*Source)(nil)

// NextBatch implements analyze.Source.
func (s *Source) NextBatch(dst []capture.Segment) (int, error) {
	n := copy(dst, s.Segments)
	s.Segments = s.Segments[n:]
	switch {
	case n > 0:
		return n, nil
	case s.Damage != nil:
		damage := s.Damage
		s.Damage = nil
		return 0, damage
	}
	return 0, io.EOF
}

// Counters implements analyze.Source.
func (s *Source) Counters() capture.Counters { return s.Input }

// Text returns the packets as a source whose reader skipped nothing.
func Text(tb testing.TB, packets string) *Source {
	tb.Helper()
	s := &Source{Segments: capturetest.Parse(tb, packets)}
	s.Input.Frames, s.Input.Segments = uint64(len(s.Segments)), uint64(len(s.Segments))
	return s
}

// Run analyzes a source. The timeline holds every point.
func Run(tb testing.TB, src *Source, change ...func(*analyze.Config)) (*analyze.Result, *chart.Timeline) {
	tb.Helper()
	cfg := analyze.DefaultConfig()
	for _, c := range change {
		c(&cfg)
	}
	a := analyze.New(cfg)
	tl := chart.New(len(src.Segments) * 2)
	a.OnSample(tl.Add)
	if err := a.Run(context.Background(), src); err != nil {
		tb.Fatal(err)
	}
	return a.Result(), tl
}
