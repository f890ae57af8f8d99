package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"winwatch/analyze"
	"winwatch/cmd/winwatch/internal/confine"
	"winwatch/cmd/winwatch/internal/flags"
	"winwatch/cmd/winwatch/internal/outfile"
	"winwatch/cmd/winwatch/internal/term"
	"winwatch/report"
	csvreport "winwatch/report/csv"
	jsonreport "winwatch/report/json"
	textreport "winwatch/report/text"
)

// reportOptions are the flags that select what to report, and where.
type reportOptions struct {
	out       []string
	format    string
	stream    int64 // -1: all
	span      flags.Interval
	top       int
	quiet     bool
	verbose   bool
	wireshark bool
}

// The values of --format.
const (
	stdoutText = "text"
	stdoutCSV  = "csv"
	stdoutJSON = "json"
	// stdoutNothing writes nothing: something else writes to stdout.
	stdoutNothing = ""
	// stdoutProof is for the runs that a sweep starts.
	stdoutProof = "proof"
)

var stdoutFormats = []string{stdoutText, stdoutCSV, stdoutJSON}

func (o *reportOptions) flags(f *pflag.FlagSet, formats []format) {
	half := (len(formats) + 1) / 2
	f.StringArrayVarP(&o.out, "output", "o", nil, "write a `FILE` in the format of its ending, and repeat it for several:\n"+
		endings(formats[:half])+",\n"+endings(formats[half:]))
	f.StringVar(&o.format, "format", stdoutText, "what goes to stdout: `text|csv|json`")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print only the verdicts")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "print every stall and probe, and how each number was obtained")
	f.BoolVar(&o.wireshark, "wireshark", false, "print a Wireshark display filter with each finding")
}

func (o *reportOptions) check() error {
	switch {
	case o.format == stdoutProof:
	case !slices.Contains(stdoutFormats, o.format):
		return withHint(usageErrorf("--format %s: unknown format", o.format), "the formats are "+strings.Join(stdoutFormats, ", "))
	case o.quiet && o.verbose:
		return usageErrorf("-q and -v contradict each other")
	}
	return nil
}

// A writing holds everything that a command writes: files and, in one format, stdout.
type writing struct {
	*reportOptions
	outs outputs
	// renamer keeps the right to rename the files if this process drops it; else nil.
	renamer *confine.Renamer
	std     streams
	// stdout is the report on std.out, nil if there is none.
	stdout report.Sink
	// terminal is the original stdout, which may be a terminal.
	terminal io.Writer
	// streamed are the sinks that write while the capture is analyzed, until they are closed.
	streamed []report.SampleSink
	// hurry is closed when the reports have to end soon.
	hurry <-chan struct{}
}

// begin creates the files, none of which may be one of the inputs. It calls stop when the
// reader of stdout goes away and there are no files to write. When ctx is done, writing
// has to end soon.
func (o *reportOptions) begin(ctx context.Context, std streams, formats []format, inputs []string, stop context.CancelFunc) (*writing, error) {
	outs, err := createOutputs(o.out, formats, inputs)
	if err != nil {
		return nil, err
	}
	w := &writing{reportOptions: o, outs: outs, std: std, terminal: std.out, hurry: hurry(ctx)}
	w.std.out = &impatientWriter{Writer: std.out, over: w.hurry}
	if len(outs) == 0 {
		w.std.out = &pipe{w.std.out, stop}
	}
	return w, nil
}

// keepNaming starts a process that keeps the right to rename the files, and others, if
// this process gives it up.
func (w *writing) keepNaming(others ...*outfile.File) (err error) {
	files := others
	for _, o := range w.outs {
		files = append(files, o.File)
	}
	if len(files) == 0 || !dropsRoot() {
		return nil
	}
	if w.renamer, err = confine.StartRenamer(files); err != nil {
		return fmt.Errorf("keep the right to rename files: %w", err)
	}
	return nil
}

