package analyze_test

import (
	"testing"

	"winwatch/analyze"
)

// TestEstimatesCannotContradictThemselves checks that an estimate drops what is
// negative or lies outside its own interval.
func TestEstimatesCannotContradictThemselves(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	const contradiction = "unknown: the packets contradict each other: why"
	for _, tt := range []struct {
		name             string
		value, low, high *int64
		want, method     string
	}{
		{"all known", n(5), n(0), n(9), "5 [0, 9]", "why"},
		{"at the edges", n(5), n(5), n(5), "5 [5, 5]", "why"},
		{"nothing known", nil, nil, nil, "- [-, -]", "why"},
		{"negative value", n(-1), nil, nil, "- [-, -]", contradiction},
		{"negative value in a negative interval", n(-5), n(-9), n(-1), "- [-, -]", contradiction},
		{"negative lower bound", n(5), n(-3), n(9), "5 [-, 9]", "why"},
		{"negative upper bound", n(5), n(3), n(-9), "- [-, -]", contradiction},
		{"value below", n(1), n(2), n(9), "- [2, 9]", "why"},
		{"value above", n(10), n(2), n(9), "- [2, 9]", "why"},
		{"empty interval", n(5), n(9), n(2), "- [-, -]", contradiction},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := analyze.NewEstimate("why", tt.value, tt.low, tt.high)
			if show(e) != tt.want || e.Method() != tt.method {
				t.Errorf("got %s, %q, want %s, %q", show(e), e.Method(), tt.want, tt.method)
			}
		})
	}
	mutable := n(5)
	e := analyze.NewEstimate("", mutable, nil, nil)
	*mutable = -1
	*e.Value() = -1
	if *e.Value() != 5 {
		t.Errorf("an estimate was changed from outside: %d", *e.Value())
	}
}
