package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"winwatch/report"
)

// TestTell: each of joined errors has a line, and no text in one begins another;
// the status is the worst.
func TestTell(t *testing.T) {
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
		if status := tell(&said, tt.err); status != tt.status || said.String() != tt.said {
			t.Errorf("%q: status %d, want %d; said\n%swant\n%s", tt.err, status, tt.status, &said, tt.said)
		}
	}
}

// steers reports whether a terminal does more at r than to go on to the next line.
func steers(r rune) bool { return r != '\n' && report.Steers(r) }
