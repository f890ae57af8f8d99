package analyze_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// TestHardCases: situations in which a plausible interpretation of the packets is
// wrong.
func TestHardCases(t *testing.T) {
	far := strings.ReplaceAll(handshake, "+0.001 C > S", "+0.600 C > S") // round trip of 600 ms, captured at the receiver
	farFill := far + `
		1.000 C > S P. len 1000
		+0    C > S P. len 1000
		+0    C > S P. len 1000
		+0    C > S P. len 1000
		+0    S > C .  win 0
	`
	for _, tc := range []struct {
		name, text         string
		probes, keepAlives uint64
		stalls             int    // listed
		waiting            string // of the first
		check              func(t *testing.T, r *analyze.Result, d *analyze.Direction)
	}{
		{name: "captured at the receiver of a long path, the window filled once a round trip",
			text: strings.ReplaceAll(handshake, "+0.001 C > S", "+0.100 C > S") + strings.Repeat(`
				+0.100 C > S P. len 1000
				+0     C > S P. len 1000
				+0     C > S P. len 1000
				+0     C > S P. len 1000
				+0     S > C .  win 1000
			`, 4),
			check: func(t *testing.T, r *analyze.Result, d *analyze.Direction) {
				if b := d.Budget; b.WindowFull < 250*time.Millisecond {
					t.Errorf("window full for %v of %v (%+v), want most of it", b.WindowFull, b.Total, b)
				}
			}},
		{name: "a long path: data comes a round trip after the window opens",
			text: farFill + `
				2.000 S > C . win 1000
				2.600 C > S P. len 1000`,
			stalls: 1, waiting: "yes"},
		{name: "a long path: the first probe comes late",
			text: farFill + `
				2.900 C > S . seq una-1
				+0    S > C .
				4.500 S > C . win 1000`,
			probes: 1, stalls: 1, waiting: "yes"},
		{name: "the capture ends as the window opens",
			text:   fill + `0.150 S > C . win 1000`,
			stalls: 1, waiting: ""},
		{name: "a minute without a probe: the sender has nothing to send",
			text:   fill + strings.Repeat("+10 S > C P. len 100\n+0 C > S .\n", 6),
			stalls: 1, waiting: "no",
			check: func(t *testing.T, r *analyze.Result, d *analyze.Direction) {
				if v := r.Stream(0).Verdict; v.Severity > cause.Note || d.StallTime != 0 {
					t.Errorf("verdict %v, stalled for %v: want no stall time", v.Sentence, d.StallTime)
				}
			}},
		{name: "the last data went out with the FIN",
			text: handshake + `
				0.010 C > S FP. len 1000
				+0    S > C .  win 0
				8.000 S > C R.`},
		{name: "a FIN that the receiver accepts although the window is 0",
			text: fill + `
				2.000 C > S F. seq 4001
				+0    S > C .  ack 4002 win 0
				+0    S > C F. ack 4002 win 0
				+0    C > S .`,
			stalls: 1,
			check: func(t *testing.T, r *analyze.Result, d *analyze.Direction) {
				if r.Stream(0).Closed != "fin" || d.AckedBytes != 4000 {
					t.Errorf("closed %q, %d bytes acknowledged; want fin, 4000", r.Stream(0).Closed, d.AckedBytes)
				}
			}},
		{name: "a SYN-ACK with window 0",
			text: `
				0.000  C > S S  win 65535 mss 1460 ws 2
				+0.001 S > C S. win 0 mss 1460 ws 2
				+0.001 C > S .
				0.230  C > S . seq una-1
				0.660  C > S . seq una-1
				3.000  S > C . win 1000
				+0     C > S P. len 1000`,
			probes: 2, stalls: 1, waiting: "yes"},
		{name: "the window update is lost after the capture point",
			text: fill + `
				0.230 C > S . seq una-1
				0.650 C > S . seq una-1
				1.490 C > S . seq una-1
				2.000 S > C . win 1000
				3.170 C > S . seq una-1
				+0    S > C . win 1000
				+0    C > S P. len 1000`,
			probes: 4, stalls: 1, waiting: "yes",
			check: func(t *testing.T, r *analyze.Result, d *analyze.Direction) {
				p := d.Stalls[0].Probes
				if p[2].AnswerFrame != 0 || p[3].AnswerFrame == 0 {
					t.Errorf("answers in frames %d and %d: want none to the third probe, and one to the fourth", p[2].AnswerFrame, p[3].AnswerFrame)
				}
			}},
		{name: "the application writes long after the window closed",
			text: fill + `
				5.230 C > S . seq una-1
				5.650 C > S . seq una-1
				6.490 C > S . seq una-1
				8.170 C > S . seq una-1`,
			probes: 4, stalls: 1, waiting: "yes"},
		{name: "midstream keep-alives into a closed window",
			text: `
				0.000 C > S . seq 1000 len 1
				+0    S > C . ack 1001 win 0
				10    C > S . seq 1000
				+0    S > C .
				20    C > S . seq 1000
				+0    S > C .
				30    C > S . seq 1000
				+0    S > C .`,
			keepAlives: 3, stalls: 1, waiting: "no"},
		{name: "a window taken back to 0, and classic probes inside the previous one",
			text: handshake + `
				0.010 C > S P. len 1000
				+0    S > C .  win 0
				5.000 C > S P. seq 1001:1002
				+0    S > C .  ack 1001 win 0
				10.00 C > S P. seq 1001:1002
				+0    S > C .  ack 1001 win 0`,
			probes: 2, stalls: 1, waiting: "yes"},
		{name: "data in flight is accepted while the window is 0",
			text: handshake + `
				0.010 C > S P. len 1000
				+0    C > S P. len 1000
				+0    C > S P. len 1000
				+0    C > S P. len 1000
				+0    S > C .  ack 1001 win 0
				+0    S > C .  ack 4001 win 0
				5.000 S > C .  win 1000
				+0    C > S P. len 1000
				+0    C > S P. len 1000`,
			stalls: 1, waiting: "yes",
			check: func(t *testing.T, r *analyze.Result, d *analyze.Direction) {
				s := d.Stalls[0]
				if s.EndedBy != analyze.EndWindowUpdate || s.Burst == nil || *s.Burst != 2000 {
					t.Errorf("ended by %s, burst %v; want a window update and 2000", s.EndedBy, s.Burst)
				}
				if a := d.Buffer.Absorbed.Value(); a == nil || *a != 4000 {
					t.Errorf("absorbed %s, want 4000", show(d.Buffer.Absorbed))
				}
			}},
		{name: "the window update was not captured: the sender continues",
			text: fill + `
				2.000 C > S P. len 1000
				+0    C > S P. len 1000
				+0    S > C .  win 1000`,
			stalls: 1,
			check: func(t *testing.T, r *analyze.Result, d *analyze.Direction) {
				if d.UniqueBytes != 6000 {
					t.Errorf("%d bytes, want 6000", d.UniqueBytes)
				}
			}},
		{name: "requests were answered before the window closed",
			text: handshake + strings.Repeat("+0.01 C > S P. len 500\n+0.01 S > C P. len 100\n+0 C > S .\n", 3) + `
				1.000 C > S P. len 1000
				+0    C > S P. len 1000
				+0    C > S P. len 1000
				+0    C > S P. len 1000
				+0    S > C .  win 0
				1.220 C > S .  seq una-1`,
			probes: 1, stalls: 1, waiting: "yes",
			check: func(t *testing.T, r *analyze.Result, d *analyze.Direction) {
				if u := d.Stalls[0].Unread; show(u) != "- [-, 5500]" { // an answer may come before all was read
					t.Errorf("unread %s, want at most 5500", show(u))
				}
			}},
		{name: "an RST of another connection does not end the stall",
			text: fill + `
				0.230 C > S . seq una-1
				+0    S > C R. seq 900000
				0.650 C > S . seq una-1
				1.490 C > S . seq una-1`,
			probes: 3, stalls: 1, waiting: "yes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			d := c2s(t, r)
			if d.Probes != tc.probes || d.KeepAlives != tc.keepAlives || len(d.Stalls) != tc.stalls {
				t.Errorf("%d probes, %d keep-alives, %d stalls; want %d, %d, %d", d.Probes, d.KeepAlives, len(d.Stalls), tc.probes, tc.keepAlives, tc.stalls)
			}
			if len(d.Stalls) > 0 && tc.check == nil || tc.waiting != "" {
				got := ""
				if w := d.Stalls[0].SenderWaiting; w != nil {
					got = map[bool]string{true: "yes", false: "no"}[*w]
				}
				if got != tc.waiting {
					t.Errorf("sender waiting: %q, want %q", got, tc.waiting)
				}
			}
			if tc.check != nil {
				tc.check(t, r, d)
			}
		})
	}
}

