package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/proof"
	"winwatch/capture/experiment"
	"winwatch/capture/kernel"
	"winwatch/capture/words"
	"winwatch/report"
)

// runHere runs the experiment in the network namespace of this process and writes all
// outputs.
func (o *runOptions) runHere(ctx context.Context, s experiment.Scenario, std streams) error {
	defer endInTime(ctx)()
	// Complete the experiment even if the reader of stdout goes away.
	o.nameByPoint()
	w, err := o.begin(ctx, std, runFormats, nil, func() {})
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

	v := &observation{iface: o.iface, analyzer: analyze.New(analyze.DefaultConfig())}
	v.save = o.writers(found.packets, w.outs.of(formatPCAP))
	timeline := chart.New(pagePoints)
	w.listen(v.analyzer)
	v.analyzer.OnSample(timeline.Add)

	clock := readHostClock()
	v.show = o.show(s, std.err)
	witness, runErr := v.observe(ctx, s, o.experiment())
	if witness == nil {
		return explainRun(runErr)
	}
	m := &report.Material{Source: report.Clean(s.Name + " " + o.where(s)), Timeline: timeline, Kernel: v.kernel, Hurry: w.hurry}
	m.Witness = witness
	m.Result = v.analyzer.Result()
	set := clock.set()
	if set != 0 {
		m.Result.Warnings = append(m.Result.Warnings, clockSet(set))
	}
	m.Proof = prove(m, withheld(runErr, v.missed(), set, witness.Path))
	if errors.Is(runErr, context.Canceled) {
		runErr = errors.New("run: interrupted: the report covers only what was captured so far")
	}
	if runErr == nil && m.Proof == nil {
		runErr = fmt.Errorf("run: no packets of the experiment were captured %s", o.where(s))
	}
	return errors.Join(w.finish(ctx, m), explainRun(runErr), found.accuse(m))
}

// withheld returns why the packets can't be compared with the kernel's numbers, or "" if
// they can.
func withheld(runErr error, missed uint64, clockSet time.Duration, path *kernel.Path) string {
	switch {
	case runErr != nil:
		return "the experiment was cut short"
	case missed > 0:
		return "the capture lacks " + words.Counted(missed, "packet") + ", which came faster than they could be read"
	case path != nil && path.Missed() > 0:
		return fmt.Sprintf("the link failed to pass on %s, which it should have delivered", words.Counted(path.Missed(), "packet"))
	case clockSet != 0:
		return fmt.Sprintf("the clock was set by %v during the run", clockSet)
	}
	return ""
}

// prove compares the stream of the experiment with the kernel. It returns nil if the stream
// was not captured.
func prove(m *report.Material, withheld string) *proof.Proof {
	w := m.Witness
	dir := analyze.ClientToServer
	if w.Sender == kernel.ServerEnd {
		dir = analyze.ServerToClient
	}
	var others []*analyze.Stream
	for _, c := range w.Others {
		if st := streamOf(m, c); st != nil {
			others = append(others, st)
		}
	}
	st := streamOf(m, kernel.Connection{Client: w.Client, Server: w.Server})
	if st == nil {
		return nil
	}
	return proof.Prove(st, dir, w, m.Timeline, withheld, others...)
}

// streamOf returns the captured stream of a connection, or nil.
func streamOf(m *report.Material, c kernel.Connection) *analyze.Stream {
	for st := range m.Result.All() {
		if st.Client == c.Client && st.Server == c.Server {
			return st
		}
	}
	return nil
}
