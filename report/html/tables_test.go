package html

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report/reporttest"
)

// unmarked are the events that the charts do not mark, with the reason.
var unmarked = map[string]string{
	"zero-window":       "the charts shade the time of a zero window",
	"window-update":     "the line of the window shows it",
	"keep-alive-answer": "follows a keep-alive, which is marked",
	"dup-ack":           "too many to mark: the ACK line stays level",
	"ack-of-unseen":     "a property of the capture, listed in the readout",
	"gap":               "a property of the capture, listed in the readout",
	"duplicate":         "a property of the capture, listed in the readout",
}

// TestPageKnowsTheEvents fails if an event is neither marked by the page nor unmarked on
// purpose, or if the page marks one that does not exist.
func TestPageKnowsTheEvents(t *testing.T) {
	known := slices.Collect(maps.Keys(unmarked))
	for _, m := range regexp.MustCompile(`event: "([^"]+)"`).FindAllStringSubmatch(webFiles("marks.js"), -1) {
		known = append(known, m[1])
	}
	slices.Sort(known)
	events := eventNames()
	slices.Sort(events)
	if !slices.Equal(known, events) {
		t.Errorf("MARKS of marks.js and unmarked list the events\n%q, want\n%q", known, events)
	}
}

// TestPageNamesOnlyEvents fails if the page's script refers to an event that does not exist.
func TestPageNamesOnlyEvents(t *testing.T) {
	for _, m := range regexp.MustCompile(`\bbit\("([^"]+)"\)`).FindAllStringSubmatch(script, -1) {
		if !slices.Contains(eventNames(), m[1]) {
			t.Errorf("the page refers to the event %q, which does not exist", m[1])
		}
	}
}

// TestPageKnowsTheSeverities fails if a severity has no glyph or no colour of the headline.
func TestPageKnowsTheSeverities(t *testing.T) {
	if got, want := len(severityNames()), len(reporttest.Constants(t, "Severity")); got != want {
		t.Errorf("severityNames returns %d of %d severities", got, want)
	}
	for _, name := range severityNames() {
		if name == analyze.SeverityOK.String() {
			continue // the default
		}
		for _, rule := range []string{"." + name + " .glyph::before", ".headline." + name} {
			if !strings.Contains(style, rule) {
				t.Errorf("style.css has no rule %s", rule)
			}
		}
	}
}

// TestPageKnowsTheFlags compares the page's letters of the control bits with capture's.
func TestPageKnowsTheFlags(t *testing.T) {
	want := ""
	for f := capture.FIN; f <= capture.AE; f <<= 1 {
		want += f.String()
	}
	if !strings.Contains(script, `const FLAGS = "`+want+`"`) {
		t.Errorf("FLAGS of series.js is not %q", want)
	}
}

// TestHeadListsTheNames checks that a page carries the names that its script looks up.
func TestHeadListsTheNames(t *testing.T) {
	var h head
	unpack(t, page(t, reporttest.Analyze(t, reporttest.Drain)), "head", &h)
	if len(h.Events) != analyze.EventKinds || h.Events[0] != analyze.EventSYN.String() {
		t.Errorf("events %q", h.Events)
	}
	if len(h.Severities) == 0 || h.Severities[analyze.SeverityProblem] != analyze.SeverityProblem.String() {
		t.Errorf("severities %q", h.Severities)
	}
}
