package csv

import (
	"encoding/binary"
	"math/bits"

	"winwatch/analyze"
	"winwatch/capture"
)

// Numbers dominate the cost of a CSV row, so their digits are computed eight at a time and
// stored as one word. That writes up to seven bytes past the number: a buffer without that
// much spare capacity grows.

const (
	second = 1_000_000_000
	eight  = 100_000_000 // the first number with more than 8 digits
	// zeros is "00000000".
	zeros = 0x3030303030303030
)

// digits8 returns the 8 decimal digits of v, which must be below 10^8, one per byte, the
// first digit in the lowest byte. Each step splits the numbers in the word in half; the
// multiplications divide by 100 and 10.
func digits8(v uint64) uint64 {
	q := v / 10_000
	fours := q | (v-q*10_000)<<32
	hundreds := fours * 10486 >> 20 & 0x7f_0000007f
	twos := (fours-100*hundreds)<<16 | hundreds
	tens := twos * 103 >> 10 & 0x0f_000f_000f_000f
	return (twos-10*tens)<<8 | tens
}

// appendUint appends v in decimal.
func appendUint(b []byte, v uint64) []byte {
	switch {
	case v < 10:
		return append(b, '0'+byte(v))
	case v < 100:
		return append(b, '0'+byte(v/10), '0'+byte(v%10))
	case v >= eight:
		q := v / eight
		return append8(appendUint(b, q), v-q*eight)
	}
	d := digits8(v)
	skip := bits.TrailingZeros64(d) & 56
	b = binary.LittleEndian.AppendUint64(b, d>>skip|zeros)
	return b[:len(b)-skip/8]
}

// append8 appends v, which must be below 10^8, as 8 digits.
func append8(b []byte, v uint64) []byte {
	return binary.LittleEndian.AppendUint64(b, digits8(v)|zeros)
}

// append9 appends v, which must be below 10^9, as 9 digits.
func append9(b []byte, v uint64) []byte {
	q := v / eight
	return append8(append(b, '0'+byte(q)), v-q*eight)
}

// appendKnown appends v in decimal, or nothing if it is analyze.Unknown.
func appendKnown(b []byte, v int64) []byte {
	if v == analyze.Unknown {
		return b
	}
	return appendInt(b, v)
}

// appendInt appends v in decimal.
func appendInt(b []byte, v int64) []byte {
	if v < 0 {
		return appendUint(append(b, '-'), -uint64(v))
	}
	return appendUint(b, uint64(v))
}

// appendNanoseconds appends a time in nanoseconds.
func appendNanoseconds(b []byte, ns int64) []byte {
	var c clockText
	return c.appendTime(b, ns)
}

// appendElapsed appends the time from start to t as seconds with 9 decimals.
func appendElapsed(b []byte, start, t int64) []byte {
	var c clockText
	return c.appendElapsed(b, start, t)
}

// clockText keeps the text of the second written last: the next time is usually within
// the same second.
type clockText struct {
	second uint64
	size   int
	text   [24]byte
}

// appendTime appends a time in nanoseconds.
func (c *clockText) appendTime(b []byte, ns int64) []byte {
	if ns < second {
		return appendInt(b, ns)
	}
	s := uint64(ns) / second
	return append9(append(b, c.whole(s)...), uint64(ns)-s*second)
}

// appendElapsed appends the time from start to t as seconds with 9 decimals. It is exact
// over the whole range of int64, and negative if t is before start.
func (c *clockText) appendElapsed(b []byte, start, t int64) []byte {
	d := uint64(t) - uint64(start)
	if t < start {
		b, d = append(b, '-'), -d
	}
	s := d / second
	return append9(append(append(b, c.whole(s)...), '.'), d-s*second)
}

func (c *clockText) whole(s uint64) []byte {
	if c.size == 0 || c.second != s {
		c.second, c.size = s, len(appendUint(c.text[:0], s))
	}
	return c.text[:c.size]
}

// appendAddr appends an address in the form that netip.Addr prints.
func appendAddr(b []byte, a capture.Addr) []byte {
	ip := a.Netip()
	if !ip.Is4() {
		return ip.AppendTo(b)
	}
	for i, o := range ip.As4() {
		if i > 0 {
			b = append(b, '.')
		}
		b = appendUint(b, uint64(o))
	}
	return b
}
