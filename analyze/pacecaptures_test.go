package analyze_test

import (
	"testing"
	"time"

	"winwatch/analyze/cause"
)

// TestPaceOfCaptures: who made the sender wait, where the window was open most of the
// time. The times are known by construction or from the kernel, to 2%.
func TestPaceOfCaptures(t *testing.T) {
	for _, tc := range []struct {
		name string
		code cause.Code
		wait time.Duration
	}{
		{"pace/ref-handshake-window-full.pcap.gz", cause.WindowLimited, 699 * time.Millisecond},
		{"pace/small-window-full-every-rtt.pcap.gz", cause.WindowLimited, 202 * time.Millisecond},
		{"pace/min-slow-reader-one-zero.pcap.gz", cause.ReceiverSlow, 935 * time.Millisecond},
		{"pace/min-slow-reader-50ms-ticks.pcap.gz", cause.ReceiverSlow, 935 * time.Millisecond},
		{"pace/one-byte-window-linux-sender.pcap.gz", cause.ReceiverSlow, 8813 * time.Millisecond},
		{"pace/elks1022-one-byte-window.pcap.gz", cause.ReceiverSlow, 10013 * time.Millisecond},
		{"pace/min-sndbuf-limited.pcap.gz", cause.SenderLimited, 1552 * time.Millisecond},
		{"lab/window-below-mss/capture.pcap", cause.WindowLimited, 5 * time.Second},
		{"lab/nagle-delayed-ack/capture.pcap", cause.DelayedACK, 2612 * time.Millisecond},
		{"lab/network-limited-loss/capture.pcap", cause.PathLoss, 396 * time.Millisecond},
		{"pace/loss-and-small-window.pcap.gz", cause.ReceiverSlow, 3272 * time.Millisecond},
		{"lab/app-limited/capture.pcap", cause.SenderIdle, 3468 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := analyzeUntil("testdata/" + tc.name)
			if err != nil {
				t.Fatal(err)
			}
			v := r.Stream(0).Verdict
			if v.Code != tc.code || (v.Wait-tc.wait).Abs() > tc.wait/50 {
				t.Errorf("%s, %v: %s\nwant %s, %v", v.Code, v.Wait, v.Sentence, tc.code, tc.wait)
			}
		})
	}
}

// TestNoSureLoss: what the capture lacks is not lost on the path.
func TestNoSureLoss(t *testing.T) {
	r, err := analyzeUntil("testdata/pace/capture-drops.pcap.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Stream(0).Causes {
		if f.Code == cause.PathLoss && f.Confidence != cause.Low {
			t.Errorf("%s confidence: %s", f.Confidence, f.Sentence)
		}
	}
}

// TestBothCauses: where the window and the path take turns, both are named, and the
// window's share is what the kernel counted (tcpi_rwnd_limited: 3.272 s of 5.008 s).
func TestBothCauses(t *testing.T) {
	r, err := analyzeUntil("testdata/pace/loss-and-small-window.pcap.gz")
	if err != nil {
		t.Fatal(err)
	}
	found := map[cause.Code]time.Duration{}
	for _, f := range r.Stream(0).Causes {
		if f.Severity > cause.OK {
			found[f.Code] = f.Wait
		}
	}
	window := found[cause.WindowLimited] + found[cause.ReceiverSlow]
	if found[cause.PathLoss] == 0 || (window-3272*time.Millisecond).Abs() > 65*time.Millisecond {
		t.Errorf("%v", found)
	}
}
