package report

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"winwatch/capture/kernel"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden")

// golden compares what was written with testdata/NAME.golden.
func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./report -update writes it)", err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs (go test ./report -update, then git diff): %s", file, firstDifference(want, got.Bytes()))
	}
}

func firstDifference(want, got []byte) string {
	w, g := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	for i := range min(len(w), len(g)) {
		if !bytes.Equal(w[i], g[i]) {
			return fmt.Sprintf("line %d is\n%s\nand was\n%s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, were %d", len(g), len(w))
}

// TestGoldens writes every text format of every fixture.
func TestGoldens(t *testing.T) {
	for _, f := range fixtures() {
		formats := map[string]func(io.Writer) error{
			f.name + ".80.txt":     textOf(f, 80, LookPlain),
			f.name + ".200.txt":    textOf(f, 200, LookPlain),
			f.name + ".json":       func(w io.Writer) error { return JSON(w, f.result, f.outside) },
			f.name + ".events.csv": func(w io.Writer) error { return EventsCSV(w, f.result) },
		}
		for name, write := range formats {
			t.Run(name, func(t *testing.T) { golden(t, name, write) })
		}
	}
	t.Run("flood.colour.txt", func(t *testing.T) { golden(t, "flood.colour.txt", textOf(flood(), 80, LookColour)) })
	t.Run("flood.verbose.txt", func(t *testing.T) {
		f := floodProof()
		f.options.Verbose = true
		golden(t, "flood.verbose.txt", textOf(f, 100, LookPlain))
	})
	t.Run("flood.quiet.txt", func(t *testing.T) {
		f := flood()
		f.options.Quiet = true
		golden(t, "flood.quiet.txt", textOf(f, 80, LookPlain))
	})
	t.Run("kernel.csv", func(t *testing.T) { golden(t, "kernel.csv", writeKernelCSV) })
}

func textOf(f fixture, width int, look Look) func(io.Writer) error {
	return func(w io.Writer) error {
		o := f.options
		o.Width, o.Look = width, look
		return Text(w, f.result, f.tl, f.outside, o)
	}
}

func writeKernelCSV(w io.Writer) error {
	k := NewKernelCSV(w)
	k.StartAt(at(0))
	s := kernel.Sample{Time: at(-0.5), Client: kernel.SocketState{State: "ESTABLISHED", Time: at(-0.5)}, Send: kernel.CallStats{Calls: 3, Bytes: 30}}
	for _, f := range socketFields {
		*f.of(&s.Server) = kernel.Unknown
	}
	k.Add(&s)
	s.Time = at(1.5)
	for i, f := range socketFields {
		*f.of(&s.Client) = int64(i)
	}
	k.Add(&s)
	return k.Close()
}

// TestGoldensAreAllWanted fails on a golden that no test writes any more, and
// if there is none at all.
func TestGoldensAreAllWanted(t *testing.T) {
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden found (%v)", err)
	}
	wanted := map[string]bool{"kernel.csv": true, "flood.colour.txt": true, "flood.verbose.txt": true, "flood.quiet.txt": true, "seed-flood.80.txt": true}
	for _, f := range fixtures() {
		for _, ending := range []string{".80.txt", ".200.txt", ".json", ".events.csv"} {
			wanted[f.name+ending] = true
		}
	}
	for _, file := range files {
		if name := filepath.Base(file[:len(file)-len(".golden")]); !wanted[name] {
			t.Errorf("%s belongs to no test", file)
		}
	}
}
