package report

import (
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/words"
)

// fullVerdicts is how many verdicts are told in full.
const fullVerdicts = 3

// verdicts writes what was found, worst first. Of several streams, those without
// trouble are not told of one by one.
func (t *textReport) verdicts() {
	found := t.r.Verdicts
	if t.r.StreamCount > 1 {
		found = slices.DeleteFunc(slices.Clone(found), func(v analyze.Verdict) bool { return v.Severity == cause.OK })
	}
	switch {
	case t.r.StreamCount == 0:
		t.section(heading("Nothing"), "there is no TCP stream to judge")
	case len(found) == 0:
		t.section(severity(cause.OK), "no sender waited for a window in any of the "+words.Counted(t.r.StreamCount, "stream"))
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
			t.verbatim("Wireshark: ", verdictFilter(&found[i]))
		}
	}
	if more := len(found) - shown; more > 0 {
		t.section("", fmt.Sprintf("… and %s more", words.Counted(more, "finding")))
	}
}

func severity(s cause.Severity) string {
	return styleSeverity[s].render(strings.ToUpper(s.String()))
}

func (t *textReport) verdict(v *analyze.Verdict) {
	text := v.Sentence
	if t.r.StreamCount > 1 {
		text = fmt.Sprintf("stream %d: %s", v.Stream, text)
	}
	t.section(severity(v.Severity), text)
}

func (t *textReport) reasons(v *analyze.Verdict) {
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
