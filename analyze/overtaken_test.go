package analyze_test

import (
	"fmt"
	"testing"

	"winwatch/analyze"
	"winwatch/capture/capturetest"
)

// TestOvertaken: what fills a hole sooner than a copy can come is no retransmission, and the
// path lost nothing.
func TestOvertaken(t *testing.T) {
	const afar = `
		0 C > S S win 64000 mss 1460 ws 7 sackok
		+0.0001 S > C S. win 64000 mss 1460 ws 7 sackok
		+0.030 C > S .`
	for _, tc := range []struct {
		name, handshake, late string
		retransmissions       uint64
	}{
		{"within the round trip to the sender", afar, "0.008", 0},
		{"after it", afar, "0.031", 10},
		{"where the sender is near", handshake, "0.008", 10},
		{"and at once", handshake, "0.002", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := tc.handshake + "\n"
			for i := range 10 {
				at := 3000*i + 1
				text += fmt.Sprintf("+0.1 C > S . seq %d:%d\n+0.0001 S > C . ack %d\n+0.001 C > S . seq %d:%d\n+%s C > S . seq %d:%d\n+0.0001 S > C . ack %d\n",
					at, at+1000, at+1000, at+2000, at+3000, tc.late, at+1000, at+2000, at+3000)
			}
			d := &analyzed(t, capturetest.Parse(t, text)).Dirs[analyze.ClientToServer]
			if d.Retransmissions != tc.retransmissions || d.OutOfOrder != 10-tc.retransmissions {
				t.Errorf("%d retransmissions and %d out of order, want %d and %d", d.Retransmissions, d.OutOfOrder, tc.retransmissions, 10-tc.retransmissions)
			}
		})
	}
}
