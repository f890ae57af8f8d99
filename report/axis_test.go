package report

import (
	"math"
	"testing"
)

// TestTimeTicksAtTheEndsOfTime: marks end where the axis does, also where the
// next one could not be words.Counted any more.
func TestTimeTicksAtTheEndsOfTime(t *testing.T) {
	for _, span := range [][2]int64{
		{0, math.MaxInt64}, {math.MaxInt64 - 1, math.MaxInt64}, {math.MaxInt64, math.MaxInt64},
		{math.MinInt64, math.MinInt64 + 1e9}, {math.MinInt64, math.MaxInt64}, {0, 0}, {5, 4},
	} {
		ticks, _ := timeTicks(span[0], span[1], 12)
		if len(ticks) > 13 {
			t.Errorf("%d to %d: %d marks", span[0], span[1], len(ticks))
		}
		for _, m := range ticks {
			if m.at < span[0] || m.at > span[1] {
				t.Errorf("%d to %d: a mark at %d", span[0], span[1], m.at)
			}
		}
	}
}
