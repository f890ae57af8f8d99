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

// Bounds on the points that are kept for charts: a page holds more in all than a
// picture or a terminal can show.
const (
	pagePoints    = 400_000
	picturePoints = 50_000
)

const (
	// manySegments is where a terminal's chart is drawn from the analyzer's sketch:
	// it shows all that can be seen there, and a second pass would take a tenth of
	// a second and more.
	manySegments = 1_000_000
	// fewSegments is how far every point of a pipe is kept, in case its chart can't
	// be drawn from the sketch.
	fewSegments = 50_000
)

// origin is where the points of a chart come from.
type origin int

const (
	// fromSketch: the analyzer's sketch of the stream, made in the first pass.
	fromSketch origin = iota
	// fromSecondPass: the capture is read again, for the streams that are drawn.
	fromSecondPass
	// fromKept: points kept in the first pass. All of them, thinned where there are
	// too many, or only those of the first fewSegments segments.
	fromKept
)

// chartNeed is what decides where points come from.
type chartNeed struct {
	// closeUp: pictures, pages and spans of time show more than a sketch has.
	closeUp bool
	// once: the input can be read only once.
	once bool
	// long: there are too many segments to treat each of them again.
	long bool
}

// origins is where the points of charts come from: the first that has any.
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

// chartNeed returns what is known once the first pass is over.
func (j *job) chartNeed() chartNeed {
	long := uint64(manySegments)
	if j.once {
		long = fewSegments
	}
	return chartNeed{closeUp: j.closeUp(), once: j.once, long: j.Result.Segments > long}
}

// closeUp reports whether charts are wanted that show more than a sketch has.
func (j *job) closeUp() bool { return j.drawsFiles() || j.span != (flags.Interval{}) }

// drawsFiles reports whether a page or a picture is written.
func (j *job) drawsFiles() bool { return j.outs.charted() }

// keepPoints has the first pass keep points, if the input can't be read again.
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
	a.OnSample(j.chosen(func(int64) {}, add))
}

// draw collects the points of the charts, for the streams that are worth one.
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
		}
		if err != nil || j.Timeline != nil {
			return err
		}
	}
	if !j.once {
		return nil // interrupted
	}
	j.Result.Warnings = append(j.Result.Warnings, analyze.Warning{Code: "no-chart", Count: 1,
		Text: fmt.Sprintf("stream %d has no chart: too little of it was kept while the pipe was read; save the capture to a file and analyze that", streams[0].ID)})
	return nil
}

// drawn returns the streams that get charts, the worst first. A terminal shows
// one, and only if it has trouble, was asked for, or is the only one.
func (j *job) drawn() []*analyze.Stream {
	if len(j.outs.of(formatHTML)) > 0 {
		return j.Result.Worst(htmlreport.MaxCharts)
	}
	worst := j.Result.Worst(1)
	if !j.drawsFiles() && j.stream < 0 && j.Result.StreamCount > 1 && len(worst) > 0 && !worst[0].InTrouble() {
		return nil
	}
	return worst
}

// secondPass reads the capture again.
func (j *job) secondPass(ctx context.Context, streams []*analyze.Stream) error {
	limit := picturePoints
	if len(j.outs.of(formatHTML)) > 0 {
		limit = pagePoints
	}
	subset := newSubset(streams)
	if slices.ContainsFunc(j.Result.Warnings, func(w analyze.Warning) bool { return w.Code == analyze.WarnClockJump }) {
		subset.all = true // each packet may be needed to tell the time
	}
	j.Timeline = chart.New(limit, subset.ids...)
	a := analyze.New(j.o.config())
	low, high := j.span.Bounds(j.Result.Begin)
	a.OnSample(func(s *analyze.Sample) {
		if t := s.Segment.Time; low <= t && t <= high && subset.rename(s) {
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
