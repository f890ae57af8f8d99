// Package words writes numbers, byte counts and times for people. Verdicts and
// reports share it, so that a quantity looks the same everywhere. Machine-readable
// formats write their own numbers.
package words

import (
	"fmt"
	"strconv"
	"strings"
)

// Integer is the type of a count.
type Integer interface {
	~int | ~int64 | ~uint32 | ~uint64
}

// Count groups digits: "1,234,567".
func Count[T Integer](n T) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Counted returns a number and its noun, singular or plural: "1 stall",
// "2,000 stalls".
func Counted[T Integer](n T, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Count(n) + " " + noun
}

// Times says how often: "once", "twice", "1,000 times".
func Times[T Integer](n T) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return Count(n) + " times"
}

// Percentages returns the parts of a whole in tenths of a percent. They add up to
// 1000 if the parts add up to the whole: the rounding error goes to the parts that
// lost most by it.
func Percentages[T ~int64](parts []T, whole T) []int {
	out := make([]int, len(parts))
	if whole <= 0 {
		return out
	}
	lost := make([]float64, len(parts))
	rest := 1000
	for i, p := range parts {
		exact := float64(p) / float64(whole) * 1000
		out[i] = int(exact)
		lost[i] = exact - float64(out[i])
		rest -= out[i]
	}
	for ; rest > 0 && rest <= len(parts); rest-- {
		most := 0
		for i := range lost {
			if lost[i] > lost[most] {
				most = i
			}
		}
		out[most]++
		lost[most] = -1
	}
	return out
}

// Percent writes tenths of a percent: "12.5%".
func Percent(tenths int) string {
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10) + "%"
}

// UpperFirst returns s with its first letter in upper case.
func UpperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
