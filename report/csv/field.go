package csv

import (
	"strings"
	"unicode/utf8"

	"winwatch/report"
)

// formulas are the characters with which a formula begins in a spreadsheet.
const formulas = "=+-@＝＋－＠"

// appendText appends s as a CSV field, made safe to print. Text that a spreadsheet would
// evaluate as a formula gets an apostrophe in front, which makes it text there.
func appendText(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	s = report.Clean(s)
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0\u3000")); strings.ContainsRune(formulas, first) {
		s = "'" + s
	}
	if !strings.ContainsAny(s, ",\"'") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
