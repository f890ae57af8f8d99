package capture

import (
	"math"
	"math/big"
	"testing"
)

// TestClock compares every legal if_tsresol with exact arithmetic.
func TestClock(t *testing.T) {
	ticks := []uint64{0, 1, 999, 1_700_000_000, 1_700_000_000_123_456, 1 << 63, math.MaxUint64}
	offsets := []int64{0, 1, -1, 1_700_000_000, math.MaxInt64, math.MinInt64}
	billion := big.NewInt(1_000_000_000)
	for resol := range 256 {
		base := big.NewInt(10)
		if resol&0x80 != 0 {
			base = big.NewInt(2)
		}
		div := new(big.Int).Exp(base, big.NewInt(int64(resol&0x7f)), nil)
		for _, offset := range offsets {
			c := newClock(byte(resol), offset)
			for _, n := range ticks {
				ns := new(big.Int).Mul(new(big.Int).SetUint64(n), billion)
				ns = saturate(ns.Quo(ns, div))
				off := saturate(new(big.Int).Mul(big.NewInt(offset), billion))
				want := saturate(ns.Add(ns, off)).Int64()
				if got := c.time(n); got != want {
					t.Fatalf("resolution %#x, offset %d, %d ticks: got %d, want %d", resol, offset, n, got, want)
				}
			}
		}
	}
}

// saturate clamps n to the range of int64.
func saturate(n *big.Int) *big.Int {
	if lo := big.NewInt(math.MinInt64); n.Cmp(lo) < 0 {
		return lo
	}
	if hi := big.NewInt(math.MaxInt64); n.Cmp(hi) > 0 {
		return hi
	}
	return n
}
