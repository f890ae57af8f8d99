package text

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// Sweep writes one line per run, with the columns that mean something for these runs, what
// went wrong in a run, and what the columns mean.
func Sweep(w io.Writer, s *report.Sweep, opt Options) error {
	t := newWriter(&report.Material{Result: &analyze.Result{}}, opt)
	shown, constant := sweepColumns(s)
	header, rows, left := sweepTable(s, shown)
	var cut []string
	for _, name := range dispensable {
		if _, width := plainTable(header, rows); width <= t.Width {
			break
		}
		if i := slices.IndexFunc(shown, func(c sweepColumn) bool { return c.name == name }); i >= 0 {
			cut = append(cut, name)
			shown = slices.Delete(shown, i, i+1)
			header, rows, left = sweepTable(s, shown)
		}
	}
	t.table(header, rows, left...)
	for i := range s.Cells {
		if trouble := trouble(&s.Cells[i]); trouble != "" {
			t.section("", settingsOf(s, &s.Cells[i])+": "+trouble)
		}
	}
	t.sweepNotes(s, shown, constant)
	if len(cut) > 0 {
		t.note("", 0, "no room for "+strings.Join(cut, ", ")+": a wider terminal shows them, and -o sweep.csv has everything")
	}
	return t.flush(w)
}

// dispensable are the columns to leave out of a table that is too wide, the least telling
// first.
var dispensable = []string{"RTT", "kernel", "waited", "SO_RCVBUF", "half off", "window/RTT"}

// sweepTable returns the table, and which columns are aligned left.
func sweepTable(s *report.Sweep, shown []sweepColumn) (header []string, rows [][]string, left []int) {
	rows = make([][]string, len(s.Cells))
	for i, setting := range s.Settings {
		header = append(header, setting.Name)
		for n := range s.Cells {
			rows[n] = append(rows[n], report.Clean(s.Cells[n].Values[i].Text))
		}
	}
	for _, c := range shown {
		if c.left {
			left = append(left, len(header))
		}
		header = append(header, c.name)
		for n := range s.Cells {
			rows[n] = append(rows[n], orDash(c.text(&s.Cells[n])))
		}
	}
	return header, rows, left
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// settingsOf names the run: "rcvbuf=4k chunk=1000".
func settingsOf(s *report.Sweep, c *report.SweepCell) string {
	var texts []string
	for i, v := range c.Values {
		texts = append(texts, s.Settings[i].Name+"="+v.Text)
	}
	return strings.Join(texts, " ")
}

// trouble returns why a run proves nothing, or what it disproves.
func trouble(c *report.SweepCell) string {
	switch {
	case c.Err != nil:
		return c.Err.Error()
	case c.Proof.Withheld != "":
		return "not compared: " + c.Proof.Withheld
	}
	var wrong []string
	for _, r := range c.Proof.Failed() {
		wrong = append(wrong, r.Name+" is WRONG: "+r.Method)
	}
	if cause := c.Proof.Cause; cause != nil && cause.Judged && !cause.OK {
		wrong = append(wrong, "the cause is WRONG: "+cause.String())
	}
	return strings.Join(wrong, "; ")
}

// sweepNotes explains the columns, and says what is the same in all runs.
func (t *writer) sweepNotes(s *report.Sweep, shown, constant []sweepColumn) {
	t.blank()
	margin := 0
	for _, c := range slices.Concat(shown, constant) {
		margin = max(margin, columns(c.name)+2)
	}
	for _, c := range shown {
		t.note(c.name, margin, c.means)
	}
	for _, c := range constant {
		if text := sameIn(s, c); text != "" {
			t.note(c.name, margin, text+" in all of these runs: "+c.means)
		}
	}
	if text := agreement(s); text != "" {
		t.note("", 0, text)
	}
}

// note writes wrapped text behind a name.
func (t *writer) note(name string, margin int, text string) {
	for i, l := range wrap(report.Clean(text), min(t.Width, proseWidth)-margin) {
		if i > 0 {
			name = ""
		}
		t.line(padRight(name, margin) + l)
	}
}

// agreement sums up how far what was inferred is from the kernel's numbers.
func agreement(s *report.Sweep) string {
	judged, wrong, runs := 0, 0, 0
	for i := range s.Cells {
		p := s.Cells[i].Proof
		if p == nil || p.Withheld != "" {
			continue
		}
		runs++
		for _, r := range p.Rows {
			if r.Judged {
				judged++
			}
		}
		wrong += len(p.Failed())
	}
	if judged == 0 {
		return ""
	}
	return fmt.Sprintf("%s compared with the kernel in %s: %s", words.Counted(int64(judged), "number"),
		words.Counted(int64(runs), "run"), map[bool]string{true: "all agree", false: words.Count(int64(wrong)) + " WRONG"}[wrong == 0])
}
