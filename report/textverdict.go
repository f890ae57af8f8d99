package report

import (
	"fmt"
	"strings"

	"winwatch/analyze"
)

// fullVerdicts is how many verdicts are told in full.
const fullVerdicts = 3

// verdicts writes what was found, worst first.
func (t *textReport) verdicts() {
	shown := len(t.r.Verdicts)
	if !t.Quiet && !t.Verbose {
		shown = min(shown, fullVerdicts) // the table of streams has the others
	}
	for i := range shown {
		v := &t.r.Verdicts[i]
		t.verdict(v)
		if !t.Quiet {
			t.reasons(v)
		}
		if t.Wireshark {
			t.verbatim("Wireshark: ", verdictFilter(v))
		}
	}
	if more := len(t.r.Verdicts) - shown; more > 0 {
		t.section("", fmt.Sprintf("… and %s more", counted(more, "finding")))
	}
	if len(t.r.Verdicts) == 0 {
		t.section(heading("Nothing"), "there is no TCP stream to judge")
	}
}

func (t *textReport) verdict(v *analyze.Verdict) {
	label := styleSeverity[v.Severity].Render(strings.ToUpper(v.Severity.String()))
	text := v.Sentence
	if t.r.StreamCount > 1 {
		text = fmt.Sprintf("stream %d: %s", v.Stream, text)
	}
	t.section(label, text)
}

func (t *textReport) reasons(v *analyze.Verdict) {
	if v.Confidence != "" {
		text := v.Confidence + " confidence"
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
