package capture

import (
	"math"
	"math/bits"
)

// clock turns the time stamps of a pcapng interface into nanoseconds since the
// Unix epoch. Times outside the range of int64 are clamped.
type clock struct {
	mul    uint64 // nanoseconds = ticks × mul ÷ div >> shift + offset
	div    uint64
	shift  uint8
	offset int64 // nanoseconds
}

// newClock returns the clock for the options if_tsresol and if_tsoffset. resol is
// a power of ten or, with the high bit set, of two (draft-ietf-opsawg-pcapng 4.2).
func newClock(resol byte, offsetSeconds int64) clock {
	c := clock{mul: 1, div: 1, offset: saturatingSeconds(offsetSeconds)}
	exp := resol & 0x7f
	switch {
	case resol&0x80 != 0:
		c.mul, c.shift = 1e9, exp
	case exp <= 9:
		c.mul = pow10(9 - exp)
	case exp-9 < 20:
		c.div = pow10(exp - 9)
	default:
		c.mul = 0 // 2^64 ticks are less than a nanosecond
	}
	return c
}

func pow10(n byte) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// time returns the time of a number of ticks.
func (c *clock) time(ticks uint64) int64 {
	hi, lo := bits.Mul64(ticks, c.mul)
	switch {
	case c.shift >= 64:
		hi, lo = 0, hi>>(c.shift-64)
	case c.shift > 0:
		hi, lo = hi>>c.shift, hi<<(64-c.shift)|lo>>c.shift
	case c.div > 1:
		lo /= c.div // mul is 1: hi is 0
	}
	if hi != 0 || lo > math.MaxInt64 {
		lo = math.MaxInt64
	}
	return saturatingAdd(int64(lo), c.offset)
}

// saturatingSeconds returns seconds as nanoseconds.
func saturatingSeconds(sec int64) int64 {
	switch {
	case sec > math.MaxInt64/1_000_000_000:
		return math.MaxInt64
	case sec < math.MinInt64/1_000_000_000:
		return math.MinInt64
	}
	return sec * 1_000_000_000
}

// saturatingAdd returns ns + offset, for ns >= 0.
func saturatingAdd(ns, offset int64) int64 {
	if offset > 0 && ns > math.MaxInt64-offset {
		return math.MaxInt64
	}
	return ns + offset
}
