package analyze_test

import (
	"strings"
	"testing"

	"winwatch/analyze"
)

// TestWarningsCountOne: one of a thing is written in the singular.
func TestWarningsCountOne(t *testing.T) {
	r, _ := run(t, "host D 10.0.0.3:40000\n0 D > S S\n"+handshake+"+0 dup\n+0.01 S > C . ack 2\n", func(c *analyze.Config) { c.MaxStreams = 1 })
	var texts []string
	for _, w := range r.Warnings {
		texts = append(texts, w.Text)
	}
	for s := range r.All() {
		for _, w := range s.Warnings {
			texts = append(texts, w.Text)
		}
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"1 stream evicted ", "1 packet captured twice", "1 byte from 10.0.0.1:40000 acknowledged but"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
}

// TestAnAnswerIsNoProofOfReading: who sends has not therefore read, so the headline bounds
// what was left unread.
func TestAnAnswerIsNoProofOfReading(t *testing.T) {
	r, _ := run(t, handshake+`
0.010  C > S  P.  len 1000
+0.010 S > C  P.  len 300 win 0
+0.300 C > S  .   seq una-1
+0     S > C  .   win 0
+2     S > C  .   win 4000
+0     C > S  P.  len 1000
`)
	v := r.Verdicts[0]
	if v.Code != "receiver-not-reading" || !strings.Contains(v.Sentence, "at most 1,000 bytes waited in its receive queue") {
		t.Errorf("%s: %s", v.Code, v.Sentence)
	}
}