// TestHoles: late and retransmitted data is neither missing nor new.
func TestHoles(t *testing.T) {
	for _, tc := range []struct {
		name, text          string
		unique, unseen      int64
		retrans, outOfOrder uint64
	}{
		{"two holes, both filled later", handshake + `
			0.01 C > S P. seq 1:101
			+0   C > S P. seq 201:301
			+0   C > S P. seq 401:501
			0.30 C > S P. seq 101:201
			+0   C > S P. seq 301:401
			+0   S > C .  ack 501`, 500, 0, 2, 0},
		{"overtaken", handshake + `
			0.01   C > S P. seq 1:101
			+0     C > S P. seq 201:301
			+0.001 C > S P. seq 101:201`, 300, 0, 0, 1},
		{"filled in the middle, then sent again", handshake + `
			0.01   C > S P. seq 1:101
			+0     C > S P. seq 401:501
			+0.001 C > S P. seq 201:301
			+0.001 C > S P. seq 101:201
			+0.001 C > S P. seq 301:401
			0.30   C > S P. seq 201:301`, 500, 0, 1, 3},
		{"the ACK was captured before the data", handshake + `
			0.01   C > S P. seq 1:101
			+0     S > C .  ack 201
			+0.001 C > S P. seq 101:201`, 200, 0, 0, 1},
		{"never captured", handshake + `
			0.01   C > S P. seq 1:101
			+0     C > S P. seq 201:301
			+0     S > C .  ack 301`, 200, 100, 0, 0},
		{"more holes than are kept, in reverse", handshake + reversed(40), 40, 0, 0, 39},
		{"the same, then sent again", handshake + reversed(40) + "0.30 C > S P. seq 21:22\n", 40, 0, 1, 39},
		{"from before the same numbers began anew", handshake + `
			0.01 C > S P. seq 1:101
			+0   C > S P. seq 201:301` + again + `
			+0   C > S P. seq 1:301
			+0   C > S P. seq 401:501
			+0   C > S P. seq 101:201`, 400, 0, 1, 0},
		{"from before the numbers went elsewhere", handshake + `
			0.01 C > S P. seq 1:101
			+0   C > S P. seq 201:301
			+0   C > S P. seq 1500000001:1500000101
			+0   C > S P. seq 1500000101:1500000201
			+0   C > S P. seq 1500000201:1500000301
			+0   C > S P. seq 1500000301:1500000401`, 200, 0, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			d := c2s(t, r)
			if d.UniqueBytes != tc.unique || d.Retransmissions != tc.retrans || d.OutOfOrder != tc.outOfOrder {
				t.Errorf("%d bytes, %d retransmissions, %d out of order; want %d, %d, %d",
					d.UniqueBytes, d.Retransmissions, d.OutOfOrder, tc.unique, tc.retrans, tc.outOfOrder)
			}
			if missing := max(d.AckedBytes-d.UniqueBytes, 0); missing != tc.unseen {
				t.Errorf("%d bytes acknowledged but not seen, want %d", missing, tc.unseen)
			}
		})
	}
}

