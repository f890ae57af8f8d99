package report_test

import (
	"slices"
	"strings"
	"testing"

	"winwatch/analyze/proof"
	"winwatch/report"
	"winwatch/report/reporttest"
)

func names(rows []*proof.Row) []string {
	var all []string
	for _, r := range rows {
		all = append(all, r.Name)
	}
	return all
}

// TestCompared: a row about what did not happen has no line of its own, and one that is
// not compared has a reason.
func TestCompared(t *testing.T) {
	p := reporttest.LinkProof().Proof
	view := report.NewCompared(p, false)
	if got, want := names(view.Rows), []string{"window seen", "to zero window", "time busy"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	want := []string{"both 0: receive queue, probes", "keep-alives, because the kernel counts the whole machine"}
	if len(view.Notes) != len(want) {
		t.Fatalf("notes %q", view.Notes)
	}
	for i, w := range want {
		if !strings.Contains(view.Notes[i], w) {
			t.Errorf("note %q, want %q", view.Notes[i], w)
		}
	}
	if got := report.NewCompared(p, true); len(got.Rows) != len(p.Rows) {
		t.Errorf("of all %d rows: %q", len(p.Rows), names(got.Rows))
	}
}

// TestComparedKeepsWrongZero: what the kernel counted and the packets don't show is not
// hidden among the zeros.
func TestComparedKeepsWrongZero(t *testing.T) {
	p := &proof.Proof{Rows: []proof.Row{{Name: "probes", Unit: "count", Inferred: new(int64(0)), Kernel: new(int64(1)), Exact: true, Judged: true}}}
	if got := report.NewCompared(p, false); len(got.Rows) != 1 {
		t.Errorf("rows %q, notes %q", names(got.Rows), got.Notes)
	}
}

// TestHalfIsMyth: half of everything sent is compared with what the receiver took only if
// both ends still hold something and nothing was read.
func TestHalfIsMyth(t *testing.T) {
	for _, tt := range []struct {
		name                   string
		absorbed, backlog, had int64
		want                   bool
	}{
		{"nobody read", 128_172, 2_619_220, 128_172, true},
		{"all was read", 128_172, 0, 0, false},
		{"a part was read", 128_172, 2_619_220, 100_000, false},
		{"nothing arrived", 0, 2_619_220, 0, false},
	} {
		p := &proof.Proof{Accepted: &proof.Accepted{Absorbed: tt.absorbed, Backlog: tt.backlog},
			Rows: []proof.Row{{Name: "receive queue", Kernel: &tt.had}}}
		if held, ok := report.HalfIsMyth(p); ok != tt.want || ok && held != tt.had {
			t.Errorf("%s: held %d, %v", tt.name, held, ok)
		}
	}
	if _, ok := report.HalfIsMyth(&proof.Proof{}); ok {
		t.Error("of an unknown number")
	}
}
