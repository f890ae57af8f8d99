package flags

import (
	"math"
	"testing"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]int{
		"1": 1, "4096": 4096, "4k": 4 << 10, "64K": 64 << 10, "1M": 1 << 20, "1g": 1 << 30, "2147483647": math.MaxInt32,
		"": 0, "k": 0, "0": 0, "-1": 0, "big": 0, "1kk": 0, "1.5k": 0, "2g": 0, "2147483648": 0, "k1": 0,
	} {
		var z Size
		if err := z.Set(text); (err == nil) != (want > 0) || z.Bytes != want {
			t.Errorf("%q: %d bytes, error %v, want %d", text, z.Bytes, err, want)
		}
		if want > 0 && z.String() != text {
			t.Errorf("%q prints as %q", text, &z)
		}
	}
}

func TestIntervalBounds(t *testing.T) {
	const first, date = 1e18, 1_714_564_800_500_000_000
	for _, tt := range []struct {
		from, to  string
		first     int64
		low, high int64
	}{
		{"", "", first, math.MinInt64, math.MaxInt64},
		{"0", "12.5", first, first, first + 12_500_000_000},
		{"2024-05-01T12:00:00.5Z", "", first, date, math.MaxInt64},
		{"2024-05-01 14:00:00.5+02:00", "", first, date, math.MaxInt64},
		{"10", "", math.MaxInt64 - 5, math.MaxInt64, math.MaxInt64},
		{"0", "0", math.MinInt64, math.MinInt64, math.MinInt64},
	} {
		var v Interval
		if tt.from != "" {
			set(t, &v.From, tt.from)
		}
		if tt.to != "" {
			set(t, &v.To, tt.to)
		}
		if given := tt.from+tt.to != ""; v.Given() != given {
			t.Errorf("%q to %q: given %v, want %v", tt.from, tt.to, v.Given(), given)
		}
		if low, high := v.Bounds(tt.first); low != tt.low || high != tt.high {
			t.Errorf("%q to %q: %d to %d, want %d to %d", tt.from, tt.to, low, high, tt.low, tt.high)
		}
	}
}

func set(t *testing.T, z *Time, text string) {
	t.Helper()
	if err := z.Set(text); err != nil {
		t.Fatal(err)
	}
}

func TestTimeRefuses(t *testing.T) {
	for _, text := range []string{"", "yesterday", "NaN", "-1", "1e300", "Inf", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"} {
		var z Time
		if err := z.Set(text); err == nil || z.Given() {
			t.Errorf("%q: error %v, time %+v", text, err, z)
		}
	}
}

// FuzzTime checks that a relative time is never before the capture.
func FuzzTime(f *testing.F) {
	f.Add("12.5", int64(0))
	f.Add("9223372036", int64(math.MaxInt64))
	f.Add("2024-05-01T12:00:00.5Z", int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, text string, first int64) {
		var z Time
		if z.Set(text) != nil || z.absolute {
			return
		}
		if at := z.unix(first); z.ns < 0 || at < first {
			t.Errorf("%q is %d ns after the start, at %d of a capture that begins at %d", text, z.ns, at, first)
		}
	})
}

// FuzzSize checks that a size fits the options of a socket.
func FuzzSize(f *testing.F) {
	f.Add("64k")
	f.Add("2147483648")
	f.Fuzz(func(t *testing.T, text string) {
		var z Size
		if err := z.Set(text); err == nil && (z.Bytes < 1 || z.Bytes > math.MaxInt32) {
			t.Errorf("%q is %d bytes", text, z.Bytes)
		}
	})
}
