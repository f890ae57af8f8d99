package reporttest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"winwatch/report"
)

// Harmless fails the test if an output has characters that steer, other than those allowed,
// or is not UTF-8.
func Harmless(t *testing.T, name, output, allowed string) {
	t.Helper()
	at := strings.IndexFunc(output, func(r rune) bool { return !strings.ContainsRune(allowed, r) && report.Steers(r) })
	if at >= 0 {
		t.Errorf("%s: steers at byte %d: %.80q", name, at, output[at:])
	}
	if !utf8.ValidString(output) {
		t.Errorf("%s: not UTF-8", name)
	}
}
