//go:build linux

package experiment

import (
	"testing"

	"winwatch/capture"
)

func TestSendBlocking(t *testing.T) {
	w := run(t, "send-blocking", Config{})
	checkQueues(t, w)
	if w.Probes < defaultProbes {
		t.Errorf("%d probes, want %d at least", w.Probes, defaultProbes)
	}
	t.Logf("%+v", w.Blocked)
	e, _ := w.At("end")
	t.Logf("%+v", e)
	t.Logf("%+v", w.Counters)
}

func TestSendBlockingIsolated(t *testing.T) {
	if isolate(t) {
		checkQueues(t, run(t, "send-blocking", Config{}))
	}
}

func TestSendBlockingAsNobody(t *testing.T) {
	if isolateAsNobody(t) {
		checkQueues(t, run(t, "send-blocking", Config{}))
	}
}

// checkQueues checks that no byte is missing.
func checkQueues(t *testing.T, w *capture.Witness) {
	t.Helper()
	end, ok := w.At(capture.MomentEnd)
	if !ok {
		t.Fatal("no reading at the end")
	}
	if want := end.AcceptedBytes - end.ReadBytes - end.Receiver.UnreadBytes; end.Sender.SendQueueBytes != want {
		t.Errorf("send queue %d, want accepted %d - read %d - unread %d = %d", end.Sender.SendQueueBytes,
			end.AcceptedBytes, end.ReadBytes, end.Receiver.UnreadBytes, want)
	}
}
