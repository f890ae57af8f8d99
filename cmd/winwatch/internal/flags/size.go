// Package flags has the types of flag values that package pflag lacks: sizes in
// bytes and times in a capture.
package flags

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Size is a flag for a number of bytes: 4096, 4k, 1M. The letters k, M and G
// stand for powers of 1024. The zero value is a flag that was not given.
type Size struct {
	// Bytes is at least 1 if the flag was given.
	Bytes int
	text  string
}

// Set parses s.
func (z *Size) Set(s string) error {
	digits, unit := s, 1
	if i := strings.IndexAny(s, "kKmMgG"); i >= 0 && i == len(s)-1 {
		digits = s[:i]
		unit = map[byte]int{'k': 1 << 10, 'm': 1 << 20, 'g': 1 << 30}[s[i]|0x20]
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > math.MaxInt32/unit {
		return fmt.Errorf("%q is not a size: want bytes such as 4096, 64k or 1M", s)
	}
	*z = Size{n * unit, s}
	return nil
}

// String returns the text that Set parsed.
func (z *Size) String() string { return z.text }

// Type names the value in messages of package pflag.
func (z *Size) Type() string { return "SIZE" }
