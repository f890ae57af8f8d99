package analyze_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// conn is a connection of a script: the client fills the window of the server, which stays
// closed for a while.
type conn struct {
	client, server string
	wait           float64 // seconds
}

// script writes connections one after the other. Each fills the window a millisecond before
// that closes, so it waits for that much longer.
func script(conns ...conn) string {
	var b strings.Builder
	at := 0.0
	for _, c := range conns {
		fmt.Fprintf(&b, "host C %s\nhost S %s\n", c.client, c.server)
		fmt.Fprintf(&b, "%.3f C > S S win 65535 mss 1460\n+0.001 S > C S. win 2000 mss 1460\n+0.001 C > S .\n", at)
		b.WriteString("+0.001 C > S P. len 1000\n+0 C > S P. len 1000\n+0.001 S > C . win 0\n")
		fmt.Fprintf(&b, "+%.3f S > C . win 2000\n+0.001 C > S P. len 1000\n+0.001 S > C . win 2000\n", c.wait)
		at += c.wait + 1
	}
	return b.String()
}

// TestSixtyStreamsAreOneFinding: streams that wait for the same cause at the same place are
// one finding.
func TestSixtyStreamsAreOneFinding(t *testing.T) {
	var conns []conn
	for i := range 60 {
		conns = append(conns, conn{fmt.Sprintf("10.0.1.%d:40000", i), "10.0.0.2:443", 1 + float64(i)/10})
	}
	conns = append(conns,
		conn{"10.0.1.1:50000", "10.0.0.2:80", 3},
		conn{"10.0.1.1:50001", "10.0.0.3:80", 0.3},
		conn{"10.0.1.1:50002", "10.0.0.3:80", 0.005}) // nobody notices
	r, _ := run(t, script(conns...))
	checkResult(t, r)
	want := []string{
		"problem: 60 streams to 10.0.0.2:443: its application does not read, 237.060 s in all; worst is stream 59 (6.901 s)",
		"problem: stream 60 to 10.0.0.2:80: its application does not read, 3.001 s",
		"warning: stream 61 to 10.0.0.3:80: its application does not read, 0.301 s",
	}
	var got []string
	for _, g := range r.Findings {
		got = append(got, fmt.Sprintf("%s: %s", g.Severity, g.Sentence))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || r.OtherFindings != (analyze.Rest{}) {
		t.Fatalf("got\n%s\nwant\n%s\nrest %v", strings.Join(got, "\n"), strings.Join(want, "\n"), r.OtherFindings)
	}
	g := r.Findings[0]
	if g.Confidence != cause.High || g.Worst.Stream != 59 || g.Worst.Sentence == "" {
		t.Errorf("confidence %s, worst %+v", g.Confidence, g.Worst)
	}
	if begin, end := time.Duration(g.Begin-r.Begin), time.Duration(g.End-r.Begin); begin < 0 || begin > 10*time.Millisecond || end > r.Span || end < 5*time.Minute/2 {
		t.Errorf("from %v to %v", begin, end)
	}
}

// TestManyPlaces: with more places than groups, what the small ones lost is summed up.
func TestManyPlaces(t *testing.T) {
	var conns []conn
	for i := range 50 {
		conns = append(conns, conn{"10.0.1.1:40000", fmt.Sprintf("10.0.2.%d:80", i), 2})
		conns = append(conns, conn{fmt.Sprintf("10.0.3.%d:50000", i), "10.0.0.2:443", 3})
	}
	r, _ := run(t, script(conns...), func(c *analyze.Config) { c.MaxGroups, c.MaxVerdicts, c.MaxChained = 8, 3, 2 })
	checkResult(t, r)
	if g := r.Findings[0]; g.Streams != 50 || g.Wait != 50*3001*time.Millisecond {
		t.Errorf("the largest group is %s", g.Sentence)
	}
	if want := (analyze.Rest{Streams: 48, Wait: 48 * 2001 * time.Millisecond}); len(r.Findings) != 3 || r.OtherFindings != want {
		t.Errorf("%d groups, the others %+v, want %+v", len(r.Findings), r.OtherFindings, want)
	}
}

// TestEvictedStreamsAreGrouped: streams that stalled count, whether they are kept, dropped
// at once or kept for a while.
func TestEvictedStreamsAreGrouped(t *testing.T) {
	for _, longer := range []float64{0.001, -0.001} {
		var conns []conn
		for i := range 60 {
			conns = append(conns, conn{fmt.Sprintf("10.0.1.%d:40000", i), "10.0.0.2:443", 1 + longer*float64(i)})
		}
		r, _ := run(t, script(conns...), func(c *analyze.Config) { c.MaxStreams, c.MaxVerdicts = 4, 3 })
		checkResult(t, r)
		var wait time.Duration
		for _, c := range conns {
			wait += time.Duration(c.wait*1e9+0.5)/time.Millisecond*time.Millisecond + time.Millisecond
		}
		worst := r.Verdicts[0].Stream
		if r.Evicted.Streams != 56 || len(r.Findings) == 0 {
			t.Fatalf("%+v, %d groups", r.Evicted, len(r.Findings))
		}
		var streams int64
		var sum time.Duration
		for _, g := range r.Findings {
			streams += g.Streams
			sum += g.Wait
		}
		if streams != 60 || sum != wait || r.Findings[0].Worst.Stream != worst {
			t.Errorf("%d streams, %v, worst %d; want 60, %v, %d", streams, sum, r.Findings[0].Worst.Stream, wait, worst)
		}
	}
}
