package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture/kernel"
	"winwatch/cmd/winwatch/internal/confine"
	"winwatch/cmd/winwatch/internal/flags"
	"winwatch/cmd/winwatch/internal/outfile"
	"winwatch/cmd/winwatch/internal/term"
	"winwatch/report"
)

// reportOptions are the flags that say what is told, and where.
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

// The words that --format takes.
const (
	stdoutText = "text"
	stdoutCSV  = "csv"
	stdoutJSON = "json"
	// stdoutNothing leaves stdout to another.
	stdoutNothing = ""
	// stdoutProof is for sweeps, which run this program many times.
	stdoutProof = "proof"
)

var stdoutFormats = []string{stdoutText, stdoutCSV, stdoutJSON}

func (o *reportOptions) flags(f *pflag.FlagSet, formats []format) {
	half := (len(formats) + 1) / 2
	f.StringArrayVarP(&o.out, "output", "o", nil, "write a `FILE` in the format of its ending, and repeat it for several:\n"+
		endings(formats[:half])+",\n"+endings(formats[half:]))
	f.StringVar(&o.format, "format", stdoutText, "what goes to stdout: `text|csv|json`")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the verdicts only")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "print every stall and probe, and how each number was obtained")
	f.BoolVar(&o.wireshark, "wireshark", false, "print with each finding a display filter, to paste into Wireshark")
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

// A writing is what a command writes: files and, in one format, stdout.
type writing struct {
	*reportOptions
	outs outputs
	// renamer keeps the right to rename them after this process drops it; it may be nil.
	renamer *confine.Renamer
	std     streams
	csvs    []*report.CSV
	// terminal is stdout as it was given: it may be a terminal.
	terminal io.Writer
}

// begin creates the files, none of which may be one of the inputs. If nobody
// reads stdout any more and it is all there is to write, stop is called.
func (o *reportOptions) begin(std streams, formats []format, inputs []string, stop context.CancelFunc) (*writing, error) {
	outs, err := createOutputs(o.out, formats, inputs)
	if err != nil {
		return nil, err
	}
	w := &writing{reportOptions: o, outs: outs, std: std, terminal: std.out}
	if len(outs) == 0 {
		w.std.out = &pipe{std.out, stop}
	}
	return w, nil
}

// keepNaming has the files, and others, named by a process that keeps the right
// to do so, if this one gives it up.
func (w *writing) keepNaming(others ...*outfile.File) (err error) {
	files := others
	for _, o := range w.outs {
		files = append(files, o.File)
	}
	if len(files) == 0 || !confine.DropsRoot() {
		return nil
	}
	if w.renamer, err = confine.StartRenamer(files); err != nil {
		return fmt.Errorf("keep the right to name files: %w", err)
	}
	return nil
}

// end removes the files that were not finished.
func (w *writing) end() {
	w.outs.discard()
	w.renamer.Stop()
}

// listen has the formats that are streamed follow the analysis.
func (w *writing) listen(a *analyze.Analyzer) {
	for _, o := range w.outs.of(formatCSV) {
		w.csvs = append(w.csvs, report.NewCSV(o))
	}
	if w.format == stdoutCSV {
		w.csvs = append(w.csvs, report.NewCSV(w.std.out))
	}
	for _, c := range w.csvs {
		a.OnSample(w.chosen(c.StartAt, c.Add))
	}
}

// chosen lets through the samples of the chosen stream and time. begin is told
// when the capture began, if some are left out.
func (o *reportOptions) chosen(begin func(ns int64), f func(*analyze.Sample)) func(*analyze.Sample) {
	if o.stream < 0 && !o.span.Given() {
		return f
	}
	started, low, high := false, int64(0), int64(0)
	return func(s *analyze.Sample) {
		if !started {
			started = true
			low, high = o.span.Bounds(s.Segment.Time)
			begin(s.Segment.Time)
		}
		if (o.stream < 0 || s.Stream == o.stream) && low <= s.Segment.Time && s.Segment.Time <= high {
			f(s)
		}
	}
}

// wantsCharts reports whether anything that is written holds a chart.
func (w *writing) wantsCharts() bool {
	return w.format == stdoutText && !w.quiet || len(w.outs.of(formatHTML, formatPNG, formatSVG)) > 0
}

// material is all that reports are made from.
type material struct {
	// source names what was analyzed.
	source   string
	result   *analyze.Result
	timeline *chart.Timeline
	outside  report.Outside
	kernel   []kernel.Sample
}

// finish writes everything, and finishes what was streamed. A format that fails
// leaves the others standing.
func (w *writing) finish(m *material) error {
	var errs []error
	for _, c := range w.csvs {
		errs = append(errs, ignoreEPIPE(c.Close()))
	}
	for _, o := range w.outs {
		o.Fail(w.file(o, m))
		errs = append(errs, o.Commit())
	}
	switch w.format {
	case stdoutText:
		errs = append(errs, ignoreEPIPE(w.text(m)))
	case stdoutJSON:
		errs = append(errs, ignoreEPIPE(report.JSON(w.std.out, m.result, &m.outside)))
	case stdoutProof:
		errs = append(errs, json.NewEncoder(w.std.out).Encode(m.outside.Proof))
	}
	return errors.Join(errs...)
}

// text writes the report for people, as the terminal can show it.
func (w *writing) text(m *material) error {
	opt := term.TextOptions(w.terminal)
	opt.Top, opt.Quiet, opt.Verbose, opt.Wireshark = w.top, w.quiet, w.verbose, w.wireshark
	if w.stream >= 0 {
		opt.Stream = &w.stream
	}
	low, high := w.span.Bounds(m.result.Begin)
	if w.span.From.Given() {
		opt.From = max(time.Duration(low-m.result.Begin), 0)
	}
	if w.span.To.Given() {
		opt.To = max(time.Duration(high-m.result.Begin), 1)
	}
	return report.Text(w.std.out, m.result, m.timeline, &m.outside, opt)
}

// file writes one file.
func (w *writing) file(o output, m *material) error {
	switch o.format {
	case formatEvents:
		return report.EventsCSV(o, m.result)
	case formatKernel:
		return kernelCSV(o, m)
	case formatJSON:
		return report.JSON(o, m.result, &m.outside)
	case formatHTML:
		return report.HTML(o, &report.HTMLPage{Source: m.source, Result: m.result, Timeline: m.timeline,
			Witness: m.outside.Witness, Kernel: m.kernel, Proof: m.outside.Proof, Accepted: m.outside.Accepted})
	case formatPNG:
		return report.PNG(o, m.result, m.timeline)
	case formatSVG:
		return report.SVG(o, m.result, m.timeline)
	}
	return nil // the window timeline and the packets were streamed
}

func kernelCSV(w io.Writer, m *material) error {
	k := report.NewKernelCSV(w)
	if m.result.Segments > 0 {
		k.StartAt(m.result.Begin)
	}
	for i := range m.kernel {
		k.Add(&m.kernel[i])
	}
	return k.Close()
}

// ignoreEPIPE passes over that nobody reads the output any more: whoever did
// has seen enough.
func ignoreEPIPE(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// A pipe calls broken when nobody reads it any more.
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
