package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A size is a flag for a number of bytes: 4096, 4k, 1M. The letters stand for
// powers of 1024.
type size struct {
	bytes int
	text  string
}

// Set parses s.
func (z *size) Set(s string) error {
	digits, unit := s, 1
	if i := strings.IndexAny(s, "kKmMgG"); i >= 0 && i == len(s)-1 {
		digits = s[:i]
		unit = map[byte]int{'k': 1 << 10, 'm': 1 << 20, 'g': 1 << 30}[s[i]|0x20]
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > math.MaxInt32/unit {
		return fmt.Errorf("%q is no size: want bytes such as 4096, 64k or 1M", s)
	}
	*z = size{n * unit, s}
	return nil
}

func (z *size) String() string { return z.text }

// Type names the value in messages of package pflag.
func (z *size) Type() string { return "SIZE" }
