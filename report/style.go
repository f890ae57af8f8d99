package report

import (
	"strings"

	"charm.land/lipgloss/v2"

	"winwatch/analyze"
)

// The colours of the text report: the 16 of the terminal's own theme, so that
// they can be read on any background. Nothing is said by colour alone.
var (
	styleHeading = lipgloss.NewStyle().Bold(true)
	styleFaint   = lipgloss.NewStyle().Faint(true)
	styleCommand = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	styleWindow  = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	styleFlight  = lipgloss.NewStyle().Foreground(lipgloss.Yellow).Faint(true)
	styleStall   = lipgloss.NewStyle().Foreground(lipgloss.Red)
	styleProbe   = lipgloss.NewStyle().Foreground(lipgloss.Magenta)
	styleGood    = lipgloss.NewStyle().Foreground(lipgloss.Green)

	styleSeverity = map[analyze.Severity]lipgloss.Style{
		analyze.SeverityOK:      lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Green),
		analyze.SeverityNote:    lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Cyan),
		analyze.SeverityWarning: lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Yellow),
		analyze.SeverityProblem: lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Red),
	}
)

// wrap breaks text at spaces into lines of at most width characters; a word
// that is longer has a line to itself. A number keeps its unit.
func wrap(text string, width int) []string {
	var words, lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(words); n > 0 && isUnit(word) && endsInDigit(words[n-1]) {
			words[n-1] += " " + word
			continue
		}
		words = append(words, word)
	}
	line, used := "", 0
	for _, word := range words {
		n := lipgloss.Width(word)
		if used > 0 && used+1+n > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

func isUnit(word string) bool {
	switch strings.TrimRight(word, ".,;:)") {
	case "s", "ms", "µs", "ns", "h", "days", "bytes", "byte", "times", "probes":
		return true
	}
	return false
}

func endsInDigit(word string) bool {
	last := word[len(word)-1]
	return last >= '0' && last <= '9'
}

// padRight fills s with spaces to the given width on a terminal.
func padRight(s string, width int) string {
	return s + strings.Repeat(" ", max(width-lipgloss.Width(s), 0))
}

// padLeft fills s with spaces in front.
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(width-lipgloss.Width(s), 0)) + s
}
