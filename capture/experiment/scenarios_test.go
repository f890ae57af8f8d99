//go:build linux

package experiment

import (
	"fmt"
	"testing"
	"time"

	"winwatch/capture/capturetest"
	"winwatch/capture/kernel"
)

func scenarioNames() []string {
	var names []string
	for _, s := range Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// runExact runs a scenario in a private namespace, where the counters are exact.
func runExact(t *testing.T, name string) {
	w := run(t, name, Config{})
	checkQueues(t, w)
	checkProbes(t, w)
}

// TestIsolated runs every scenario in a private network namespace.
func TestIsolated(t *testing.T) { inIsolation(t, false, scenarioNames(), runExact) }

// TestAsNobody runs a sample of the scenarios, or all in a full run, as an ordinary
// user.
func TestAsNobody(t *testing.T) {
	inIsolation(t, true, capturetest.Sample(scenarioNames(), 4), runExact)
}

// TestOverLink runs a sample of the scenarios, or all in a full run, over a link that delays.
func TestOverLink(t *testing.T) {
	inIsolation(t, false, capturetest.Sample(scenarioNames(), 4), func(t *testing.T, name string) {
		w := run(t, name, Config{Link: "delay=20ms", IPv6: true})
		checkQueues(t, w)
		if w.Path == nil || !w.Server.Addr().Is6() {
			t.Errorf("path %+v, server %v", w.Path, w.Server)
		}
	})
}

// TestOnHost runs the quick scenarios on the host's loopback.
func TestOnHost(t *testing.T) {
	for _, name := range []string{"recv-blocking", "recv-nonblocking", "drain", "nodelay", "close-unread"} {
		t.Run(name, func(t *testing.T) { checkQueues(t, run(t, name, Config{})) })
	}
}

// TestSweep checks for all sizes that no byte is missing and no probe miscounted.
func TestSweep(t *testing.T) {
	cells := make(map[string]Config)
	var names []string
	for _, rcvbuf := range []int{4 << 10, 64 << 10, 256 << 10, 1 << 20} {
		for _, chunk := range []int{10, 100, 1000, 64 << 10} {
			name := fmt.Sprintf("rcvbuf=%d,chunk=%d", rcvbuf, chunk)
			names = append(names, name)
			cells[name] = Config{RcvBuf: rcvbuf, Chunk: chunk, Hold: 700 * time.Millisecond}
		}
	}
	inIsolation(t, false, names, func(t *testing.T, name string) {
		w := run(t, "send-blocking", cells[name])
		checkQueues(t, w)
		checkProbes(t, w)
		end, _ := w.At(kernel.MomentEnd)
		if want := 2 * int64(cells[name].RcvBuf); end.Receiver.RcvBuf != want {
			t.Errorf("SO_RCVBUF reads %d, want twice what was set, %d", end.Receiver.RcvBuf, want)
		}
	})
}

// TestSettings runs a scenario with the settings that other tests leave at their
// defaults.
func TestSettings(t *testing.T) {
	settings := map[string]Config{
		"ipv6":       {IPv6: true},
		"mtu":        {MTU: 1500, Chunk: 1000},
		"congestion": {Congestion: "reno"},
		"sndbuf":     {SndBuf: 4096},
		"port":       {Port: DefaultPort},
	}
	var names []string
	for name, cfg := range settings {
		names = append(names, name)
		cfg.Hold = 300 * time.Millisecond
		settings[name] = cfg
	}
	inIsolation(t, false, names, func(t *testing.T, name string) {
		cfg := settings[name]
		w := run(t, "send-blocking", cfg)
		checkQueues(t, w)
		end, _ := w.At(kernel.MomentEnd)
		switch {
		case w.Server.Addr().Is6() != cfg.IPv6:
			t.Errorf("the server is %v", w.Server)
		case cfg.Port != 0 && w.Server.Port() != cfg.Port:
			t.Errorf("the server is %v", w.Server)
		case cfg.MTU != 0 && (w.MTU != 1500 || end.Sender.SndMSS > 1460):
			t.Errorf("MTU %d, MSS %d", w.MTU, end.Sender.SndMSS)
		case cfg.Congestion != "" && w.Congestion != cfg.Congestion:
			t.Errorf("congestion control %q", w.Congestion)
		case cfg.SndBuf != 0 && end.Sender.SndBuf != 2*int64(cfg.SndBuf):
			t.Errorf("SO_SNDBUF reads %d", end.Sender.SndBuf)
		}
	})
}

// checkQueues checks that no byte is missing.
func checkQueues(t *testing.T, w *kernel.Witness) {
	t.Helper()
	end, ok := w.At(kernel.MomentEnd)
	if !ok {
		t.Fatal("no reading at the end")
	}
	if want := end.AcceptedBytes - end.ReadBytes - end.Receiver.UnreadBytes; end.Sender.SendQueueBytes != want {
		t.Errorf("send queue %d, want accepted %d - read %d - unread %d = %d", end.Sender.SendQueueBytes,
			end.AcceptedBytes, end.ReadBytes, end.Receiver.UnreadBytes, want)
	}
	if w.AcceptedBytes != end.AcceptedBytes {
		t.Errorf("AcceptedBytes is %d and at the end %d", w.AcceptedBytes, end.AcceptedBytes)
	}
}

// checkProbes checks that the probe count comes from the namespace's counter.
func checkProbes(t *testing.T, w *kernel.Witness) {
	t.Helper()
	n, ok := w.Counter("TCPWinProbe")
	if !ok || w.ProbesFrom != "TCPWinProbe" || w.Probes != n {
		t.Errorf("%d probes from %s, TCPWinProbe rose by %d", w.Probes, w.ProbesFrom, n)
	}
}
