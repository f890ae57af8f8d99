//go:build linux

package experiment

import (
	"testing"
	"time"

	"winwatch/capture/kernel"
)

// TestSamples: the samples tell which call has not returned yet, and when the next probe
// is due.
func TestSamples(t *testing.T) {
	samplesOf := func(name string) (samples []kernel.Sample) {
		hooks := Hooks{Sample: func(s kernel.Sample) { samples = append(samples, s) }}
		if _, err := find(t, name).Run(t.Context(), Config{Hold: 700 * time.Millisecond}, hooks); err != nil {
			t.Fatal(err)
		}
		return samples
	}
	blocked, due := false, false
	for _, s := range samplesOf("send-blocking") {
		blocked = blocked || s.Send.Pending != 0 && s.Time-s.Send.Pending > int64(blockedFor)
		due = due || s.Probes > 0 && s.NextProbe > s.Time
		if s.Recv.Pending != 0 {
			t.Fatal("recv() is pending, which nobody called")
		}
	}
	if !blocked || !due {
		t.Errorf("send() was seen to block: %v; a probe was seen to be due: %v", blocked, due)
	}
	waited := false
	for _, s := range samplesOf("recv-blocking") {
		waited = waited || s.Recv.Pending != 0 && s.Time-s.Recv.Pending > int64(blockedFor)
	}
	if !waited {
		t.Error("recv() was not seen to wait")
	}
}
