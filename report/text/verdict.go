package text

import (
	"fmt"
	"maps"
	"strings"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/words"
	"winwatch/report"
)

// fullFindings is the number of findings shown in full.
const fullFindings = 3

// verdicts writes the findings, worst first: streams that wait for the same at the same
// place are one, told by the worst of them. If there are several streams, those without
// trouble are not listed.
func (t *writer) verdicts() {
	r := t.m.Result
	switch {
	case r.Segments == 0:
		t.section(heading("Nothing"), "there is no TCP stream to judge")
	case r.StreamCount == 1 && len(r.Verdicts) > 0:
		t.verdict(severity(r.Verdicts[0].Severity), &r.Verdicts[0], 0)
		return
	case len(r.Findings) == 0:
		t.section(severity(cause.OK), "nobody waited in a way that a person could notice in any of the "+words.Counted(r.StreamCount, "stream"))
	}
	shown := len(r.Findings)
	if !t.Quiet && !t.Verbose {
		shown = min(shown, fullFindings) // the table of streams has the others
	}
	for i := range shown {
		t.finding(&r.Findings[i])
	}
	t.moreFindings(len(r.Findings)-shown, r.OtherFindings)
}

// moreFindings counts the findings that are not shown.
func (t *writer) moreFindings(more int, rest analyze.Rest) {
	var parts []string
	if more > 0 {
		parts = append(parts, words.Counted(more, "more finding"))
	}
	if rest.Streams > 0 {
		parts = append(parts, fmt.Sprintf("%s with smaller ones, %s in all", words.Counted(rest.Streams, "more stream"), words.Duration(rest.Wait)))
	}
	if len(parts) > 0 {
		t.section("", "… and "+strings.Join(parts, ", and "))
	}
}

func severity(s cause.Severity) string {
	return styleSeverity[s].render(strings.ToUpper(s.String()))
}

// finding writes a finding about one or several streams, and the worst of them.
func (t *writer) finding(g *analyze.Group) {
	label := severity(g.Severity)
	begin := t.b.Len()
	if g.Streams > 1 || g.Worst == nil {
		t.section(label, g.Sentence)
		label = ""
	}
	if g.Worst != nil && (label != "" || !t.Quiet) {
		t.verdict(label, g.Worst, lines(t.b.String()[begin:]))
	}
}

// The facts that show a finding: maxFacts, fewFacts if it is otherwise too long to read at a
// glance, or all in a verbose report.
const (
	maxFacts = 3
	fewFacts = 2
	glance   = 12 // lines
)

func lines(text string) int { return strings.Count(text, "\n") }

// verdict writes the finding of one stream, of which some lines are written.
func (t *writer) verdict(label string, v *analyze.Verdict, written int) {
	facts := maxFacts
	if t.Verbose {
		facts = len(v.Evidence)
	} else {
		trial := &writer{Options: t.Options, m: t.m, clock: t.clock, said: maps.Clone(t.said)}
		if trial.tell(label, v, facts); written+lines(trial.b.String()) > glance {
			facts = fewFacts
		}
	}
	t.tell(label, v, facts)
}

func (t *writer) tell(label string, v *analyze.Verdict, facts int) {
	text := v.Sentence
	if t.m.Result.StreamCount > 1 {
		text = fmt.Sprintf("stream %d: %s", v.Stream, text)
	}
	t.section(label, text)
	if !t.Quiet {
		t.reasons(&v.Finding, facts)
	}
	if t.Wireshark {
		t.verbatim("Wireshark: ", report.VerdictFilter(v))
	}
}

// reasons writes who made the sender wait, the facts that show it, what they rule out, and
// what to do. What was said for an earlier finding is not said again.
func (t *writer) reasons(f *cause.Finding, facts int) {
	t.who(f)
	for i := range f.Evidence[:min(facts, len(f.Evidence))] {
		t.evidence(&f.Evidence[i])
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
