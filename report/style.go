package report

import (
	"strings"
	"unicode/utf8"

	"winwatch/analyze/cause"
)

// Look is what a terminal can show.
type Look uint8

// The looks. Nothing is said by them alone: the plain text says it all.
const (
	// LookPlain is text without an escape sequence, for pipes and TERM=dumb.
	LookPlain Look = iota
	// LookMono has bold and faint text, but no colour, for NO_COLOR.
	LookMono
	// LookColour has the 16 colours of the terminal's own theme, so that they
	// can be read on any background.
	LookColour
)

// style is a way to show text: attributes and a colour, as the parameters of an
// SGR sequence (ECMA-48 8.3.117). A library would do the same and bring cgo with
// it, through os/user.
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

// render wraps text in the sequences of the style. Those that a terminal can't
// show are taken out at the end: see restyle.
func (s style) render(text string) string {
	if text == "" || s == styleNone {
		return text
	}
	var b strings.Builder
	for _, parameter := range [...]string{s.attribute, s.colour} {
		if parameter != "" {
			b.WriteString("\x1b[" + parameter + "m")
		}
	}
	b.WriteString(text)
	b.WriteString("\x1b[m")
	return b.String()
}

// restyle takes out of text the sequences that look does not have.
func restyle(text string, look Look) string {
	if look == LookColour {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		parameter, after, _ := strings.Cut(rest, "m")
		if look == LookMono && !strings.HasPrefix(parameter, "3") {
			b.WriteString("\x1b[" + parameter + "m")
		}
		text = after
	}
}

// columns is how many columns text takes on a terminal, sequences aside. The
// report's own words and marks take one each.
func columns(text string) int {
	if strings.Contains(text, "\x1b") {
		text = restyle(text, LookPlain)
	}
	return utf8.RuneCountInString(text)
}

// padRight fills s with spaces to the given width on a terminal.
func padRight(s string, width int) string { return s + spaces(width-columns(s)) }

// padLeft fills s with spaces in front.
func padLeft(s string, width int) string { return spaces(width-columns(s)) + s }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
