package capture_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winwatch/capture"
)

// TestCompressedByTools reads files that the command-line tools compressed, in the variants
// of each format: blocks, streams one after the other, dependent blocks, checks.
func TestCompressedByTools(t *testing.T) {
	plain, err := os.ReadFile("testdata/made/tunnels.pcap")
	if err != nil {
		t.Fatal(err)
	}
	want, _ := read(t, plain)
	names, err := filepath.Glob("testdata/compressed/*")
	if err != nil || len(names) < 9 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			file, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got, damage := read(t, file); damage != nil || !slices.Equal(got, want) {
				t.Errorf("%d segments, %v; want %d", len(got), damage, len(want))
			}
			checkCut(t, file[:len(file)*3/4], want)
		})
	}
}

// checkCut reads a compressed file that was cut off: what can be read must be as in
// want, and the error must give the place in the compressed file.
func checkCut(t *testing.T, file []byte, want []capture.Segment) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(file), "cut")
	if err == nil { // else not one block is whole
		defer r.Close()
		got, damage := readAll(t, r)
		if !slices.Equal(got, want[:len(got)]) {
			t.Errorf("cut off: %d other segments", len(got))
		}
		err = damage
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "of the compressed file") {
		t.Errorf("cut off: %v", err)
	}
}
