package analyze_test

import (
	"testing"
	"time"

	"winwatch/analyze/cause"
)

// TestFastOpen: a request in the SYN counts as data, is in flight until the SYN-ACK, and
// leaves nothing unjudged.
func TestFastOpen(t *testing.T) {
	const opened = `
		0 C > S S win 65535 ws 7 len 100
		0.04 S > C S. win 65535 ws 7
		+0 C > S . win 512
		+0.0001 S > C P. len 1000 win 512
		+0 C > S . win 512
	`
	const again = `
		0 C > S S win 65535 ws 7 len 100
		1 C > S S win 65535 ws 7 seq 0
		1.04 S > C S. ack 1 win 65535 ws 7
		+0 C > S P. seq 1:101 win 512
		1.08 S > C P. len 1000 win 512
		+0 C > S . win 512
	`
	for _, tc := range []struct {
		name, text string
		network    time.Duration
		retrans    uint64
	}{
		{"the SYN's data is taken", opened, 40 * time.Millisecond, 0},
		{"a device drops SYNs with data", again, 1080 * time.Millisecond, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			d := c2s(t, r)
			if d.AckedBytes != 100 || d.UniqueBytes != 100 {
				t.Errorf("%d bytes sent, %d acknowledged; want 100", d.UniqueBytes, d.AckedBytes)
			}
			if b := d.Budget; b.Network+b.Recovering != tc.network || b.Unjudged != 0 {
				t.Errorf("budget %+v, want %v in the network", b, tc.network)
			}
			if v := r.Stream(0).Verdict; v.Code != cause.Healthy && v.Code != cause.SenderIdle {
				t.Errorf("verdict %s: %s", v.Code, v.Sentence)
			}
		})
	}
}
