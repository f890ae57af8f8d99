package report

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestTimeTicksAtTheEndsOfTime checks that no tick lies outside the axis, even if the next
// one would not fit an int64.
func TestTimeTicksAtTheEndsOfTime(t *testing.T) {
	for _, span := range [][2]int64{
		{0, math.MaxInt64}, {math.MaxInt64 - 1, math.MaxInt64}, {math.MaxInt64, math.MaxInt64},
		{math.MinInt64, math.MinInt64 + 1e9}, {math.MinInt64, math.MaxInt64}, {0, 0}, {5, 4},
	} {
		ticks, _ := TimeTicks(span[0], span[1], 12)
		if len(ticks) > 13 {
			t.Errorf("%d to %d: %d ticks", span[0], span[1], len(ticks))
		}
		for _, m := range ticks {
			if m.At < span[0] || m.At > span[1] {
				t.Errorf("%d to %d: a tick at %d", span[0], span[1], m.At)
			}
		}
	}
}

// TestTimeTicks checks ticks and units of short and long spans.
func TestTimeTicks(t *testing.T) {
	for _, test := range []struct {
		first, last time.Duration
		want        string
	}{
		{0, 19 * time.Second, "0 5 10 15 s"},
		{0, 900 * time.Microsecond, "0 200 400 600 800 µs"},
		{0, 1300 * time.Millisecond, "0 500 1000 ms"},
		{2 * time.Second, 5 * time.Second, "2 3 4 5 s"},
		{0, 30 * time.Minute, "0 10 20 30 min"},
		{-90 * time.Second, 90 * time.Second, "-50 0 50 s"},
		{0, 200 * time.Hour, "0 50 100 150 200 h"},
		{5, 5, "s"},
	} {
		ticks, unit := TimeTicks(int64(test.first), int64(test.last), 5)
		var got []string
		for _, tk := range ticks {
			got = append(got, tk.Label)
		}
		if text := strings.Join(append(got, unit), " "); text != test.want && test.first != test.last {
			t.Errorf("%v to %v: %s, want %s", test.first, test.last, text, test.want)
		}
	}
}
