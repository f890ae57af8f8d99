package analyze

import (
	"math"
	"testing"
)

// TestWeight: the round trips recorded stand for all of them, however long the transfer,
// but for those since the last one.
func TestWeight(t *testing.T) {
	for _, trips := range []int{10, 32, 40, 100, 1000, 100_000} {
		var r rounds
		var sum float64
		skip := uint32(0)
		for range trips {
			if skip > 0 {
				skip--
				continue
			}
			r.count++
			sum += r.weight()
			if r.count >= denseRounds && r.count%2 == 0 {
				skip = skipAfter(r.count)
			}
		}
		if missing := math.Abs(float64(trips) - sum); missing > float64(skipAfter(r.count))+2 {
			t.Errorf("%d round trips: those recorded stand for %.0f", trips, sum)
		}
	}
}
