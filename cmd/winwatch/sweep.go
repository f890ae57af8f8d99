package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"winwatch/cmd/winwatch/internal/flags"
	"winwatch/cmd/winwatch/internal/term"
	"winwatch/report"
	csvreport "winwatch/report/csv"
	textreport "winwatch/report/text"
)

// sweepable are the flags that a sweep can vary.
var sweepable = []string{"rcvbuf", "sndbuf", "chunk", "congestion", "read-size", "read-interval", "hold", "mtu"}

// maxCells bounds the number of runs: more would take too long.
const maxCells = 4096

// An axis is one setting and its values.
type axis struct {
	name   string
	values []string
}

// parseAxes parses the values of --sweep, each with the parser of its flag.
func parseAxes(sweeps []string, set *pflag.FlagSet) ([]axis, error) {
	var axes []axis
	cells := 1
	for _, s := range sweeps {
		name, list, _ := strings.Cut(s, "=")
		a := axis{name, strings.Split(list, ",")}
		if !slices.Contains(sweepable, name) {
			return nil, withHint(usageErrorf("--sweep %s: %q can't be varied", s, name), "the flags that can: "+strings.Join(sweepable, ", "))
		}
		if slices.ContainsFunc(axes, func(b axis) bool { return b.name == name }) {
			return nil, usageErrorf("--sweep %s: %s is varied twice", s, name)
		}
		for i, v := range a.values {
			f := set.Lookup(name)
			if err := f.Value.Set(v); err != nil || f.Value.String() == f.DefValue {
				return nil, withHint(usageErrorf("--sweep %s: %q is not a valid value for --%s", s, v, name), "want --sweep "+name+"=VALUE,VALUE...")
			}
			if z, ok := f.Value.(*flags.Size); ok {
				a.values[i] = strconv.Itoa(z.Bytes) // spreadsheets can't read 64k
			}
		}
		axes = append(axes, a)
		if cells *= len(a.values); cells > maxCells {
			return nil, usageErrorf("--sweep: more than %d runs", maxCells)
		}
	}
	return axes, nil
}

// fixedFlags returns the flags of the experiment that were given.
func fixedFlags(flags *pflag.FlagSet) []string {
	var args []string
	flags.Visit(func(f *pflag.Flag) {
		if slices.Contains(sweepable, f.Name) || f.Name == "ipv6" || f.Name == "port" || f.Name == "link" {
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	})
	return args
}

// grid returns all combinations of the values, the last axis varying fastest.
func grid(axes []axis) [][]string {
	cells := [][]string{nil}
	for _, a := range axes {
		var next [][]string
		for _, c := range cells {
			for _, v := range a.values {
				next = append(next, append(slices.Clone(c), v))
			}
		}
		cells = next
	}
	return cells
}

// runSweep runs the scenario with every combination: several at a time, each in a private
// namespace or, if namespaces are forbidden, one after the other on the host.
func (o *runOptions) runSweep(ctx context.Context, std streams, axes []axis) error {
	outs, err := createOutputs(o.out, []format{formatCSV}, nil)
	if err != nil {
		return err
	}
	defer outs.discard()
	s := &report.Sweep{}
	for _, a := range axes {
		s.Settings = append(s.Settings, a.name)
	}
	var runs [][]string
	for _, values := range grid(axes) {
		args := append([]string{"run", o.scenario, "--format=" + stdoutProof}, o.fixed...)
		for i, v := range values {
			args = append(args, "--"+axes[i].name+"="+v)
		}
		runs = append(runs, args)
		s.Cells = append(s.Cells, report.SweepCell{Values: values})
	}
	if err := o.runCells(ctx, runs, s.Cells, std); err != nil {
		return explainRun(err)
	}
	defer endInTime(ctx)()
	return o.reportSweep(s, outs, std)
}

// reportSweep writes the table. It returns an error if winwatch disagrees with the kernel in
// any run.
func (o *runOptions) reportSweep(s *report.Sweep, outs outputs, std streams) error {
	var errs []error
	for _, out := range outs {
		out.Fail(csvreport.Sweep(out, s))
		errs = append(errs, out.Commit())
	}
	if o.format == stdoutCSV {
		errs = append(errs, ignoreEPIPE(csvreport.Sweep(std.out, s)))
	} else {
		errs = append(errs, ignoreEPIPE(textreport.Sweep(std.out, s, term.TextOptions(std.out))))
	}
	interrupted, failed, wrong := 0, 0, 0
	for i := range s.Cells {
		switch c := &s.Cells[i]; {
		case errors.Is(c.Err, errInterrupted):
			interrupted++
		case c.Err != nil:
			failed++
		case c.Proof.Wrong():
			wrong++
		}
	}
	if interrupted > 0 {
		errs = append(errs, fmt.Errorf("run: interrupted after %d of %d runs", len(s.Cells)-interrupted, len(s.Cells)))
	}
	if failed > 0 {
		errs = append(errs, fmt.Errorf("run: %d of %d runs failed", failed, len(s.Cells)))
	}
	if wrong > 0 {
		errs = append(errs, withHint(fmt.Errorf("run: winwatch disagrees with the kernel in %d of %d runs", wrong, len(s.Cells)),
			"run one of them alone: it saves the files needed to report the problem"))
	}
	return errors.Join(errs...)
}
