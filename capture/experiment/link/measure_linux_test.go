package link

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// TestMeasure prints what the link achieves on this machine; it is run on demand.
func TestMeasure(t *testing.T) {
	if os.Getenv("WINWATCH_MEASURE") == "" {
		t.Skip("set WINWATCH_MEASURE=1 to measure rate, delay and load on a quiet machine")
	}
	for _, spec := range []string{"delay=20ms,rate=100mbit", "delay=20ms", ""} {
		for _, name := range []string{"self", "nobody"} {
			t.Run(name+" "+spec, func(t *testing.T) {
				if inMiddle(t, name == "nobody") {
					measure(t, spec)
				}
			})
		}
	}
}

func measure(t *testing.T, spec string) {
	l := open(t, spec)
	client, server := connect(t, l, false)
	transfer(t, client, server, 20e6) // ends the slow start
	before, cpu := l.Report(), cpuTime()
	start := time.Now()
	transfer(t, client, server, 100e6)
	took, after := time.Since(start), l.Report()
	t.Logf("hosts and link took %.0f%% of one processor", 100*float64(cpuTime()-cpu)/float64(took))
	for e := range after.Ways {
		a, b := after.Ways[e], before.Ways[e]
		t.Logf("way %d: %.2f Mbit/s of IP packets, %.0f packets/s, latest %v, missed %d, dropped %d", e,
			float64(a.DeliveredBytes-b.DeliveredBytes)*8/took.Seconds()/1e6,
			float64(a.Delivered-b.Delivered)/took.Seconds(), a.Latest, a.Missed, a.QueueFull)
	}
	shortest, longest := pingPong(t, client, server, 100)
	t.Logf("round trips from %v to %v", shortest, longest)
}

// cpuTime returns the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
