package analyze_test

import (
	"fmt"
	"testing"

	"winwatch/analyze"
	"winwatch/capture/capturetest"
)

// TestProbeCrossesReset: a probe that was on its way when the receiver reset the connection
// is a probe, and no keep-alive.
func TestProbeCrossesReset(t *testing.T) {
	const text = `
		0 C > S S win 64000 mss 1460
		+0.001 S > C S. win 4000 mss 1460
		+0.040 C > S .
		+0 C > S . seq 1:4001
		+0.001 S > C . ack 4001 win 0
		+0.300 C > S . seq 4000
		+0.001 S > C . ack 4001 win 0
		+0.570 S > C R. ack 4001
		+%s C > S . seq 4000`
	for _, tc := range []struct {
		after              string
		probes, keepAlives uint64
	}{
		{"0.030", 2, 0},
		{"0.300", 1, 1},
	} {
		d := &analyzed(t, capturetest.Parse(t, fmt.Sprintf(text, tc.after))).Dirs[analyze.ClientToServer]
		if d.Probes != tc.probes || d.KeepAlives != tc.keepAlives {
			t.Errorf("%s s after the reset: %d probes and %d keep-alives, want %d and %d", tc.after, d.Probes, d.KeepAlives, tc.probes, tc.keepAlives)
		}
		if n := uint64(len(d.Stalls[0].Probes)); n != tc.probes || d.Stalls[0].ProbeCount != int64(n) {
			t.Errorf("%s s after the reset: the stall has %d probes of %d", tc.after, n, d.Stalls[0].ProbeCount)
		}
	}
}
