package words

import (
	"math"
	"strconv"
	"strings"
)

var byteUnits = [...]string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// Bytes writes a byte count in full: "128,172 bytes".
func Bytes(n int64) string { return Counted(n, "byte") }

// Rate writes bytes a second in full.
func Rate(n int64) string { return Bytes(n) + " a second" }

// Size writes a byte count in short form, exact below 10 KiB: "9,216 B",
// "125.2 KiB".
func Size(n int64) string {
	if n > -10*1024 && n < 10*1024 {
		return Count(n) + " B"
	}
	v, unit := float64(n), 0
	for math.Abs(v) >= 1024 && unit < len(byteUnits) {
		v /= 1024
		unit++
	}
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0") + " " + byteUnits[unit-1]
}

// Tick writes a multiple of a power of two for an axis: "0 B", "64 KiB",
// "1.5 MiB".
func Tick(n int64) string {
	v, unit := float64(n), "B"
	for i := 0; v >= 1024 && i < len(byteUnits); i++ {
		v, unit = v/1024, byteUnits[i]
	}
	return strconv.FormatFloat(v, 'f', -1, 64) + " " + unit
}
