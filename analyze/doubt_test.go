package analyze_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/capture/capturetest"
)

// steps is data in segments of 1,000 bytes, each acknowledged; aside comes after n of them.
func steps(total, n int, aside string) string {
	var b strings.Builder
	b.WriteString(handshake)
	for i := range total {
		if i == n {
			b.WriteString(aside)
		}
		fmt.Fprintf(&b, "%.3f C > S P. seq %d:%d  ack 1\n+0.001 S > C . seq 1 ack %d win 16000\n", 0.1+0.01*float64(i), 1+1000*i, 1001+1000*i, 1001+1000*i)
	}
	return b.String()
}

// TestStrayACK: an ACK of data that was never sent, as what follows shows, changes nothing.
func TestStrayACK(t *testing.T) {
	const at = "+0.001 S > C . "
	for _, tc := range []struct{ name, aside string }{
		{"window 0", at + "seq 1 ack 20001 win 0\n"},
		{"window 0, a little ahead", at + "seq 1 ack 6500 win 0\n"},
		{"window 0, beyond the right edge", at + "seq 1 ack 900001 win 0\n"},
		{"window 0, its own numbers are wrong too", at + "seq 3001 ack 20001 win 0\n"},
		{"it carries data", at + "seq 1:101 ack 20001 win 0\n"},
		{"an open window", at + "seq 1 ack 20001 win 8000\n"},
		{"again and again", at + "seq 1 ack 20001 win 0\n" + at + "seq 1 ack 20001 win 0\n" + at + "seq 1 ack 20001 win 0\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := &analyzed(t, capturetest.Parse(t, steps(30, 5, ""))).Dirs[analyze.ClientToServer]
			s := analyzed(t, capturetest.Parse(t, steps(30, 5, tc.aside)))
			got := &s.Dirs[analyze.ClientToServer]
			if got.StallCount != 0 || got.Retransmissions != 0 || got.Gaps != 0 || !reflect.DeepEqual(got.Budget, want.Budget) ||
				got.AckedBytes != want.AckedBytes || got.UniqueBytes != want.UniqueBytes || got.Window.ToZero != 0 || *got.MaxInFlight != *want.MaxInFlight {
				t.Errorf("%+v\nwithout it %+v", got, want)
			}
			if back := &s.Dirs[analyze.ServerToClient]; back.Gaps != 0 || back.StallCount != 0 {
				t.Errorf("the other direction: %+v", back)
			}
			for _, w := range s.Warnings {
				if w.Code != analyze.WarnStrays {
					t.Errorf("warning: %s", w.Text)
				}
			}
		})
	}
}

// TestACKOfMissingData: an ACK of data that the capture misses counts, with its window.
func TestACKOfMissingData(t *testing.T) {
	for _, tc := range []struct{ name, after string }{
		{"probes follow", "+0.2 C > S . seq 20000\n+0 S > C . ack 20001 win 0\n+0.4 C > S . seq 20000\n+0 S > C . ack 20001 win 0\n+1.4 S > C . ack 20001 win 16000\n+0 C > S P. seq 20001:21001"},
		{"nothing follows for 2 s", "+2 S > C . ack 20001 win 16000\n+0 C > S P. seq 20001:21001\n+0.001 S > C . ack 21001"},
		{"the capture missed the probes", "+2 C > S P. seq 21001:22001\n+0.001 S > C . ack 22001 win 9000"},
		{"old data is sent again", "+0.2 C > S P. seq 4001:5001\n+0 S > C . ack 20001 win 0\n+1.8 S > C . ack 20001 win 16000\n+0 C > S P. seq 20001:21001"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := &analyzed(t, capturetest.Parse(t, steps(5, 0, "")+"+0.01 S > C . ack 20001 win 0\n"+tc.after)).Dirs[analyze.ClientToServer]
			if len(d.Stalls) != 1 || d.Stalls[0].Duration < 1900*time.Millisecond || d.AckedBytes < 20_000 {
				t.Errorf("%d bytes acknowledged; stalls %+v", d.AckedBytes, d.Stalls)
			}
		})
	}
}
