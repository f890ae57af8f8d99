package report

import (
	"fmt"
	"math"
	"time"

	"winwatch/analyze/proof"
	"winwatch/capture/words"
)

// Cells returns the name of a row of a proof, with its unit unless the numbers carry it,
// what the packets show, which is an interval if the kernel's number only has to lie
// within it, and the kernel's number.
func Cells(r *proof.Row) (name, packets, kernel string) {
	name, packets = r.Name, quantity(r.Inferred, r.Unit)
	if r.Unit == "bytes" {
		name += ", bytes"
	}
	switch low, high := quantity(r.Low, r.Unit), quantity(r.High, r.Unit); {
	case r.Exact || r.Low == nil && r.High == nil:
	case r.Low == nil:
		packets = "≤ " + high
	case r.High == nil:
		packets = "≥ " + low
	default:
		packets = low + " … " + high
	}
	return name, packets, quantity(r.Kernel, r.Unit)
}

// quantity writes a number of a proof in full, because the comparison is exact.
func quantity(v *int64, unit string) string {
	switch {
	case v == nil:
		return "unknown"
	case unit == "ns":
		return words.Duration(time.Duration(*v))
	default:
		return words.Count(*v)
	}
}

// Mbit writes a rate in bit/s as Mbit/s, with three digits that matter; "" if it is unknown.
func Mbit(rate *float64) string {
	if rate == nil {
		return ""
	}
	v := *rate / 1e6
	switch {
	case v >= 99.95:
		return words.Count(int64(math.Round(v)))
	case v >= 9.995:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.9995:
		return fmt.Sprintf("%.2f", v)
	default:
		return fmt.Sprintf("%.3f", v)
	}
}

// Signed writes a difference with its sign.
func Signed(v *int64, unit string) string {
	switch {
	case v == nil:
		return "–"
	case *v > 0:
		return "+" + quantity(v, unit)
	default:
		return quantity(v, unit)
	}
}
