package experiment

import (
	"testing"
	"time"

	"winwatch/capture/kernel"
)

// TestVoid: a setting that can change the cause voids the answer key; others, and those
// that equal the default, do not.
func TestVoid(t *testing.T) {
	s := Scenario{Chunk: 10, Expected: kernel.Expected{Causes: []string{"receiver-slow"}}, Sensitive: []Setting{SetChunk, SetReadInterval}}
	const depends = "what is right depends on the settings given: "
	for name, tt := range map[string]struct {
		c    Config
		void string
	}{
		"no settings":   {c: Config{}},
		"the default":   {c: Config{Chunk: 10}},
		"others":        {c: Config{RcvBuf: 1, SndBuf: 1, Hold: 1, MTU: 1500, Congestion: "reno", ReadSize: 1, IPv6: true, Port: 1}},
		"one":           {c: Config{Chunk: 11}, void: depends + "chunk"},
		"two":           {c: Config{Chunk: 1, ReadInterval: time.Second}, void: depends + "chunk, read-interval"},
		"a delay":       {c: Config{Link: "delay=20ms"}},
		"a long delay":  {c: Config{Link: "delay=51ms"}, void: depends + "link"},
		"a lossy link":  {c: Config{Link: "delay=1ms,loss=1%"}, void: depends + "link"},
		"one slow way":  {c: Config{Link: "rate=0/1mbit"}, void: depends + "link"},
		"another point": {c: Config{At: []Point{AtServer}}},
	} {
		if e := s.expected(&tt.c); e.Void != tt.void || len(e.Causes) != 1 {
			t.Errorf("%s: void %q, want %q", name, e.Void, tt.void)
		}
	}
	if s.Expected.Void != "" {
		t.Error("the scenario itself was changed")
	}
}

// TestKeepsKey: what of its own link a scenario may lose depends on the scenario.
func TestKeepsKey(t *testing.T) {
	own := Scenario{Link: "delay=20ms,rate=20mbit"}
	fixed := own
	fixed.OwnLink = true
	far := Scenario{Link: "delay=100ms"}
	for _, tt := range []struct {
		s    Scenario
		link string
		want bool
	}{
		{own, "delay=20ms", true}, // merged with its own: the same
		{own, "delay=30ms", true},
		{own, "delay=60ms", false},
		{own, "rate=10mbit", false},
		{own, "delay=20ms,loss=1%", false},
		{fixed, "delay=20ms", true},
		{fixed, "delay=30ms", false},
		{far, "delay=90ms", true},
		{far, "delay=101ms", false},
		{far, "strip=wscale", false},
	} {
		if e := tt.s.expected(&Config{Link: tt.link}); (e.Void == "") != tt.want {
			t.Errorf("%s after %s: void %q", tt.link, tt.s.Link, e.Void)
		}
	}
}

// TestBrief: over another link, the kernel may call something else the limit of a brief stall.
func TestBrief(t *testing.T) {
	s := Scenario{Link: "delay=20ms", Brief: true, Expected: kernel.Expected{Limit: kernel.LimitWindow}}
	for spec, want := range map[string]kernel.Limit{"": kernel.LimitWindow, "delay=20ms": kernel.LimitWindow, "delay=21ms": kernel.LimitUnknown} {
		if e := s.expected(&Config{Link: spec}); e.Limit != want {
			t.Errorf("--link %q: %v", spec, e.Limit)
		}
	}
}
