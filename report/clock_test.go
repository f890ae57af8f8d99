package report

import (
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/capture"
)

func TestClock(t *testing.T) {
	at := time.Date(2026, 3, 1, 22, 13, 20, 503_005_999, time.UTC).UnixNano()
	for _, test := range []struct {
		name       string
		note       capture.Note
		last       int64
		time, zone string
	}{
		{"one day", capture.NumNotes, at + int64(time.Hour), "22:13:20.503005", "UTC"},
		{"past midnight", capture.NumNotes, at + int64(2*time.Hour), "2026-03-01 22:13:20.503005", "UTC"},
		{"text without a date", capture.TextNoDate, at + int64(2*time.Hour), "22:13:20.503005", ""},
		{"frames without a time", capture.NoTime, at, "", ""},
	} {
		r := &analyze.Result{Begin: at, End: test.last}
		if test.note < capture.NumNotes {
			r.Input.Noted[test.note] = 1
		}
		c := NewClock(r)
		if got := c.Time(at); got != test.time || c.Zone != test.zone {
			t.Errorf("%s: %q in %q, want %q in %q", test.name, got, c.Zone, test.time, test.zone)
		}
		if got := c.Time(0); got != "" {
			t.Errorf("%s: an unknown time is %q", test.name, got)
		}
	}
}
