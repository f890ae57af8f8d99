package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report"
)

// A job is the analysis of one capture, from the reading to the writing.
type job struct {
	o     *analyzeOptions
	files []string
	std   streams
	*writing
	material
	damage []*capture.DamageError
}

// The bounds on the points that are kept for charts: on the whole, a page holds
// more than a picture or a terminal can show.
const (
	pagePoints    = 400_000
	picturePoints = 50_000
)

// runOne analyzes the files as one capture.
func (o *analyzeOptions) runOne(ctx context.Context, files []string, std streams) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := o.begin(std, analyzeFormats, files, cancel)
	if err != nil {
		return err
	}
	defer w.outs.discard()
	j := &job{o: o, files: files, std: std, writing: w}
	j.source = strings.Join(files, ", ")
	if err := j.analyze(ctx); err != nil {
		return err
	}
	if err := j.draw(ctx); err != nil {
		return err
	}
	if err := j.account(); err != nil {
		return err
	}
	err = w.finish(&j.material)
	if err == nil && len(j.damage) > 0 {
		return errDamaged
	}
	return err
}

// analyze is the first pass: everything but the charts.
func (j *job) analyze(ctx context.Context) error {
	a := analyze.New(j.o.config())
	j.listen(a)
	if j.isStream() && j.wantsCharts() {
		j.timeline = analyze.NewTimeline(picturePoints)
		a.OnSample(j.chosen(j.timeline.Add))
	}
	counters, err := j.pass(ctx, a)
	if err != nil {
		return err
	}
	j.result = a.Result()
	j.result.Input = counters
	for _, d := range j.damage {
		j.result.Warnings = append(j.result.Warnings, analyze.Warning{Code: "damaged-input", Text: d.Error(), Frame: d.Frame, Count: 1})
	}
	if ctx.Err() != nil && !j.isStream() {
		j.result.Warnings = append(j.result.Warnings, analyze.Warning{
			Code: "interrupted", Text: "the reading was interrupted: the capture goes on", Count: 1})
	}
	if err := j.nothing(); err != nil {
		return err
	}
	return j.narrow()
}

// pass reads the capture once into a.
func (j *job) pass(ctx context.Context, a *analyze.Analyzer) (capture.Counters, error) {
	in, err := j.open()
	if err != nil {
		return capture.Counters{}, explainInput(err)
	}
	defer in.Close()
	if j.isStream() {
		// Ctrl-C ends the program that writes to the pipe too; what it has
		// written is still to be read.
		ctx = context.WithoutCancel(ctx)
	}
	p := newProgress(j.std.err, in.Offset, in.Size())
	defer p.stop()
	damage, err := feed(ctx, in, a, &p.segments)
	j.damage = damage
	return in.Counters(), err
}

// isStream reports whether the capture can be read only once.
func (j *job) isStream() bool { return j.files[0] == "-" }

// nothing explains why there is nothing to tell.
func (j *job) nothing() error {
	r := j.result
	if r.Segments > 0 {
		return nil
	}
	name := j.source
	var err error
	switch {
	case r.Input.Frames == 0:
		err = fmt.Errorf("%s: the capture holds no packets", name)
	default:
		var why []string
		for skip, n := range r.Input.Skips() {
			why = append(why, fmt.Sprintf("%d %s", n, skip))
		}
		err = fmt.Errorf("%s: no TCP in its %d packets: %s", name, r.Input.Frames, strings.Join(why, ", "))
	}
	if len(j.damage) > 0 {
		fmt.Fprintf(j.std.err, "winwatch: %s\n", printable(j.damage[0].Error()))
		return errDamaged
	}
	return err
}

// narrow leaves what was chosen in the result: one stream, or those that were
// alive in a span of time. The totals stay the capture's.
func (j *job) narrow() error {
	var streams []*analyze.Stream
	switch low, high := j.span.bounds(j.result.Begin); {
	case j.stream >= 0:
		st := j.result.Stream(j.stream)
		if st == nil {
			return fmt.Errorf("stream %d: the capture has %d streams, counted from 0", j.stream, j.result.StreamCount)
		}
		streams = append(streams, st)
	case j.span.set():
		for st := range j.result.All() {
			if st.Begin <= high && st.End >= low {
				streams = append(streams, st)
			}
		}
		if len(streams) == 0 {
			return fmt.Errorf("%s: no stream was alive in the chosen time", j.source)
		}
	default:
		return nil
	}
	r := *j.result
	r.SetStreams(streams)
	r.Verdicts = slices.DeleteFunc(slices.Clone(r.Verdicts), func(v analyze.Verdict) bool { return r.Stream(v.Stream) == nil })
	if len(r.Verdicts) == 0 && j.stream >= 0 {
		r.Verdicts = []analyze.Verdict{streams[0].Verdict}
	}
	j.result = &r
	return nil
}

// draw is the second pass: the points of the charts, for the streams that are
// worth one.
func (j *job) draw(ctx context.Context) error {
	if j.timeline != nil || !j.wantsCharts() || ctx.Err() != nil {
		return nil
	}
	want, limit := 1, picturePoints
	if len(j.outs.of(formatHTML)) > 0 {
		want, limit = report.HTMLMaxCharts, pagePoints
	}
	var ids []int64
	for _, st := range j.result.Worst(want) {
		ids = append(ids, st.ID)
	}
	j.timeline = analyze.NewTimeline(limit, ids...)
	a := analyze.New(j.o.config())
	a.OnSample(j.chosen(j.timeline.Add))
	damage := j.damage
	_, err := j.pass(ctx, a)
	j.damage = damage
	return err
}

// account sets what the application counted against the worst stream, or the
// chosen one.
func (j *job) account() error {
	if j.o.accepted == 0 {
		return nil
	}
	st := j.result.Worst(1)[0]
	accepted, err := analyze.NewAccepted(st, busier(st), j.o.accepted)
	if err != nil {
		return usageError{fmt.Errorf("--accepted-bytes %d: %w", j.o.accepted, err)}
	}
	j.outside.Accepted = accepted
	return nil
}

// busier returns the direction with more payload.
func busier(st *analyze.Stream) analyze.Dir {
	if st.Dirs[analyze.ServerToClient].Bytes > st.Dirs[analyze.ClientToServer].Bytes {
		return analyze.ServerToClient
	}
	return analyze.ClientToServer
}

// input is an open capture.
type input interface {
	source
	Offset() int64
	Size() int64
	Close() error
}

// open opens the capture.
func (j *job) open() (input, error) {
	if !j.isStream() {
		return capture.Open(j.files[0])
	}
	if err := refuseTerminal(j.std.in); err != nil {
		return nil, err
	}
	return capture.NewReader(j.std.in, "standard input")
}
