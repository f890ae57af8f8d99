package analyze_test

import (
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/capturetest"
)

// TestRewrittenSYN: a SYN that is captured twice on its way, with two scales, was changed.
func TestRewrittenSYN(t *testing.T) {
	const (
		syn  = "0 C > S S win 4096 mss 1440 ws 0 id 7\n"
		copy = "+0.05 C > S S seq 0 win 4096 mss 1440 ws 11 ttl 60 id 7\n"
		rest = "+0.1 S > C S. win 4096 mss 1440 ws 7\n+0.001 C > S . win 4096\n+0.1 C > S P. len 100\n+0.001 S > C . win 30\n"
	)
	for _, tc := range []struct {
		name, text string
		code       cause.Code
		says       string
	}{
		{"not answered", syn + copy, cause.MiddleboxScale, "left with a window scale of 0 and arrived with a window scale of 11; nothing answered it"},
		{"removed", syn + strings.ReplaceAll(copy, " ws 11", ""), cause.MiddleboxScale, "arrived with no window scale; nothing"},
		{"answered", syn + copy + rest, cause.MiddleboxScale, "left with a window scale of 0 and arrived with a window scale of 11"},
		{"an exact copy", syn + strings.ReplaceAll(copy, " ws 11", " ws 0"), cause.Unanswered, ""},
		{"another SYN", syn + strings.ReplaceAll(strings.ReplaceAll(copy, "+0.05", "+1"), "id 7", "id 8"), cause.Unanswered, ""},
		{"options cut", syn + strings.ReplaceAll(copy, " ws 11", " cut"), cause.Unanswered, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			if v := r.Stream(0).Verdict; v.Code != tc.code || !strings.Contains(v.Sentence, tc.says) {
				t.Errorf("%s: %s\nwant %s: %s", v.Code, v.Sentence, tc.code, tc.says)
			}
		})
	}
}

// TestMisread: a first window that is the SYN's, shifted, shows that one side scales and
// the other does not.
func TestMisread(t *testing.T) {
	const syn = "0 C > S S win 64240 mss 1460 ws 7\n+0.02 S > C S. win 65160 mss 1460\n+0 C > S . win 64240\n+0 C > S . len 509\n+0.02 S > C . win 509\n"
	for _, tc := range []struct {
		name, text string
		shift      uint8
	}{
		{"shifted", syn, 7},
		{"rounded up", strings.ReplaceAll(syn, "win 509", "win 510"), 7},
		{"fallen by what is unread", strings.ReplaceAll(syn, "win 509", "win 506"), 7},
		{"risen with the first data", strings.ReplaceAll(syn, "win 509", "win 516"), 7},
		{"another number", strings.ReplaceAll(syn, "win 509", "win 600"), 0},
		{"room for a segment", strings.ReplaceAll(syn, "win 509", "win 4072"), 0},
		{"the same window", strings.ReplaceAll(syn, "win 509", "win 65160"), 0},
		{"closed", strings.ReplaceAll(syn, "win 509", "win 0"), 0},
		{"both scale", strings.ReplaceAll(syn, "win 65160 mss 1460", "win 65160 mss 1460 ws 7"), 0},
		{"no SYN", "0 C > S . win 64240\n+0 C > S . len 509\n+0.02 S > C . win 509\n", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := analyze.New(analyze.DefaultConfig())
			for _, s := range capturetest.Parse(t, tc.text) {
				a.Add(&s)
			}
			a.Flush()
			if f := a.Facts(); f.Flows[0].Misread.Shift != tc.shift {
				t.Errorf("%+v, want shift %d", f.Flows[0].Misread, tc.shift)
			}
		})
	}
}
