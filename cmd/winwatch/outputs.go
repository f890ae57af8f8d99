package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"winwatch/cmd/winwatch/internal/outfile"
	"winwatch/report"
)

// An output is one -o FILE.
type output struct {
	*outfile.File
	format format
	// sink writes the format. It is nil for packets, and until the analysis begins.
	sink report.Sink
	// replaces is the path of the existing file in one of the analyzed directories,
	// or "". That file may be a capture.
	replaces string
}

// outputs are all files that a command writes. They are independent: when one
// fails, the others are still written.
type outputs []output

// createOutputs starts writing the named files. The longest matching ending selects
// the format. None of the files may be an input.
func createOutputs(names []string, formats []format, inputs []string) (outputs, error) {
	var outs outputs
	fail := func(err error) (outputs, error) {
		outs.discard()
		return nil, err
	}
	for i, name := range names {
		f, ok := formatOf(name, formats)
		if !ok {
			return fail(withHint(usageErrorf("%s: unknown file ending", name), "known endings: "+endings(formats)))
		}
		for _, other := range names[:i] {
			if samePlace(name, other) {
				return fail(usageErrorf("%s: this output is named twice", name))
			}
		}
		for _, in := range inputs {
			if isInput(name, in) {
				return fail(usageErrorf("%s: this file is the input; winwatch never overwrites its input", name))
			}
		}
		o, err := outfile.Create(name)
		if err != nil {
			return fail(err)
		}
		outs = append(outs, output{File: o, format: f, replaces: within(name, inputs)})
	}
	return outs, nil
}

func formatOf(name string, formats []format) (found format, ok bool) {
	for _, f := range formats {
		if strings.HasSuffix(name, string(f)) && len(f) > len(found) {
			found, ok = f, true
		}
	}
	return found, ok
}

func endings(formats []format) string {
	texts := make([]string, len(formats))
	for i, f := range formats {
		texts[i] = string(f)
	}
	return strings.Join(texts, ", ")
}

// isInput reports whether the file is the named input. The input "-" is the file
// that standard input was redirected from.
func isInput(name, input string) bool {
	if input != "-" {
		return sameFile(name, input)
	}
	x, errX := os.Stat(name)
	y, errY := os.Stdin.Stat()
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// samePlace reports whether two names denote the same entry of the same directory.
func samePlace(a, b string) bool {
	dirA, baseA := filepath.Split(a)
	dirB, baseB := filepath.Split(b)
	return baseA == baseB && sameFile(dirA+".", dirB+".")
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// within returns the path of the file in one of the directories, or "".
func within(name string, dirs []string) string {
	if _, err := os.Stat(name); err != nil {
		return ""
	}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		entries, _ := os.ReadDir(dir) // reading the captures will report the error
		for _, e := range entries {
			if path := filepath.Join(dir, e.Name()); sameFile(name, path) {
				return path
			}
		}
	}
	return ""
}

// of returns the outputs of the given formats.
func (outs outputs) of(formats ...format) outputs {
	var found outputs
	for _, o := range outs {
		for _, f := range formats {
			if o.format == f {
				found = append(found, o)
			}
		}
	}
	return found
}

// charted reports whether any of the outputs shows charts.
func (outs outputs) charted() bool {
	return slices.ContainsFunc(outs, func(o output) bool { return o.format.spec().charts })
}

// discard removes the outputs that are not committed.
func (outs outputs) discard() {
	for _, o := range outs {
		o.Discard()
	}
}
