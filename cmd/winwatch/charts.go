package main

import (
	"context"
	"fmt"
	"slices"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/cmd/winwatch/internal/flags"
	htmlreport "winwatch/report/html"
)

// Bounds on the points kept for charts. A page can show more than a picture or a
// terminal.
const (
	pagePoints    = 400_000
	picturePoints = 50_000
)

const (
	// manySegments is the length beyond which a terminal's chart is drawn from the
	// analyzer's sketch: a sketch shows as much as a terminal can, and a second pass
	// would take a tenth of a second or more.
	manySegments = 1_000_000
	// fewSegments is the number of segments of a pipe whose points are all kept, in
	// case the chart can't be drawn from the sketch.
	fewSegments = 50_000
)

// An origin is a source of the points of a chart.
type origin int

const (
	// fromSketch uses the analyzer's sketch of the stream from the first pass.
	fromSketch origin = iota
	// fromSecondPass reads the capture again for the streams that are drawn.
	fromSecondPass
	// fromKept uses points kept in the first pass: all of them, thinned if there are
	// too many, or only those of the first fewSegments segments.
	fromKept
)

// chartNeed decides where points come from.
type chartNeed struct {
	// closeUp is set for pictures, pages and time ranges, which show more detail than a
	// sketch has.
	closeUp bool
	// once is set if the input can be read only once.
	once bool
	// long is set if there are too many segments to process each of them again.
	long bool
}

// origins lists the sources to try, in order; the first that has points is used.
var origins = map[chartNeed][]origin{
	{closeUp: false, once: false, long: false}: {fromSecondPass},
	{closeUp: false, once: false, long: true}:  {fromSketch, fromSecondPass},
	{closeUp: false, once: true, long: false}:  {fromKept},
	{closeUp: false, once: true, long: true}:   {fromSketch, fromKept},
	{closeUp: true, once: false, long: false}:  {fromSecondPass},
	{closeUp: true, once: false, long: true}:   {fromSecondPass},
	{closeUp: true, once: true, long: false}:   {fromKept},
	{closeUp: true, once: true, long: true}:    {fromKept},
}

// chartNeed returns the needs of this job, which are known after the first pass.
func (j *job) chartNeed() chartNeed {
	long := uint64(manySegments)
	if j.once {
		long = fewSegments
	}
	return chartNeed{closeUp: j.closeUp(), once: j.once, long: j.Result.Segments > long}
}

// closeUp reports whether a chart needs more detail than a sketch has.
func (j *job) closeUp() bool { return j.outs.charted() || j.span != (flags.Interval{}) }

// keepPoints keeps points during the first pass if the input can't be read again.
func (j *job) keepPoints(a *analyze.Analyzer) {
	if !j.once || !j.wantsCharts() {
		return
	}
	j.kept = chart.New(picturePoints)
	add := j.kept.Add
	if !j.closeUp() {
		n := 0
		add = func(s *analyze.Sample) {
			if n++; n <= fewSegments {
				j.kept.Add(s)
				j.keptTo = s.Segment.Frame
			}
		}
	} else {
		j.keptTo = 1<<64 - 1
	}
	a.OnSample(j.chosen(add))
}

// draw collects the points of the streams that get charts.
func (j *job) draw(ctx context.Context) error {
	if !j.wantsCharts() {
		return nil
	}
	streams := j.drawn()
	if len(streams) == 0 {
		return nil
	}
	for _, from := range origins[j.chartNeed()] {
		var err error
		switch from {
		case fromSketch:
			if points := j.Result.Sketch(streams[0].ID); points != nil {
				j.Timeline = chart.OfSketch(streams[0].ID, points)
			}
		case fromKept:
			if streams[0].LastFrame <= j.keptTo {
				j.Timeline = j.kept
			}
		case fromSecondPass:
			if ctx.Err() == nil {
				err = j.secondPass(ctx, streams)
			}
			if ctx.Err() != nil {
				j.interruptedChart(streams[0])
				return nil
			}
		}
		if err != nil || j.Timeline != nil {
			return err
		}
	}
	j.warnNoChart(streams[0], "too few of its points were kept while the pipe was read; save the capture to a file and analyze that")
	return nil
}

// interruptedChart draws what the first pass saw: a chart of half the second would look
// like a whole one.
func (j *job) interruptedChart(st *analyze.Stream) {
	j.Timeline = nil
	if points := j.Result.Sketch(st.ID); points != nil {
		j.Timeline = chart.OfSketch(st.ID, points)
		return
	}
	j.warnNoChart(st, "winwatch was interrupted before it had read the capture again for the chart")
}

// warnNoChart warns that a stream has no chart, and why.
func (j *job) warnNoChart(st *analyze.Stream, why string) {
	j.Result.Warnings = append(j.Result.Warnings, analyze.Warning{Code: analyze.WarnNoChart, Count: 1,
		Text: fmt.Sprintf("stream %d has no chart: %s", st.ID, why)})
}

// drawn returns the streams that get charts, the worst first. A terminal shows one
// stream, and only if it is in trouble, was asked for, or is the only one.
func (j *job) drawn() []*analyze.Stream {
	if len(j.outs.of(formatHTML)) > 0 {
		return j.Result.Worst(htmlreport.MaxCharts)
	}
	worst, ok := j.Result.WorstStream()
	if !ok || !j.outs.charted() && j.stream < 0 && j.Result.StreamCount > 1 && !worst.InTrouble() {
		return nil
	}
	return []*analyze.Stream{worst}
}

// secondPass reads the capture again.
func (j *job) secondPass(ctx context.Context, streams []*analyze.Stream) error {
	limit := picturePoints
	if len(j.outs.of(formatHTML)) > 0 {
		limit = pagePoints
	}
	subset := newSubset(streams)
	subset.clock = slices.ContainsFunc(j.Result.Warnings, func(w analyze.Warning) bool { return w.Code == analyze.WarnClockJump })
	j.Timeline = chart.New(limit, subset.ids...)
	a := analyze.New(j.o.config())
	low, high := j.span.Bounds(j.Result.Begin)
	subset.follow(a, func(s *analyze.Sample) {
		if low <= s.Time && s.Time <= high {
			j.Timeline.Add(s)
		}
	})
	in, _, err := j.openInput(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	return j.pass(ctx, in, a, subset.pick)
}
