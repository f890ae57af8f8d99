package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"winwatch/analyze"
)

// displayBytes writes a byte count for people, exact below 10 KiB: "9,216 B",
// "128.2 KiB".
func displayBytes(n int64) string {
	if n > -10*1024 && n < 10*1024 {
		return groupDigits(n) + " B"
	}
	v, unit := float64(n), 0
	for math.Abs(v) >= 1024 && unit < len(byteUnits) {
		v /= 1024
		unit++
	}
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0") + " " + byteUnits[unit-1]
}

var byteUnits = [...]string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// groupDigits writes 1234567 as "1,234,567".
func groupDigits[T int | int64 | uint64](n T) string {
	s := fmt.Sprint(n)
	start := len(s) % 3
	if n < 0 {
		start = 1 + (len(s)-1)%3
	}
	var b strings.Builder
	b.WriteString(s[:start])
	for i := start; i < len(s); i += 3 {
		if b.Len() > 0 && s[:i] != "-" {
			b.WriteByte(',')
		}
		b.WriteString(s[i : i+3])
	}
	return b.String()
}

// displayTick writes a multiple of a power of two for an axis: "0 B", "64 KiB",
// "1.5 MiB".
func displayTick(n int64) string {
	v, unit := float64(n), "B"
	for i := 0; v >= 1024 && i < len(byteUnits); i++ {
		v, unit = v/1024, byteUnits[i]
	}
	return strconv.FormatFloat(v, 'f', -1, 64) + " " + unit
}

// frameSum accounts for every frame of the input: the sum must be seen to hold.
func frameSum(r *analyze.Result) string {
	in := &r.Input
	text := fmt.Sprintf("%s = %s analyzed", groupDigits(in.Frames), groupDigits(r.Segments))
	if in.Segments > r.Segments {
		text += fmt.Sprintf(" + %s left out", groupDigits(in.Segments-r.Segments))
	}
	for reason, n := range in.Skips() {
		text += fmt.Sprintf(" + %s %s", groupDigits(n), reason)
	}
	return text
}
