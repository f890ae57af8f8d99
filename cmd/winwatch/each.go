package main

import (
	"context"
	"errors"
	"fmt"

	"winwatch/capture"
	"winwatch/report"
)

// runEach analyzes each file for itself, and tells of all in one table. A file
// that can't be read keeps no other from being told of.
func (o *analyzeOptions) runEach(ctx context.Context, std streams) error {
	held, err := o.secure()
	if err != nil {
		return err
	}
	defer held.Close()
	names := o.names(held)
	inner := o.reportOptions
	if o.quiet {
		inner.format = stdoutNothing
	}
	var table []report.Summary
	failed, damaged := false, false
	for _, name := range names {
		if ctx.Err() != nil {
			break
		}
		j := o.job(&writing{reportOptions: &inner, std: std, terminal: std.out}, []string{name}, held)
		if !o.quiet {
			fmt.Fprintf(std.out, "%s\n\n", report.Clean(name))
		}
		err := j.do(ctx)
		switch {
		case errors.Is(err, errDamaged):
			damaged = true
		case err != nil:
			failed = tell(std.err, err) != statusDamaged || failed
			damaged = true
		}
		if !o.quiet {
			fmt.Fprintln(std.out)
		}
		table = append(table, report.NewSummary(name, j.result, err))
	}
	err = ignoreEPIPE(report.Summaries(std.out, table, terminalOptions(std.out)))
	switch {
	case failed:
		err = errors.Join(err, errReported)
	case damaged:
		err = errors.Join(err, errDamaged)
	}
	return err
}

// names lists the captures, those of directories in the order of their time. A
// directory in which there is nothing to read stands for itself, to be told of.
func (o *analyzeOptions) names(held *capture.Preopened) (names []string) {
	for _, name := range o.files {
		if !held.IsDir(name) {
			names = append(names, name)
			continue
		}
		files, err := held.OpenAll([]string{name})
		if err != nil {
			names = append(names, name)
			continue
		}
		names = append(names, allNames(files)...)
		files.Close()
	}
	return names
}
