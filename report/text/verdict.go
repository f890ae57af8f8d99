package text

import (
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/words"
	"winwatch/report"
)

// fullVerdicts is the number of verdicts shown in full.
const fullVerdicts = 3

// verdicts writes the findings, worst first. If there are several streams, those without
// trouble are not listed.
func (t *writer) verdicts() {
	found := t.m.Result.Verdicts
	if t.m.Result.StreamCount > 1 {
		found = slices.DeleteFunc(slices.Clone(found), func(v analyze.Verdict) bool { return v.Severity == cause.OK })
	}
	switch {
	case t.m.Result.Segments == 0:
		t.section(heading("Nothing"), "there is no TCP stream to judge")
	case len(found) == 0:
		t.section(severity(cause.OK), "no sender waited for a window in any of the "+words.Counted(t.m.Result.StreamCount, "stream"))
	}
	shown := len(found)
	if !t.Quiet && !t.Verbose {
		shown = min(shown, fullVerdicts) // the table of streams has the others
	}
	for i := range shown {
		t.verdict(&found[i])
		if !t.Quiet {
			t.reasons(&found[i])
		}
		if t.Wireshark {
			t.verbatim("Wireshark: ", report.VerdictFilter(&found[i]))
		}
	}
	if more := len(found) - shown; more > 0 {
		t.section("", fmt.Sprintf("… and %s more", words.Counted(more, "finding")))
	}
}

func severity(s cause.Severity) string {
	return styleSeverity[s].render(strings.ToUpper(s.String()))
}

func (t *writer) verdict(v *analyze.Verdict) {
	text := v.Sentence
	if t.m.Result.StreamCount > 1 {
		text = fmt.Sprintf("stream %d: %s", v.Stream, text)
	}
	t.section(severity(v.Severity), text)
}

func (t *writer) reasons(v *analyze.Verdict) {
	if v.Confidence != "" {
		text := string(v.Confidence) + " confidence"
		if v.Because != "" {
			text += ": " + v.Because
		}
		t.section("", text)
	}
	if v.Command != "" {
		lead := "next: "
		if v.Host.IsValid() {
			lead = "next, on " + v.Host.String() + ": "
		}
		t.verbatim(lead, v.Command)
	}
}
