package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes untrusted text, such as file names and error messages, safe to print: it
// writes everything that could steer a terminal, reorder the text or hide in it as a Go
// escape sequence.
func Clean(s string) string { return clean(s, Steers) }

// CleanLines is Clean for text of several lines: it keeps line feeds.
func CleanLines(s string) string {
	return clean(s, func(r rune) bool { return r != '\n' && Steers(r) })
}

func clean(s string, escaped func(rune) bool) string {
	if !strings.ContainsFunc(s, escaped) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case escaped(r):
			quoted := fmt.Sprintf("%+q", string(r))
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// Steers reports whether r does not stand for itself where it is shown: control characters
// (C0, C1), line separators, characters that change the direction of writing, that nobody
// sees (Unicode's default ignorables), or that have no meaning of their own (private, not
// assigned).
func Steers(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return !unicode.IsGraphic(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