// reversed is n segments of one byte, with a byte between them that is never sent, in
// reverse order.
func reversed(n int) string {
	var b strings.Builder
	for i := n - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "+0.0001 C > S P. seq %d:%d\n", 1+2*i, 2+2*i)
	}
	return b.String()
}

// again is a handshake with the same numbers as the first.
const again = `
			+0   C > S S  seq 0 ack 0 win 65535 mss 1460 ws 2 sackok
			+0   S > C S. seq 0 ack 1 win 4000 mss 1460 ws 2 sackok
			+0   C > S .  seq 1 ack 1 win 16000`

// TestHandshakes: refused, unanswered and late handshakes.
func TestHandshakes(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       analyze.Handshake
		code       string
	}{
		{"unanswered", "0 C > S S\n1 C > S S seq 0\n3 C > S S seq 0\n7 C > S S seq 0\n15 C > S S seq 0", analyze.HandshakeUnanswered, "unanswered"},
		{"refused", "0 C > S S\n+0 S > C R. seq 0 ack 1", analyze.HandshakeRefused, "refused"},
		{"refused, then accepted", `
			0  C > S S
			+0 S > C R. seq 0 ack 1
			1  C > S S seq 0
			+0 S > C S.
			+0 C > S .
			+0 C > S P. len 10
			+0 S > C P. len 10`, analyze.HandshakeComplete, "ok"},
		{"lost, then accepted", `
			0  C > S S
			1  C > S S seq 0
			+0 S > C S.
			+0 C > S .
			+0 C > S P. len 10
			+0 S > C P. len 10`, analyze.HandshakeComplete, "path-loss"},
		{"an old connection challenged, and reset", `
			0  C > S S win 65535 ws 7
			+0 S > C . seq =70000 ack =900000
			+0 C > S R seq =900000
			1  C > S S seq 0 win 65535 ws 7
			+0 S > C S. seq =5000 ack 1 ws 7
			+0 C > S . seq 1 ack =5001
			+0 C > S P. seq 1:101 ack =5001
			+0 S > C . seq =5001 ack 101`, analyze.HandshakeComplete, "cannot-tell"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, samples := run(t, tc.text)
			s := r.Stream(0)
			if s.Handshake != tc.want || s.Verdict.Code != cause.Code(tc.code) {
				t.Errorf("%s, %s (%s); want %s, %s", s.Handshake, s.Verdict.Code, s.Verdict.Sentence, tc.want, tc.code)
			}
			last := samples[len(samples)-1]
			if last.InFlight > 100 || last.RightEdge != analyze.Unknown && last.RightEdge < 0 {
				t.Errorf("in flight %d, right edge %d at the end", last.InFlight, last.RightEdge)
			}
			for _, d := range s.Dirs {
				if d.AckedBytes > 100 {
					t.Errorf("%d bytes acknowledged", d.AckedBytes)
				}
			}
		})
	}
}

