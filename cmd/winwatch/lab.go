package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/capture/experiment"
	"winwatch/capture/kernel"
	"winwatch/cmd/winwatch/internal/term"
)

// runHere runs the experiment in this process's network namespace, and writes
// what was asked for.
func (o *runOptions) runHere(ctx context.Context, s experiment.Scenario, std streams) error {
	// That nobody reads stdout is no reason to leave an experiment half done.
	w, err := o.begin(std, runFormats, nil, func() {})
	if err != nil {
		return err
	}
	defer w.end()
	found, err := collect(s.Name)
	if err != nil {
		return err
	}
	defer found.discard()
	if err := w.keepNaming(found.packets, found.report); err != nil {
		return err
	}

	v := &observation{iface: o.iface, analyzer: analyze.New(analyze.DefaultConfig()), step: o.stepper(std.err)}
	save := []io.Writer{found.packets}
	for _, out := range w.outs.of(formatPCAP) {
		save = append(save, out)
	}
	v.save = io.MultiWriter(save...)
	timeline := chart.New(pagePoints)
	w.listen(v.analyzer)
	v.analyzer.OnSample(timeline.Add)

	clock := readHostClock()
	witness, runErr := v.observe(ctx, s, o.experiment())
	if witness == nil {
		return explainRun(runErr)
	}
	m := &material{source: s.Name + " on " + o.iface, timeline: timeline, kernel: v.kernel}
	m.outside.Witness = witness
	m.result = v.result()
	set := clock.set()
	if set != 0 {
		m.result.Warnings = append(m.result.Warnings, clockSet(set))
	}
	m.outside.Proof = prove(m, withheld(runErr, m.result.Input.Dropped(), set))
	if errors.Is(runErr, context.Canceled) {
		runErr = errors.New("run: interrupted: the report is of what was seen until then")
	}
	if runErr == nil && m.outside.Proof == nil {
		runErr = fmt.Errorf("run: no packet of the experiment was seen on %s: it runs on loopback", o.iface)
	}
	return errors.Join(w.finish(m), explainRun(runErr), found.accuse(m))
}

// withheld says why the packets can't be held against the kernel's numbers, if
// they can't.
func withheld(runErr error, drops uint64, clockSet time.Duration) string {
	switch {
	case runErr != nil:
		return "the experiment was cut short"
	case drops > 0:
		return fmt.Sprintf("%d packets were dropped before they could be captured", drops)
	case clockSet != 0:
		return fmt.Sprintf("the clock was set by %v during the run", clockSet)
	}
	return ""
}

// prove sets the stream of the experiment against what the kernel said of it;
// nil if the stream was not captured.
func prove(m *material, withheld string) *proof.Proof {
	w := m.outside.Witness
	dir := analyze.ClientToServer
	if w.Sender == kernel.ServerEnd {
		dir = analyze.ServerToClient
	}
	for st := range m.result.All() {
		if st.Client == w.Client && st.Server == w.Server {
			return proof.Prove(st, dir, w, m.timeline, withheld)
		}
	}
	return nil
}

// said returns what was inferred: a number, or the interval it must lie in.
func said(r *proof.Row) string {
	if r.Exact {
		return number(r.Inferred)
	}
	return number(r.Low) + " to " + number(r.High)
}

func number(v *int64) string {
	if v == nil {
		return "unknown"
	}
	return fmt.Sprint(*v)
}

// stepper tells what is going on, on a terminal or if asked to.
func (o *runOptions) stepper(stderr io.Writer) func(string) {
	if o.quiet || !o.verbose && !term.IsTerminal(stderr) {
		return nil
	}
	return func(what string) { fmt.Fprintf(stderr, "  %s\n", what) }
}

// listScenarios describes each in a line.
func listScenarios(w io.Writer) error {
	for _, s := range experiment.Scenarios() {
		private := ""
		if s.NeedsIsolation {
			private = " (in a private namespace)"
		}
		if _, err := fmt.Fprintf(w, "%-18s%s%s\n", s.Name, s.Summary, private); err != nil {
			return err
		}
	}
	return nil
}
