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
		"another link":  {c: Config{Link: "delay=1ms"}, void: depends + "link"},
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
