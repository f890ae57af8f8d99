package text

import (
	"strings"
	"unicode/utf8"

	"winwatch/analyze/cause"
	"winwatch/report"
)

// Look is the set of text styles that a terminal can show.
type Look uint8

// The looks. Style never carries meaning of its own: the plain text says everything.
const (
	// Plain is text without escape sequences, for pipes and TERM=dumb.
	Plain Look = iota
	// Mono has bold and faint text but no colour, for NO_COLOR.
	Mono
	// Colour uses the 16 colours of the terminal's own theme, which are readable on
	// its background.
	Colour
)

// style is an attribute and a colour, as parameters of SGR sequences (ECMA-48 8.3.117).
// The usual libraries would add cgo, through os/user.
type style struct{ attribute, colour string }

var (
	styleNone    style
	styleHeading = style{attribute: "1"}
	styleFaint   = style{attribute: "2"}
	styleCommand = style{colour: "36"}
	styleWindow  = style{colour: "36"}
	styleFlight  = style{attribute: "2", colour: "33"}
	styleStall   = style{colour: "31"}
	styleProbe   = style{colour: "35"}
	styleGood    = style{colour: "32"}

	styleSeverity = [...]style{
		cause.OK:      {"1", "32"},
		cause.Note:    {"1", "36"},
		cause.Warning: {"1", "33"},
		cause.Problem: {"1", "31"},
	}
)

// render wraps text in the sequences of the style. restyle later removes those that the
// terminal can't show.
func (s style) render(text string) string {
	if text == "" || s == styleNone {
		return text
	}
	var b strings.Builder
	for _, parameter := range [...]string{s.attribute, s.colour} {
		if parameter != "" {
			b.WriteString(escape + parameter + "m")
		}
	}
	b.WriteString(text)
	b.WriteString(escape + "m")
	return b.String()
}

// restyle removes from text the sequences that look does not allow. It escapes everything
// else that steers a terminal, so that no text gets there unless it was made by render.
func restyle(text string, look Look) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, escape)
		b.WriteString(report.CleanLines(before))
		if !found {
			return b.String()
		}
		parameter, after, _ := strings.Cut(rest, "m")
		switch {
		case !isStyle(parameter):
			b.WriteString(report.Clean(escape))
			after = rest
		case look == Colour, look == Mono && !strings.HasPrefix(parameter, "3"):
			b.WriteString(escape + parameter + "m")
		}
		text = after
	}
}

// escape begins a sequence (CSI, ECMA-48 5.4).
const escape = "\x1b["

// isStyle reports whether render writes this parameter.
func isStyle(parameter string) bool {
	switch parameter {
	case "", "1", "2", "31", "32", "33", "35", "36":
		return true
	}
	return false
}

// columns returns the width of text on a terminal, not counting escape sequences. All
// characters that the report itself uses take one column each.
func columns(text string) int {
	if strings.Contains(text, "\x1b") {
		text = restyle(text, Plain)
	}
	return utf8.RuneCountInString(text)
}

// padRight appends spaces to s up to the given width on a terminal.
func padRight(s string, width int) string { return s + spaces(width-columns(s)) }

// padLeft prepends spaces to s up to the given width on a terminal.
func padLeft(s string, width int) string { return spaces(width-columns(s)) + s }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
