//go:build linux

package experiment

import (
	"strings"
	"testing"
	"time"
)

// TestValidateScenario: settings with which a scenario would show nothing are refused before it runs.
func TestValidateScenario(t *testing.T) {
	for _, tt := range []struct {
		scenario string
		c        Config
		wrong    string // part of the error; "": none
	}{
		{"keepalive", Config{Hold: time.Millisecond}, "want 3s or more"},
		{"keepalive", Config{Hold: 3 * time.Second}, ""},
		{"recv-blocking", Config{Chunk: 64 << 20}, "at most 32768"},
		{"recv-nonblocking", Config{Chunk: 32<<10 + 1}, "at most 32768"},
		{"recv-nonblocking", Config{Chunk: 32 << 10}, ""},
		{"recv-nonblocking", Config{Chunk: 3 << 10, RcvBuf: 4 << 10}, "at most 2048"},
		{"window-shrink", Config{RcvBuf: 4 << 10}, "want 131072 bytes or more"},
		{"window-shrink", Config{Chunk: 1 << 20}, "at most 3276"},
		{"window-shrink", Config{RcvBuf: 128 << 10, Chunk: 3276}, ""},
		{"fast-open", Config{Chunk: 5000}, "fits into a SYN"},
		{"proxy", Config{IPv6: true}, "three addresses"},
		{"proxy", Config{IPv6: true, Link: "delay=1ms"}, ""},
		{"proxy", Config{Link: "loss=0/1%"}, "24 MB"},
		{"window-limited", Config{Link: "delay=1ms"}, "want 20ms or more"},
		{"window-limited", Config{Link: "delay=10ms"}, ""},
		{"window-limited", Config{Link: "loss=1%"}, "loses or reorders"},
		{"sndbuf-limited", Config{Link: "reorder=0/1%"}, "loses or reorders"},
		{"cwnd-limited", Config{MTU: 9000}, "want 9000000 or more"},
		{"cwnd-limited", Config{Link: "rate=50mbit,queue=64k"}, "want 1500000 or more"},
		{"window-below-mss", Config{MTU: 1280}, "want 1500 or more"},
		{"window-below-mss", Config{MTU: 9000}, ""},
		{"app-limited", Config{Link: "delay=50ms"}, "want at most 50ms"},
		{"app-limited", Config{Link: "delay=50ms", ReadInterval: time.Second}, ""},
		{"drain", Config{Link: "delay=x"}, "delay=x"},
		{"drain", Config{Chunk: -1}, "chunk size -1"},
	} {
		s, err := Find(tt.scenario)
		if err != nil {
			t.Fatal(err)
		}
		switch err := s.Validate(&tt.c); {
		case tt.wrong == "" && err != nil, tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
			t.Errorf("%s with %+v: %v, want %q", tt.scenario, tt.c, err, tt.wrong)
		}
	}
	for _, s := range Scenarios() {
		if err := s.Validate(&Config{}); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}

// TestOpenings: a window opens when it was too small for a segment and is larger than before.
func TestOpenings(t *testing.T) {
	o := openings{last: -1}
	for _, window := range []int64{5000, 2000, 400, 400, 300, 3000, 900, 0, 1500, 1000, 999, 999} {
		o.add(window, 1000)
	}
	if o.n != 2 || o.smallest != 1500 {
		t.Errorf("%+v", o)
	}
}
