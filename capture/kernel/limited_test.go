package kernel

import (
	"strings"
	"testing"
	"time"
)

// TestLimited: the limit is what held the sender back for most of the time in which it
// had something to send.
func TestLimited(t *testing.T) {
	for _, tt := range []struct {
		name                          string
		elapsed, busy, window, buffer time.Duration
		limit                         Limit
		says                          string
	}{
		{"a closed window", 7070, 7068, 7052, 0, LimitWindow, "the window held the sender back for 7.05 s of 7.07 s"},
		{"longer than the clock says", 435, 436, 436, 0, LimitWindow, "for 0.43 s of 0.43 s"},
		{"a closed window after long idleness", 9000, 2000, 1900, 0, LimitWindow, "for 1.90 s of 9.00 s"},
		{"hardly ever held back", 9000, 900, 899, 0, LimitApplication, "had nothing to send for 8.10 s of 9.00 s"},
		{"a small send buffer", 2000, 1990, 300, 1200, LimitSendBuffer, "the send buffer held the sender back for 1.20 s of 2.00 s"},
		{"the window for less than the network", 3000, 3000, 1400, 0, LimitNetwork, "for 1.60 s of 3.00 s"},
		{"waits for acknowledgments", 870, 752, 0, 0, LimitNetwork, "waited for acknowledgments"},
		{"answers now and then", 1000, 499, 0, 0, LimitApplication, "for 0.50 s of 1.00 s"},
		{"nothing sent", 820, 0, 0, 0, LimitApplication, "for 0.82 s of 0.82 s"},
		{"too short for the clock", 79, 79, 79, 0, LimitUnknown, "0.08 s are too short for a clock that ticks every 4ms"},
	} {
		at := func(moment string, share time.Duration) Reading {
			ns := func(ms time.Duration) int64 { return int64(ms * share * time.Millisecond) }
			// Both readings have an offset: what counts is the rise.
			return Reading{Moment: moment, Time: 1e9 + ns(tt.elapsed),
				Sender: SocketState{Busy: 8e6 + ns(tt.busy), RwndLimited: 4e6 + ns(tt.window), SndbufLimited: 2e6 + ns(tt.buffer)}}
		}
		w := Witness{Tick: 4 * time.Millisecond, Readings: []Reading{at(MomentEstablished, 0), at(MomentEnd, 1)}}
		if limit, says := w.Limited(); limit != tt.limit || !strings.Contains(says, tt.says) {
			t.Errorf("%s: %s: %q, want %s: %q", tt.name, limit, says, tt.limit, tt.says)
		}
		w.Readings[1].Sender.SndbufLimited = Unknown // kernels before 4.10
		if limit, says := w.Limited(); limit != LimitUnknown || says == "" {
			t.Errorf("%s, without the send buffer's time: %s: %q", tt.name, limit, says)
		}
		w.Readings = w.Readings[:1]
		if limit, _ := w.Limited(); limit != LimitUnknown {
			t.Errorf("%s, without a reading at the end: %s", tt.name, limit)
		}
	}
}
