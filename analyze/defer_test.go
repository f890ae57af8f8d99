package analyze_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// deferral writes what a sender sends into a window of 30,000 bytes: first segments of
// 1,000, then in each round, per segments after acks ACKs of 2,000 bytes each, the
// first of them after wait, the others gap later each, and the data answer after the last.
type deferral struct {
	first, acks, per  int
	wait, gap, answer time.Duration
}

func (d deferral) text(rounds int) string {
	var b strings.Builder
	b.WriteString("0 C > S S mss 1000 win 30000\n+0.010 S > C S. mss 1000 win 30000\n+0 C > S .\n")
	b.WriteString(strings.Repeat("+0 C > S . len 1000\n", d.first))
	acked := 1
	for range rounds {
		for i := range d.acks {
			after := d.gap
			if i == 0 {
				after = d.wait
			}
			acked += 2000
			fmt.Fprintf(&b, "+%f S > C . ack %d win 30000\n", after.Seconds(), acked)
		}
		fmt.Fprintf(&b, "+%f C > S . len 1000\n", d.answer.Seconds())
		b.WriteString(strings.Repeat("+0 C > S . len 1000\n", d.per-1))
	}
	return b.String()
}

// TestDeferral: a sender whose window was full waits for room for a burst; one that never
// filled it does not wait for the window.
func TestDeferral(t *testing.T) {
	const us = time.Microsecond
	const rounds = 10
	for _, tc := range []struct {
		name string
		deferral
		full time.Duration
	}{
		{"it sends once a third of the window is free", deferral{30, 5, 10, 200 * us, 200 * us, 10 * us}, rounds * 1000 * us},
		// Each round leaves room for one segment more; the window counts until all is
		// acknowledged that was in flight when it was full.
		{"it leaves room, for a round trip", deferral{30, 5, 9, 200 * us, 200 * us, 10 * us}, (1000 + 1000 + 800 + 800) * us},
		{"it leaves room, and no ACK is due", deferral{30, 5, 9, 3000 * us, 200 * us, 10 * us}, 3000 * us},
		{"after more than 1 ms, it sends at the next ACK", deferral{30, 2, 4, 2000 * us, 200 * us, 0}, rounds * 2000 * us},
		{"its application writes later", deferral{30, 2, 4, 200 * us, 200 * us, 3000 * us}, rounds * 200 * us},
		{"the congestion window is smaller", deferral{28, 5, 10, 200 * us, 200 * us, 10 * us}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text(rounds))
			checkResult(t, r)
			if b := c2s(t, r).Budget; b.WindowFull != tc.full {
				t.Errorf("full for %v, want %v: %+v", b.WindowFull, tc.full, b)
			}
		})
	}
}
