package capture_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"winwatch/capture"
)

// The captures of the analysis, which are of real stacks, and the demonstration
// that the project grew from.
const (
	labDir    = "../analyze/testdata/lab/"
	seedFlood = "../analyze/testdata/seed-flood"
)

// captures returns the files that there are to read: the lab's, the seed flood as
// capture and as text, and all that are made.
func captures(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(labDir + "*/capture.pcap")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d captures of the lab: %v", len(names), err)
	}
	names = append(names, seedFlood+".pcap", seedFlood+".txt")
	for _, m := range madeFiles() {
		names = append(names, m.path())
	}
	return names
}

// load reads a capture, or reports false if it is of a format that is not read.
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
	segs, _ := readAll(t, r) // which checks that the counters add up
	return segs, r.Counters(), true
}

// TestCapturesAddUp reads every capture: the counters must account for every
// frame. That those that are made read as they should is for TestMade.
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
