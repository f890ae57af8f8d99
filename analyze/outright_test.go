package analyze

import (
	"reflect"
	"testing"

	"winwatch/analyze/cause"
	"winwatch/capture/capturetest"
)

// TestOutright: what is judged outright is judged as the causes would, once the stream has
// ended.
func TestOutright(t *testing.T) {
	const open = "0 C > S S\n+0.01 S > C S.\n+0.01 C > S .\n"
	for _, c := range []struct {
		name, text string
		outright   bool
	}{
		{"quiet", open + "+1 C > S P. len 100\n+0.01 S > C .\n", true},
		{"at the end, something is in flight", open + "+1 C > S P. len 100\n", true},
		{"only a handshake", open, true},
		{"unanswered", "0 C > S S\n+1 C > S S seq 0\n", true},
		{"refused", "0 C > S S\n+0.5 S > C R. win 0\n", true},
		{"one side", "0 C > S P. len 100\n+1 C > S P. len 100\n", false},
		{"begins in the middle", "0 C > S P. len 100\n+1 S > C . win 500\n+1 C > S P. len 100\n", false},
		{"closed window", open + "+1 C > S P. len 100\n+0.01 S > C . win 0\n", false},
		{"sent again", open + "+1 C > S P. seq 1 len 100\n+0.3 C > S P. seq 1 len 100\n", false},
	} {
		a := New(DefaultConfig())
		for _, s := range capturetest.Parse(t, c.text) {
			a.Add(&s)
		}
		a.Flush()
		for _, sh := range a.shards {
			for _, st := range sh.live() {
				got, ok := st.outright()
				if ok != c.outright {
					t.Errorf("%s: outright: %v", c.name, ok)
				}
				e := newEnding(sh)
				e.gather(e.end(st), false, &e.facts)
				want := cause.New(a.cfg.Causes).Judge(&e.facts)
				if want.Severity == cause.OK { // the rest does not matter
					want = cause.Judgement{}
				}
				if ok && !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %+v, want %+v", c.name, got, want)
				}
			}
		}
	}
}
