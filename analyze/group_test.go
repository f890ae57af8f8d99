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

// script writes connections one after the other.
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
		"problem: 60 streams to 10.0.0.2:443: its application does not read, 237.000 s in all; worst is stream 59 (6.900 s)",
		"problem: stream 60 to 10.0.0.2:80: its application does not read, 3.000 s",
		"warning: stream 61 to 10.0.0.3:80: its application reads too slowly, 0.300 s",
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
