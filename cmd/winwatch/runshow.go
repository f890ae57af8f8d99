package main

import (
	"fmt"
	"io"
	"os"

	"winwatch/capture/experiment"
	"winwatch/capture/kernel"
	"winwatch/cmd/winwatch/internal/buffers"
	"winwatch/cmd/winwatch/internal/term"
	textreport "winwatch/report/text"
)

// A show is what a person sees of a running experiment.
type show struct {
	// step and sample are nil if nobody sees them.
	step   func(string)
	sample func(kernel.Sample)
	// end removes what does not stay.
	end func()
}

// show starts to show an experiment on stderr: the steps and the buffers on a terminal,
// the steps elsewhere if --verbose asks for them, nothing with --quiet.
func (o *runOptions) show(s experiment.Scenario, stderr io.Writer) show {
	terminal, _ := stderr.(*os.File)
	look := term.TextOptions(stderr).Look // Plain if it is no terminal, or can't move the cursor
	switch {
	case o.quiet, !o.verbose && !term.IsTerminal(stderr):
		return show{end: func() {}}
	case look == textreport.Plain:
		return show{end: func() {}, step: func(what string) { fmt.Fprintf(stderr, "  %s\n", what) }}
	}
	screen := buffers.Start(terminal, buffers.Look{Unicode: buffers.UTF8(os.Getenv), Colour: look == textreport.Colour}, s.Sender())
	return show{step: screen.Step, sample: screen.Sample, end: screen.Stop}
}
