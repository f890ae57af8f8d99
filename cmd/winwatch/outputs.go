package main

import (
	"os"
	"path/filepath"
	"strings"

	"winwatch/cmd/winwatch/internal/outfile"
)

// A format is what an output file holds.
type format string

// The formats, by the ending of the file's name that chooses them.
const (
	formatCSV    format = ".csv"
	formatEvents format = "events.csv"
	formatKernel format = "kernel.csv"
	formatJSON   format = ".json"
	formatHTML   format = ".html"
	formatPNG    format = ".png"
	formatSVG    format = ".svg"
	formatPCAP   format = ".pcap"
)

// An output is one -o FILE.
type output struct {
	*outfile.File
	format format
	// replaces is the path of the file of this name in a directory that is
	// analyzed, if there is one: it may be a capture.
	replaces string
}

// outputs are all files that a command writes. Each stands for itself: one that
// fails takes no other with it.
type outputs []output

// createOutputs begins to write the named files in one of the given formats, of
// which the longest ending counts. None may be one of the inputs.
func createOutputs(names []string, formats []format, inputs []string) (outputs, error) {
	var outs outputs
	fail := func(err error) (outputs, error) {
		outs.discard()
		return nil, err
	}
	for i, name := range names {
		f, ok := formatOf(name, formats)
		if !ok {
			return fail(withHint(usageErrorf("%s: no format has this ending", name), "the endings are "+endings(formats)))
		}
		for _, other := range names[:i] {
			if samePlace(name, other) {
				return fail(usageErrorf("%s: named twice as output", name))
			}
		}
		for _, in := range inputs {
			if isInput(name, in) {
				return fail(usageErrorf("%s: is the input; it is never written over", name))
			}
		}
		o, err := outfile.Create(name)
		if err != nil {
			return fail(err)
		}
		outs = append(outs, output{o, f, within(name, inputs)})
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

// isInput reports whether the file is the named input, which "-" says is what
// standard input was redirected from.
func isInput(name, input string) bool {
	if input != "-" {
		return sameFile(name, input)
	}
	x, errX := os.Stat(name)
	y, errY := os.Stdin.Stat()
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// samePlace reports whether two names are of one place in one directory.
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

// within returns the path by which one of the directories holds the file, or "".
func within(name string, dirs []string) string {
	if _, err := os.Stat(name); err != nil {
		return ""
	}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		entries, _ := os.ReadDir(dir) // whoever reads the captures is told
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

// discard removes those that are not committed.
func (outs outputs) discard() {
	for _, o := range outs {
		o.Discard()
	}
}
