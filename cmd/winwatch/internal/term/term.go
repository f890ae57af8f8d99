// Package term finds out what a terminal can show, and shows progress on it.
package term

import (
	"io"
	"os"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	textreport "winwatch/report/text"
)

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// TextOptions returns the options of a text report that say what stdout can show:
// colours and width. They are zero if stdout is not a terminal.
func TextOptions(stdout io.Writer) textreport.Options {
	var opt textreport.Options
	if f, ok := stdout.(*os.File); ok && IsTerminal(f) {
		opt.Look = look(f)
		opt.Width, _, _ = term.GetSize(int(f.Fd()))
	}
	return opt
}

// look returns what the terminal can show. It honours NO_COLOR.
func look(terminal *os.File) textreport.Look {
	switch p := colorprofile.Detect(terminal, os.Environ()); {
	case p >= colorprofile.ANSI:
		return textreport.Colour
	case p == colorprofile.ASCII:
		return textreport.Mono
	default:
		return textreport.Plain
	}
}
