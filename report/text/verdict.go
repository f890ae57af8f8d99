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
			t.reasons(&found[i].Finding)
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

// maxEvidence is the number of facts shown for a finding by default.
const maxEvidence = 3

// reasons writes who made the sender wait, the facts that show it, what they rule out, and
// what to do. What was said for an earlier finding is not said again.
func (t *writer) reasons(f *cause.Finding) {
	t.who(f)
	shown := f.Evidence
	if !t.Verbose {
		shown = shown[:min(len(shown), maxEvidence)]
	}
	for i := range shown {
		t.evidence(&shown[i])
	}
	t.sentence(f.Excluded)
	t.once("cure", f.Cure)
	t.once("to be sure", f.Settle)
	if f.Command != "" {
		lead := "next: "
		if f.Host.IsValid() {
			lead = "next, on " + f.Host.String() + ": "
		}
		t.verbatim(lead, f.Command)
	}
}

// who writes the party, and how sure that is and why.
func (t *writer) who(f *cause.Finding) {
	var parts []string
	if f.Severity > cause.OK && f.Party != "" {
		parts = append(parts, "who: "+f.Party.Words())
	}
	if f.Confidence != "" {
		text := string(f.Confidence) + " confidence"
		if f.Because != "" {
			text += ": " + f.Because
		}
		parts = append(parts, text)
	}
	t.section("", strings.Join(parts, " · "))
}

// evidence writes a fact with its frame and its time of day.
func (t *writer) evidence(e *cause.Evidence) {
	var at []string
	if e.Frame != 0 {
		at = append(at, fmt.Sprintf("frame %d", e.Frame))
	}
	if clock := t.clock.Time(e.Time); clock != "" {
		at = append(at, clock+t.zone())
	}
	if len(at) == 0 {
		t.section("", e.Text)
		return
	}
	t.item("", strings.Join(at, ", "), ": "+e.Text)
}

// zone returns the time zone the first time it is called.
func (t *writer) zone() string {
	if t.clock.Zone == "" || t.said[t.clock.Zone] {
		return ""
	}
	t.said[t.clock.Zone] = true
	return " " + t.clock.Zone
}

// once writes advice unless it is in the report already.
func (t *writer) once(lead, text string) {
	if text != "" && !t.said[text] {
		t.said[text] = true
		t.item("", lead, ": "+text)
	}
}
