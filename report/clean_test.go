package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestClean feeds it every character. What is escaped is listed here by Unicode's categories
// and blocks, all that a reader sees stays, and the result is valid and clean itself.
func TestClean(t *testing.T) {
	const tagsAndSelectors, end = 0xe0000, 0xe1000
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue // a surrogate: see TestCleanInvalid
		}
		if (r > 0x32000 && r < tagsAndSelectors || r > end) && r%97 != 0 {
			continue // planes that are not assigned, and private ones: a sample
		}
		steers := unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
			r >= tagsAndSelectors && r < end || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs)
		text := "a" + string(r) + "b"
		got := Clean(text)
		if (got != text) != steers {
			t.Errorf("%U: %q", r, got)
		}
		if Clean(got) != got || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x7f }) || !utf8.ValidString(got) {
			t.Errorf("%U: %q is not clean", r, got)
		}
	}
}

func TestCleanInvalid(t *testing.T) {
	for text, want := range map[string]string{
		"\xff": `\xff`, "a\xc3": `a\xc3`, "\xed\xa0\x80\xed\xb0\x80": `\xed\xa0\x80\xed\xb0\x80`, // surrogates
		"\xc0\x80": `\xc0\x80`, "\xe0\x80\x9b[2J": `\xe0\x80\x9b[2J`, // overlong
		"\xf4\x90\x80\x80": `\xf4\x90\x80\x80`, "\x9b31m": `\x9b31m`, "\ufffd": "\ufffd",
		"a\nb": `a\nb`, "é 漢 🙂 אב": "é 漢 🙂 אב",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
	if got := CleanLines("a\n\x1b\xffb\r\n"); got != "a\n"+`\x1b\xffb\r`+"\n" {
		t.Errorf("lines give %q", got)
	}
}
