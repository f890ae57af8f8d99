package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"winwatch/analyze/proof"
	"winwatch/capture/experiment"
	"winwatch/cmd/winwatch/internal/term"
	"winwatch/report"
)

// errInterrupted is the error of the runs that an interrupted sweep did not complete.
var errInterrupted = errors.New("interrupted")

// runCells runs winwatch with each list of arguments, several at a time, and stores the
// results in cells.
func (o *runOptions) runCells(ctx context.Context, runs [][]string, cells []report.SweepCell, workers int, std streams) error {
	screen := mpb.New(mpb.WithOutput(std.err), mpb.WithAutoRefresh())
	if !term.IsTerminal(std.err) {
		screen = mpb.New(mpb.WithOutput(nil))
	}
	bar := screen.AddBar(int64(len(runs)), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.CountersNoUnit("%d of %d runs")), mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)))
	defer screen.Wait()
	defer bar.Abort(true)

	cell := isolatedCell
	fill := func(i int) {
		cells[i].Err = errInterrupted
		if ctx.Err() == nil {
			cells[i].Proof, cells[i].Err = cell(ctx, runs[i])
		}
		if ctx.Err() != nil { // an interrupted run proves nothing
			cells[i].Proof, cells[i].Err = nil, errInterrupted
		}
		bar.Increment()
	}
	// The first run shows whether private namespaces are possible.
	fill(0)
	if forbidden := cells[0].Err; errors.Is(forbidden, experiment.ErrCannotIsolate) {
		if may, err := o.mayCapture(); !may {
			return errors.Join(forbidden, err)
		}
		cell, workers = hostCell, 1
		fill(0)
	}
	if errors.Is(cells[0].Err, errInterrupted) {
		return errors.New("run: interrupted before the first run was complete")
	}
	todo := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, len(runs)) {
		wg.Go(func() {
			for i := range todo {
				fill(i)
			}
		})
	}
	for i := 1; i < len(runs); i++ {
		todo <- i
	}
	close(todo)
	wg.Wait()
	return nil
}

// isolatedCell does one run in private namespaces.
func isolatedCell(ctx context.Context, args []string) (*proof.Proof, error) {
	var out, errs bytes.Buffer
	status, err := experiment.Isolation{Args: args, Hosts: true, Stdout: &out, Stderr: &errs}.Run(ctx)
	if err != nil {
		return nil, err
	}
	return parseCell(status, &out, &errs)
}

// hostCell does one run on the host, on a free port. It uses a separate process because a
// run gives up root.
func hostCell(ctx context.Context, args []string) (*proof.Proof, error) {
	cmd := exec.CommandContext(ctx, "/proc/self/exe", append(args, "--port=0")...)
	cmd.Args[0] = os.Args[0]
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Run(); cmd.ProcessState == nil {
		return nil, fmt.Errorf("start a run: %w", err)
	}
	return parseCell(cmd.ProcessState.ExitCode(), &out, &errs)
}

// parseCell parses the proof that a run wrote. A failed proof is not an error: the sweep
// shows it.
func parseCell(status int, out, errs *bytes.Buffer) (*proof.Proof, error) {
	var proof *proof.Proof
	if err := json.Unmarshal(out.Bytes(), &proof); err != nil || proof == nil {
		why, _, _ := strings.Cut(strings.TrimPrefix(errs.String(), "winwatch: "), "\n")
		return nil, fmt.Errorf("exit status %d: %s", status, why)
	}
	return proof, nil
}
