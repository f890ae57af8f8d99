package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"winwatch/capture/experiment"
	"winwatch/cmd/winwatch/internal/flags"
	"winwatch/cmd/winwatch/internal/term"
	"winwatch/report"
	csvreport "winwatch/report/csv"
	"winwatch/report/plot"
	textreport "winwatch/report/text"
)

// sweepable are the flags that a sweep can vary.
var sweepable = []string{"rcvbuf", "sndbuf", "chunk", "congestion", "read-size", "read-interval", "hold", "mtu"}

// sweepScenario is what a sweep calls the scenario, which is no flag.
const sweepScenario = "scenario"

// maxCells bounds the number of runs: more would take too long.
const maxCells = 4096

// An axis is one setting and its values.
type axis struct {
	report.Setting
	values []report.Value
	// ofLink is set if the setting is a part of --link.
	ofLink bool
}

// parseAxes parses the values of --sweep, each with the parser of its flag.
func parseAxes(sweeps []string, set *pflag.FlagSet) ([]axis, error) {
	var axes []axis
	cells := 1
	for _, s := range sweeps {
		name, list, _ := strings.Cut(s, "=")
		a := axis{Setting: settingNamed(name), ofLink: slices.Contains(linkKeys, name)}
		parse := flagParser(set, name)
		switch {
		case a.ofLink:
			parse = linkParser(name)
		case name == sweepScenario:
			parse = parseScenario
		case parse == nil:
			return nil, withHint(usageErrorf("--sweep %s: %q can't be varied", s, name),
				"what can: "+strings.Join(slices.Concat(sweepable, []string{sweepScenario}), ", ")+"; of a link: "+strings.Join(linkKeys, ", "))
		}
		if slices.ContainsFunc(axes, func(b axis) bool { return b.Name == name }) {
			return nil, usageErrorf("--sweep %s: %s is varied twice", s, name)
		}
		for _, text := range strings.Split(list, ",") {
			number, err := parse(text)
			if err != nil {
				var hint hinted
				if errors.As(err, &hint) {
					return nil, err
				}
				return nil, withHint(usageErrorf("--sweep %s: %w", s, err), "want --sweep "+name+"=VALUE,VALUE...")
			}
			a.values = append(a.values, report.Value{Text: text, Number: number})
		}
		axes = append(axes, a)
		if cells *= len(a.values); cells > maxCells {
			return nil, usageErrorf("--sweep: more than %d runs", maxCells)
		}
	}
	return axes, nil
}

// flagParser returns a function that parses the value of a flag, and returns it as a number
// in the unit of the setting; NaN if it is none. It returns nil if the flag can't be varied.
func flagParser(set *pflag.FlagSet, name string) func(string) (float64, error) {
	f := set.Lookup(name)
	if f == nil || !slices.Contains(sweepable, name) {
		return nil
	}
	return func(text string) (float64, error) {
		if err := f.Value.Set(text); err != nil || f.Value.String() == f.DefValue {
			return 0, fmt.Errorf("%q is not a valid value for --%s", text, name)
		}
		if z, ok := f.Value.(*flags.Size); ok {
			return float64(z.Bytes), nil
		}
		if d, err := time.ParseDuration(text); err == nil {
			return float64(d), nil
		}
		if n, err := strconv.Atoi(text); err == nil {
			return float64(n), nil
		}
		return math.NaN(), nil
	}
}

func parseScenario(name string) (float64, error) {
	_, err := findScenario(name)
	return math.NaN(), err
}

