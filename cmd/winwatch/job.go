package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/capture"
	"winwatch/capture/live"
	"winwatch/cmd/winwatch/internal/term"
	"winwatch/report"
)

// A job analyzes one capture, from opening it to writing the reports.
type job struct {
	o *analyzeOptions
	*writing
	report.Material
	inputs    []string
	preopened *capture.Preopened
	// once is set if the capture can be read only once.
	once   bool
	unread []capture.Unread
	// nothing is why there is nothing to analyze, although the input is not damaged; nil if
	// there is something.
	nothing error
	// kept holds points of the first pass up to frame keptTo; see keepPoints.
	kept   *chart.Timeline
	keptTo uint64
}

// runOne analyzes the files as one capture.
func (o *analyzeOptions) runOne(ctx context.Context, std streams) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := o.begin(ctx, std, analyzeFormats, o.files, cancel)
	if err != nil {
		return err
	}
	defer w.end()
	if err := w.keepNaming(); err != nil {
		return err
	}
	preopened, err := o.secure()
	if err != nil {
		return err
	}
	defer preopened.Close()
	return o.job(w, o.files, preopened).do(ctx)
}

func (o *analyzeOptions) job(w *writing, inputs []string, preopened *capture.Preopened) *job {
	return &job{o: o, writing: w, inputs: inputs, preopened: preopened,
		Material: report.Material{Source: report.Clean(strings.Join(inputs, ", ")), Hurry: w.hurry}}
}

// do runs the job and reports the inputs it could not read. It returns errDamaged
// if the capture was damaged.
func (j *job) do(ctx context.Context) error {
	errs := []error{j.steps(ctx)}
	if j.Result != nil && (errs[0] != nil && !errors.Is(errs[0], errDamaged) || j.quiet || j.format == stdoutCSV) {
		// What goes to stdout does not say where.
		for _, d := range j.Result.Damage {
			errs = append(errs, damagedError{d})
		}
	}
	for _, u := range j.unread {
		errs = append(errs, explainInput(u.Err))
	}
	return errors.Join(errs...)
}

// steps analyzes the inputs that can be read and writes the outputs. If there is nothing
// to analyze, they say so.
func (j *job) steps(ctx context.Context) error {
	for _, step := range []func(context.Context) error{j.analyze, j.draw, j.account} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if j.nothing != nil && j.format == stdoutText {
		j.stdout = nil // the error says it all
	}
	err := errors.Join(j.finish(ctx, &j.Material), j.nothing)
	if err == nil && len(j.Result.Damage) > 0 {
		return errDamaged
	}
	return err
}

// analyze makes the first pass, which yields everything but the charts.
func (j *job) analyze(ctx context.Context) error {
	patient, stop := pipeContext(ctx)
	defer stop()
	in, once, err := j.openInput(patient)
	if err != nil {
		return err
	}
	defer in.Close()
	if once {
		ctx = patient
	}
	j.once = once
	a := analyze.New(j.o.config())
	j.listen(a)
	j.keepPoints(a)
	if err := j.pass(ctx, in, a, everything); err != nil {
		return err
	}
	j.Result = a.Result()
	for _, u := range j.unread {
		j.Result.Warnings = append(j.Result.Warnings, analyze.Warning{Code: analyze.WarnUnreadInput, Text: explainInput(u.Err).Error(), Count: 1})
	}
	if j.Result.Segments == 0 {
		j.nothing = j.whyNothing()
		return nil
	}
	return j.narrow()
}

// pass reads the capture and analyzes the segments that pick selects.
func (j *job) pass(ctx context.Context, in input, a *analyze.Analyzer, pick picker) error {
	filter, err := j.setFilter(in)
	if err != nil {
		return err
	}
	p := term.StartProgress(j.std.err, in.Offset, in.Size())
	defer p.Stop()
	err = a.Run(ctx, &picked{in, pick, &p.Segments})
	if err == nil && filter != nil {
		err = filter.Err()
	}
	return explainInput(err)
}

// setFilter makes the input skip the packets that the filter after -- rejects. It
// returns nil if there is no filter.
func (j *job) setFilter(in input) (*live.Filter, error) {
	if j.o.filter == "" {
		return nil, nil
	}
	if !canCapture {
		return nil, withHint(errors.New("analyze: filters need libpcap, but this binary was built without it (CGO_ENABLED=0)"),
			"--stream N selects a stream without a filter")
	}
	filter, err := live.NewFilter(j.o.filter)
	if err != nil {
		return nil, usageError{fmt.Errorf("analyze: %w", err)}
	}
	return filter, explainInput(in.SetFilter(filter.Match))
}

// account compares the bytes that the application counted with the worst stream, or
// with the chosen one.
func (j *job) account(context.Context) error {
	if j.o.accepted == 0 {
		return nil
	}
	st, ok := j.Result.WorstStream()
	if !ok {
		j.Result.Warnings = append(j.Result.Warnings, analyze.Warning{Code: analyze.WarnNoStream, Count: 1,
			Text: "--accepted-bytes was compared with nothing: no stream is known"})
		return nil
	}
	accepted, err := proof.NewAccepted(st, st.Verdict.Dir, j.o.accepted)
	if err != nil {
		return usageError{fmt.Errorf("--accepted-bytes %d: %w", j.o.accepted, err)}
	}
	j.Accepted = accepted
	return nil
}
