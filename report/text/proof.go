package text

import (
	"fmt"

	"winwatch/analyze/proof"
	"winwatch/capture/words"
	"winwatch/report"
)

// proof compares what was inferred with what the kernel says, and adds what "everything
// sent / 2" would have claimed.
func (t *writer) proof(p *proof.Proof) {
	t.blank()
	t.section(heading("Proof"), "what the packets show, beside the number that the kernel has")
	view := report.NewCompared(p, t.Verbose)
	rows := make([][]string, 0, len(view.Rows)+1)
	for _, r := range view.Rows {
		name, packets, kernel := report.Cells(r)
		rows = append(rows, t.withSource([]string{report.Clean(name), packets, kernel, proofMark(r)}, r.Source))
	}
	held, myth := report.HalfIsMyth(p)
	if myth {
		row := []string{"everything sent / 2, bytes", words.Count(p.Accepted.Half), words.Count(held), styleFaint.render("a myth")}
		rows = append(rows, t.withSource(row, "FIONREAD at the receiver"))
	}
	if len(rows) > 0 {
		t.table(t.withSource([]string{"", "packets", "kernel", ""}, "kernel's source"), rows, 0, 3, 4)
	}
	for _, note := range view.Notes {
		t.section("", note)
	}
	if p.Withheld != "" {
		t.section("", "nothing is compared: "+p.Withheld)
	}
	if myth {
		t.section("", "a myth: "+p.Accepted.Explanation)
	}
	t.methods(view.Rows)
}

// methods says how the numbers were obtained: those that are wrong, or all in a verbose
// report.
func (t *writer) methods(rows []*proof.Row) {
	for _, r := range rows {
		switch {
		case t.Verbose && r.Unjudged != "" && r.Unjudged != r.Method:
			t.section("", r.Name+": "+r.Method+"; not compared, because "+r.Unjudged)
		case t.Verbose || r.Judged && !r.OK:
			t.section("", r.Name+": "+r.Method)
		}
	}
}

func (t *writer) withSource(row []string, source string) []string {
	if t.Width >= wideTable {
		return append(row, report.Clean(source))
	}
	return row
}

func proofMark(r *proof.Row) string {
	style := styleGood
	switch {
	case !r.Judged:
		style = styleFaint
	case !r.OK:
		style = styleStall
	}
	return style.render(report.Agreement(r))
}

// accepted accounts for what a program says that it handed to send().
func (t *writer) accepted(a *proof.Accepted) {
	t.blank()
	t.section(heading("Backlog"), fmt.Sprintf("%s were accepted by send(), %s acknowledged: the sender kept %s",
		words.Bytes(a.Bytes), words.Count(a.Absorbed), words.Bytes(a.Backlog)))
	t.section("", a.Explanation)
}
