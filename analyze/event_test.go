package analyze_test

import (
	"testing"

	"winwatch/analyze"
)

// TestEventNames checks that every event has a unique name.
func TestEventNames(t *testing.T) {
	seen := map[string]bool{}
	for kind := range analyze.EventKinds {
		name := analyze.Events(1 << kind).String()
		if name == "" || seen[name] {
			t.Errorf("event %d has the name %q", kind, name)
		}
		seen[name] = true
	}
	if e := analyze.EventSYN | analyze.EventDuplicate; e.String() != "syn|duplicate" {
		t.Errorf("SYN and duplicate: %q, want syn|duplicate", e)
	}
}
