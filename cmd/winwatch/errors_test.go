package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"winwatch/report"
)

// TestPrintError: each of several joined errors gets one line, no error text can
// start a line of its own, and the worst status counts.
func TestPrintError(t *testing.T) {
	forged := errors.New("a\nwinwatch: forged\x1b[2J")
	damaged := damagedError{errors.New("cut")}
	const line, cut = `winwatch: a\nwinwatch: forged\x1b[2J` + "\n", "winwatch: cut\n"
	for _, tt := range []struct {
		err    error
		said   string
		status int
	}{
		{nil, "", statusDone},
		{forged, line, statusFailed},
		{fmt.Errorf("%w: %w", damaged, errors.New("b")), "winwatch: cut: b\n", statusDamaged},
		{errors.Join(forged, errors.Join(damaged, errDamaged)), line + cut, statusFailed},
		{errors.Join(errDamaged, damaged), cut, statusDamaged},
		{errors.Join(errReported, damaged), cut, statusFailed},
		{errors.Join(damaged, usageError{forged}, forged), cut + line + line, statusUsage},
		{withHint(forged, "do this", "b\nwinwatch: c"), line + "  do this\n  b\\nwinwatch: c\n", statusFailed},
	} {
		var said strings.Builder
		if status := printError(&said, tt.err); status != tt.status || said.String() != tt.said {
			t.Errorf("%q: status %d, want %d; printed\n%swant\n%s", tt.err, status, tt.status, &said, tt.said)
		}
	}
}

// steers reports whether r controls a terminal, other than by starting a new line.
func steers(r rune) bool { return r != '\n' && report.Steers(r) }
