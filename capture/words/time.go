package words

import (
	"fmt"
	"time"
)

// Duration writes a span of time in the most readable unit: "716 µs", "50.0 ms",
// "12.052 s", "3.5 h".
func Duration(d time.Duration) string {
	switch size := d.Abs(); {
	case d == 0:
		return "0 s"
	case size < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case size < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case size < 100*time.Millisecond:
		return fmt.Sprintf("%.1f ms", d.Seconds()*1e3)
	case size < time.Hour:
		return Seconds(d) + " s"
	case size < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	default:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	}
}

// Seconds writes a span in seconds with three decimals and no unit: "0.050".
func Seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
