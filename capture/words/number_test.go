package words

import (
	"math"
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 9216: "9,216 B", 10240: "10 KiB", 131_248: "128.2 KiB",
		5 << 30: "5 GiB", -2048: "-2,048 B", math.MaxInt64: "8 EiB"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 100: "100", 1000: "1,000", -100: "-100", -1234567: "-1,234,567", math.MinInt64: "-9,223,372,036,854,775,808"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	if got, want := Count(uint64(math.MaxUint64)), "18,446,744,073,709,551,615"; got != want {
		t.Errorf("Count(math.MaxUint64) = %q, want %q", got, want)
	}
}

func TestSprintf(t *testing.T) {
	const want = "3,910,656 of -4,194,304 bytes, 44.0 ms, send(), 0.25 s, 1,000 calls"
	if got := Sprintf("%d of %d bytes, %v, %s, %.2f s, %d calls", 3910656, int64(-4194304), 44*time.Millisecond, "send()", 0.25, uint64(1000)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