// TestNextProbeDue: the expected wait for a probe stops growing at the observed maximum.
func TestNextProbeDue(t *testing.T) {
	r, _ := run(t, fill+`
		5.011   C > S . seq nxt len 1
		+0      S > C . ack 4001
		15.011  C > S . seq 4001:4002
		+0      S > C . ack 4001
		35.011  C > S . seq 4001:4002
		+0      S > C . ack 4001
		75.011  C > S . seq 4001:4002
		+0      S > C . ack 4001
		135.011 C > S . seq 4001:4002
		+0      S > C . ack 4001
		195.011 C > S . seq 4001:4002
		+0      S > C . ack 4001
	`)
	s := c2s(t, r).Stalls[0]
	last := s.Probes[len(s.Probes)-1].Time
	if s.NextProbeDue == nil || time.Duration(*s.NextProbeDue-last).Round(time.Second) != time.Minute {
		t.Errorf("next probe due at %v, want a minute after the last", s.NextProbeDue)
	}
}

// TestSlowReader: a receiver that reads too slowly is distinguished from one that does
// not read.
func TestSlowReader(t *testing.T) {
	text := fill
	for range 4 {
		text += `
			+0.230 C > S . seq una-1
			+0     S > C .
			+0.070 S > C . win 1000
			+0     C > S P. len 1000
			+0     C > S P. len 3000
			+0.001 S > C . win 0`
	}
	r, _ := run(t, text+"\n+1 S > C . win 1000\n+0 C > S P. len 1000\n+0 S > C .")
	v := r.Stream(0).Verdict
	if v.Code != "receiver-slow" || !strings.Contains(v.Sentence, "read too slowly") || !strings.Contains(v.Sentence, "5 times") || v.Severity != cause.Problem {
		t.Errorf("%s %s: %s", v.Severity, v.Code, v.Sentence)
	}
	r, _ = run(t, fill+"\n+3 S > C . win 1000\n+0 C > S P. len 1000\n+0 S > C .")
	if v := r.Stream(0).Verdict; v.Code != "receiver-not-reading" || !strings.Contains(v.Sentence, "did not read for 3.0") {
		t.Errorf("%s %s: %s", v.Severity, v.Code, v.Sentence)
	}
}
