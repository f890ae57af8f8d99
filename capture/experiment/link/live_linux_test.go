package link

import (
	"testing"
	"time"
)

// users runs a test as the user who runs the tests and as an ordinary user.
func users(t *testing.T, body func(t *testing.T)) {
	for name, nobody := range map[string]bool{"self": false, "nobody": true} {
		t.Run(name, func(t *testing.T) {
			if inMiddle(t, nobody) {
				body(t)
			}
		})
	}
}

// TestRate checks rate and delay. The bounds are generous, because the machine may be
// busy: BenchmarkLink measures.
func TestRate(t *testing.T) {
	users(t, func(t *testing.T) {
		l := open(t, "delay=20ms,rate=100mbit")
		client, server := connect(t, l, false)
		const bytes, rtt = 20e6, 40 * time.Millisecond
		rate := bytes * 8 / transfer(t, client, server, bytes).Seconds()
		if rate > 100e6 || rate < 50e6 {
			t.Errorf("the transfer ran at %.1f Mbit/s", rate/1e6)
		}
		if shortest, longest := pingPong(t, client, server, 20); shortest < rtt || shortest > rtt*5/4 {
			t.Errorf("round trips take %v to %v", shortest, longest)
		}
		if r := l.Report(); r.Ways[0].Missed+r.Ways[1].Missed != 0 {
			t.Errorf("packets were missed: %+v", r)
		}
	})
}
