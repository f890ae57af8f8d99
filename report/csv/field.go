package csv

import (
	"strings"
	"unicode"
)

// appendText appends s as a CSV field. Text that a spreadsheet would evaluate as a formula
// gets an apostrophe in front, which makes it text there; control characters become
// spaces.
func appendText(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s)[0]) {
		s = "'" + s
	}
	if !strings.ContainsAny(s, ",\"'") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