// end removes unfinished files.
func (w *writing) end() {
	for _, s := range w.streamed {
		s.Close(nil) // what it wrote is of no use any more
	}
	w.outs.discard()
	w.renamer.Stop()
}

// listen creates the sinks, and connects those that are streamed to the analysis.
func (w *writing) listen(a *analyze.Analyzer) {
	for i := range w.outs {
		o := &w.outs[i]
		if create := o.format.spec().sink; create != nil {
			o.sink = create(o.File)
			w.follow(a, o.sink)
		}
	}
	if w.stdout = w.stdoutSink(); w.stdout != nil {
		w.follow(a, w.stdout)
	}
}

func (w *writing) stdoutSink() report.Sink {
	switch w.format {
	case stdoutText:
		return report.Whole(w.text)(w.std.out)
	case stdoutCSV:
		return csvreport.NewWindow(w.std.out)
	case stdoutJSON:
		return report.Whole(jsonreport.Write)(w.std.out)
	case stdoutProof:
		return report.Whole(jsonreport.Proof)(w.std.out)
	}
	return nil
}

// follow passes the chosen samples to a sink that takes samples.
func (w *writing) follow(a *analyze.Analyzer, s report.Sink) {
	if s, ok := s.(report.SampleSink); ok {
		w.streamed = append(w.streamed, s)
		a.OnSample(w.chosen(s.Add))
	}
}

// chosen returns a function that passes the samples of the chosen stream and time on to f.
func (o *reportOptions) chosen(f func(*analyze.Sample)) func(*analyze.Sample) {
	if o.stream < 0 && !o.span.Given() {
		return f
	}
	started, low, high := false, int64(0), int64(0)
	return func(s *analyze.Sample) {
		if !started {
			started = true
			low, high = o.span.Bounds(s.Time - int64(s.Elapsed))
		}
		if (o.stream < 0 || s.Stream == o.stream) && low <= s.Time && s.Time <= high {
			f(s)
		}
	}
}

// wantsCharts reports whether any output contains a chart.
func (w *writing) wantsCharts() bool {
	return w.format == stdoutText && !w.quiet || w.outs.charted()
}

// finish completes all outputs. A format that fails does not affect the others. The
// report on stdout comes last, because its reader may be slow; but if ctx is done it comes
// first, because there may be no time for all.
func (w *writing) finish(ctx context.Context, m *report.Material) error {
	w.streamed = nil
	steps := []func(*report.Material) error{w.finishFiles, w.finishStdout}
	if ctx.Err() != nil {
		slices.Reverse(steps)
	}
	return errors.Join(steps[0](m), steps[1](m))
}

func (w *writing) finishFiles(m *report.Material) error {
	var errs []error
	for _, o := range w.outs {
		if o.sink != nil {
			o.Fail(o.sink.Close(m))
		}
		errs = append(errs, o.Commit())
	}
	return errors.Join(errs...)
}

func (w *writing) finishStdout(m *report.Material) error {
	if w.stdout == nil {
		return nil
	}
	return ignoreEPIPE(w.stdout.Close(m))
}

// text writes the terminal report.
func (w *writing) text(out io.Writer, m *report.Material) error {
	opt := term.TextOptions(w.terminal)
	opt.Top, opt.Quiet, opt.Verbose, opt.Wireshark = w.top, w.quiet, w.verbose, w.wireshark
	if w.stream >= 0 {
		opt.Stream = &w.stream
	}
	low, high := w.span.Bounds(m.Result.Begin)
	if w.span.From.Given() {
		opt.From = max(time.Duration(low-m.Result.Begin), 0)
	}
	if w.span.To.Given() {
		opt.To = max(time.Duration(high-m.Result.Begin), 1)
	}
	return textreport.Write(out, m, opt)
}

// ignoreEPIPE ignores the error of writing to a pipe whose reader went away: the reader has
// seen enough.
func ignoreEPIPE(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// A pipe calls broken when its reader has gone away.
type pipe struct {
	io.Writer
	broken func()
}

func (p *pipe) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		p.broken()
	}
	return n, err
}
