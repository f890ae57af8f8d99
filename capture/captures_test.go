package capture_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"winwatch/capture"
)

// The analyzer's captures of real stacks, and the demonstration that the project
// grew from.
const (
	labDir    = "../analyze/testdata/lab/"
	seedFlood = "../analyze/testdata/seed-flood"
)

// captures returns all test files: the lab's captures, the seed flood as capture and
// as text, and testdata/made.
func captures(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(labDir + "*/capture.pcap")
	if err != nil || len(names) < 20 {
		t.Fatalf("only %d lab captures: %v", len(names), err)
	}
	names = append(names, seedFlood+".pcap", seedFlood+".txt")
	names = append(names, "testdata/real/cisco-metadata.pcap")
	for _, m := range madeFiles() {
		names = append(names, m.path())
	}
	return names
}

// load reads a capture. It returns false if the file can't be opened as one.
func load(t *testing.T, name string) ([]capture.Segment, capture.Counters, bool) {
	t.Helper()
	r, err := capture.Open(name)
	damage := (*capture.DamageError)(nil)
	if errors.Is(err, capture.ErrNotCapture) || errors.As(err, &damage) {
		return nil, capture.Counters{}, false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	segs, _ := readAll(t, r) // checks that the counters add up
	return segs, r.Counters(), true
}

// TestCapturesAddUp reads every capture: the counters must account for every frame.
// TestMade checks the rest for the files in testdata/made.
func TestCapturesAddUp(t *testing.T) {
	for _, name := range captures(t) {
		segs, c, ok := load(t, name)
		if !ok {
			continue
		}
		if !c.Balanced() {
			t.Errorf("%s: %+v", name, c)
		}
		if strings.HasPrefix(name, "testdata") {
			continue
		}
		if len(segs) == 0 || c.Skipped[capture.BadLink]+c.Skipped[capture.BadIP] > 0 {
			t.Errorf("%s: %d segments; malformed frames in a sound capture: %+v", name, len(segs), c)
		}
	}
}