// fixedFlags returns the flags of the experiment that were given.
func (o *runOptions) fixedFlags(flags *pflag.FlagSet) []string {
	var args []string
	flags.Visit(func(f *pflag.Flag) {
		switch {
		case f.Name == "at":
			args = append(args, "--at="+strings.Join(o.at, ","))
		case slices.Contains(sweepable, f.Name) || f.Name == "ipv6" || f.Name == "port" || f.Name == "link":
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	})
	return args
}

// grid returns all combinations of the values, the last axis varying fastest.
func grid(axes []axis) [][]report.Value {
	cells := [][]report.Value{nil}
	for _, a := range axes {
		var next [][]report.Value
		for _, c := range cells {
			for _, v := range a.values {
				next = append(next, append(slices.Clone(c), v))
			}
		}
		cells = next
	}
	return cells
}

// cellArgs returns the arguments of the run with these values, or an error if they don't
// make a link.
func (o *runOptions) cellArgs(axes []axis, values []report.Value) ([]string, error) {
	scenario, link, linked := o.scenario, o.link, false
	var varied []string
	for i, v := range values {
		switch a := &axes[i]; {
		case a.ofLink:
			link, linked = withKey(link, a.Name, v.Text), true
		case a.Name == sweepScenario:
			scenario = v.Text
		default:
			varied = append(varied, "--"+a.Name+"="+v.Text)
		}
	}
	if linked {
		varied = append(varied, "--link="+link)
		s, err := findScenario(scenario)
		if err != nil {
			return nil, err
		}
		if _, err := s.LinkConfig(&experiment.Config{Link: link}); err != nil {
			return nil, usageError{fmt.Errorf("run: --link %s: %w", link, err)}
		}
	}
	return slices.Concat([]string{"run", scenario, "--format=" + stdoutProof}, o.fixed, varied), nil
}

// runSweep runs the scenario with every combination, each in a private namespace or, if
// namespaces are forbidden, one after the other on the host.
func (o *runOptions) runSweep(ctx context.Context, std streams, axes []axis) error {
	outs, err := createOutputs(o.out, sweepFormats, nil)
	if err != nil {
		return err
	}
	defer outs.discard()
	s := &report.Sweep{Title: "winwatch run"}
	if !slices.ContainsFunc(axes, func(a axis) bool { return a.Name == sweepScenario }) {
		s.Title += " " + o.scenario
	}
	s.Title = strings.Join(append([]string{s.Title}, o.fixed...), " ")
	for _, a := range axes {
		s.Settings = append(s.Settings, a.Setting)
	}
	var runs [][]string
	for _, values := range grid(axes) {
		args, err := o.cellArgs(axes, values)
		if err != nil {
			return err
		}
		runs = append(runs, args)
		s.Cells = append(s.Cells, report.SweepCell{Values: values})
	}
	if err := o.runCells(ctx, runs, s.Cells, o.atOnce(axes), std); err != nil {
		return explainRun(err)
	}
	for i := range s.Cells {
		s.Cells[i].LinkRate = linkRate(s.Cells[i].Proof)
	}
	defer endInTime(ctx)()
	return o.reportSweep(s, outs, std)
}

// atOnce returns how many runs may take place at the same time.
func (o *runOptions) atOnce(axes []axis) int {
	scenarios := []string{o.scenario}
	for _, a := range axes {
		if a.Name == sweepScenario {
			scenarios = nil
			for _, v := range a.values {
				scenarios = append(scenarios, v.Text)
			}
		}
	}
	for _, name := range scenarios {
		if s, err := experiment.Find(name); err == nil && o.linked(s) {
			// A link delays packets with timers. Another run on the same CPUs makes it late,
			// which a sender can't tell from a longer path.
			return 1
		}
	}
	return 2 * runtime.NumCPU() // runs on loopback mostly wait
}

// sweepFormats are the formats of a sweep.
var sweepFormats = []format{formatCSV, formatPNG, formatSVG}

// writeSweep writes the sweep in a format of files.
func writeSweep(w io.Writer, f format, s *report.Sweep) error {
	switch f {
	case formatPNG:
		return plot.SweepPNG(w, s)
	case formatSVG:
		return plot.SweepSVG(w, s)
	}
	return csvreport.Sweep(w, s)
}

// reportSweep writes the table. It returns an error if winwatch disagrees with the kernel in
// any run.
func (o *runOptions) reportSweep(s *report.Sweep, outs outputs, std streams) error {
	var errs []error
	for _, out := range outs {
		out.Fail(writeSweep(out, out.format, s))
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
