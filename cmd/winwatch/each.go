package main

import (
	"context"
	"errors"
	"fmt"

	"winwatch/capture"
	"winwatch/cmd/winwatch/internal/term"
	"winwatch/report"
	textreport "winwatch/report/text"
)

// runEach analyzes each file separately and summarizes all of them in a table. Files that
// can't be read do not affect the others.
func (o *analyzeOptions) runEach(ctx context.Context, std streams) error {
	preopened, err := o.secure()
	if err != nil {
		return err
	}
	defer preopened.Close()
	names := o.names(preopened)
	terminal, over := std.out, hurry(ctx)
	std.out = &impatientWriter{Writer: terminal, over: over}
	inner := o.reportOptions
	if o.quiet {
		inner.format = stdoutNothing
	}
	var table []textreport.Summary
	failed, damaged := false, false
	for _, name := range names {
		if ctx.Err() != nil {
			break
		}
		j := o.job(&writing{reportOptions: &inner, std: std, terminal: terminal, hurry: over}, []string{name}, preopened)
		if !o.quiet {
			fmt.Fprintf(std.out, "%s\n\n", report.Clean(name))
		}
		err := j.do(ctx)
		j.end()
		switch printError(std.err, err) {
		case statusDone:
		case statusDamaged:
			damaged = true
		default:
			failed = true
		}
		if !o.quiet {
			fmt.Fprintln(std.out)
		}
		if errors.Is(err, errDamaged) {
			err = j.Result.Damage[0]
		}
		table = append(table, textreport.NewSummary(name, j.Result, err))
	}
	err = ignoreEPIPE(textreport.Summaries(std.out, table, term.TextOptions(terminal)))
	switch {
	case failed:
		err = errors.Join(err, errReported)
	case damaged:
		err = errors.Join(err, errDamaged)
	}
	return err
}

// names lists the captures, those in a directory in order of time. A directory without
// captures is listed itself, so that the report mentions it.
func (o *analyzeOptions) names(preopened *capture.Preopened) (names []string) {
	for _, name := range o.files {
		if !preopened.IsDir(name) {
			names = append(names, name)
			continue
		}
		files, err := preopened.OpenAll([]string{name})
		if err != nil {
			names = append(names, name)
			continue
		}
		names = append(names, allNames(files)...)
		files.Close()
	}
	return names
}
