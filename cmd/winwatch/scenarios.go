package main

import (
	"fmt"
	"io"
	"strings"

	"winwatch/capture/experiment"
)

// listScenarios writes one line per scenario, under the headings of what they teach.
func listScenarios(w io.Writer) error {
	scenarios := experiment.Scenarios()
	width := 0
	for _, s := range scenarios {
		width = max(width, len(s.Name))
	}
	var b strings.Builder
	for _, lesson := range experiment.Lessons() {
		heading := string(lesson) + "\n"
		for _, s := range scenarios {
			if s.Teaches != lesson {
				continue
			}
			if heading != "" && b.Len() > 0 {
				heading = "\n" + heading
			}
			fmt.Fprintf(&b, "%s  %-*s  %s%s\n", heading, width, s.Name, s.Summary, where(&s))
			heading = ""
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// where says, in brackets, what a scenario runs on if it is not plain loopback.
func where(s *experiment.Scenario) string {
	switch {
	case s.Link != "":
		return " [link " + s.Link + "]"
	case s.NeedsIsolation:
		return " [private namespace]"
	}
	return ""
}

func scenarioNames() []string {
	var names []string
	for _, s := range experiment.Scenarios() {
		names = append(names, s.Name)
	}
	return names
}
