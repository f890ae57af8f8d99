package analyze_test

import (
	"fmt"
	"strings"
	"testing"
)

// A shape is a connection that differs from others in nothing that a cause depends on:
// the round trip in seconds, the scale and size of the receiver's window, where it was
// captured, who sends, and the version of IP.
type shape struct {
	rtt                     float64
	scale, window           int
	atReceiver, serverSends bool
	six                     bool
}

// A shaped conversation is written packet by packet, by the time at which each was sent.
type shaped struct {
	shape
	text         strings.Builder
	last         float64
	sender, recv string
}

func (s *shaped) line(at float64, format string, args ...any) {
	s.last = max(s.last, at)
	fmt.Fprintf(&s.text, "%.6f %s\n", s.last, fmt.Sprintf(format, args...))
}

// send writes what the sender of the data sends at a time, acknowledge that the receiver
// acknowledges all of it, and repeat that it takes nothing.
func (s *shaped) send(at float64, what string) {
	if s.atReceiver {
		at += s.rtt / 2
	}
	s.line(at, "%s > %s %s", s.sender, s.recv, what)
}

func (s *shaped) acknowledge(at float64, window int) { s.reply(at, "", window) }
func (s *shaped) repeat(at float64, window int)      { s.reply(at, "ack una", window) }

func (s *shaped) reply(at float64, ack string, window int) {
	if !s.atReceiver {
		at += s.rtt / 2
	}
	s.line(at, "%s > %s . %s win %d", s.recv, s.sender, ack, (window+1<<s.scale-1)>>s.scale) // Linux rounds up, too
}

func (s *shaped) open() {
	if s.six {
		s.text.WriteString("host C [fd00::1]:40000\nhost S [fd00::2]:3000\n")
	}
	s.sender, s.recv = "C", "S"
	client, server := 65535, s.window
	if s.serverSends {
		s.sender, s.recv, client, server = "S", "C", s.window, 65535
	}
	answer, ack := 0.0001, s.rtt
	if s.atReceiver == s.serverSends { // captured at the client
		answer, ack = s.rtt, s.rtt+0.0001
	}
	s.line(0, "C > S S win %d mss 1460 ws %d sackok", min(client, 65535), s.scale)
	s.line(answer, "S > C S. win %d mss 1460 ws %d sackok", min(server, 65535), s.scale)
	s.line(ack, "C > S . win %d", client>>s.scale)
}

// fill sends as much as the window takes, and returns when its sender learns that it is 0.
func (s *shaped) fill(at float64) float64 {
	for left := s.window; left > 0; at += s.rtt + 0.0001 {
		for n := 0; n < 10 && left > 0; n++ {
			s.send(at, fmt.Sprintf("P. len %d", min(1460, left)))
			left -= min(1460, left)
		}
		s.acknowledge(at+s.rtt/2+0.00002, left)
	}
	return at
}

// probes sends probes after these gaps, of which the first so many are answered.
func (s *shaped) probes(at float64, form string, answered int, gaps ...float64) float64 {
	for i, gap := range gaps {
		at += gap
		s.send(at, form)
		if i < answered {
			s.repeat(at+s.rtt/2+0.00001, 0)
		}
	}
	return at
}

// reopen opens the window and returns when the sender learns that.
func (s *shaped) reopen(at float64) float64 {
	s.repeat(at, s.window)
	return at + s.rtt/2 + 0.0001
}

const (
	empty = ". seq una-1"
	junk  = ". seq una-1 len 1"
	octet = ". seq una len 1"
)

// TestShapes: who made the sender wait depends neither on how far the hosts are apart, nor
// on the scale, nor on where the packets were captured, nor on who sends.
func TestShapes(t *testing.T) {
	stories := []struct {
		name string
		tell func(s *shaped, at, rto float64)
		want string
	}{
		{"probes of Linux", func(s *shaped, at, rto float64) {
			s.probes(s.fill(at), empty, 9, rto, 2*rto, 4*rto, 8*rto, 16*rto)
		}, "receiver-not-reading"},
		{"probes of gVisor", func(s *shaped, at, rto float64) {
			s.probes(s.fill(at), junk, 9, rto, 2*rto, 4*rto, 8*rto)
		}, "receiver-not-reading"},
		{"probes of BSD", func(s *shaped, at, _ float64) { s.probes(s.fill(at), octet, 9, 5, 5, 6, 12, 24, 48, 60) }, "receiver-not-reading"},
		{"probes of lwIP", func(s *shaped, at, _ float64) { s.probes(s.fill(at), octet, 9, 1.5, 3, 6, 12, 24, 48, 60) }, "receiver-not-reading"},
		{"reads again", func(s *shaped, at, rto float64) {
			at = s.probes(s.fill(at), empty, 9, rto, 2*rto, 4*rto)
			at = s.reopen(at + 5*rto)
			s.send(at, "P. len 500")
			s.acknowledge(at+s.rtt, s.window)
		}, "receiver-not-reading"},
		{"reads now and then", func(s *shaped, at, _ float64) {
			for range 12 {
				at = s.reopen(s.fill(at) + 0.19 + 3*s.rtt)
			}
		}, "receiver-slow"},
		{"is gone", func(s *shaped, at, rto float64) {
			s.probes(s.fill(at), empty, 2, rto, 2*rto, 4*rto, 8*rto, 16*rto, 32*rto)
		}, "peer-gone"},
		{"reads once, then is gone", func(s *shaped, at, rto float64) {
			at = s.reopen(s.probes(s.fill(at), empty, 1, rto) + 0.3)
			s.probes(s.fill(at), empty, 1, rto, 2*rto, 4*rto, 8*rto, 16*rto, 32*rto)
		}, "peer-gone"},
		{"opens only when asked", func(s *shaped, at, rto float64) {
			for range 5 {
				at = s.fill(at) + rto
				s.send(at, empty)
				at = s.reopen(at + s.rtt/2 + 0.00001)
			}
		}, "receiver-no-update"},
		{"the sender does not go on", func(s *shaped, at, rto float64) {
			at = s.reopen(s.probes(s.fill(at), octet, 9, rto, 2*rto, 4*rto) + rto)
			s.repeat(at+60, s.window)
		}, "sender-not-resuming"},
		{"keep-alives each second", func(s *shaped, at, _ float64) {
			at = s.reopen(s.probes(s.fill(at), empty, 9, 1, 1, 1, 1, 1, 1) + 0.5)
			s.send(at+30, ". seq una")
		}, "ok sender-idle"},
		{"keep-alives after 75 s", func(s *shaped, at, _ float64) { s.probes(s.fill(at), junk, 9, 75, 75, 75, 75) }, "ok sender-idle"},
		{"memory runs out", func(s *shaped, at, rto float64) {
			for left := 11; left >= 0; left-- {
				s.send(at, "P. len 5")
				s.acknowledge(at+s.rtt/2+0.00001, s.window/12*left)
				at += s.rtt + 0.0002
			}
			s.probes(at, empty, 9, rto, 2*rto, 4*rto, 8*rto)
		}, "receiver-memory"},
		{"takes what is on its way after its window closed", func(s *shaped, at, rto float64) {
			s.send(at, "P. len 1000")
			s.send(at+0.001, "P. len 1000")
			s.reply(at+s.rtt/2+0.002, "ack 1001", 0)
			s.reply(at+s.rtt/2+0.003, "ack 2001", 0)
			s.probes(at+s.rtt+0.003, empty, 9, rto, 2*rto, 4*rto, 8*rto)
		}, "receiver-memory receiver-not-reading"},
	}
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			for _, x := range shapes() {
				s := &shaped{shape: x}
				s.open()
				story.tell(s, 0.01+2*x.rtt, max(0.2, 2*x.rtt)+x.rtt)
				r, _ := run(t, s.text.String())
				checkResult(t, r)
				if v := r.Stream(0).Verdict; !strings.Contains(story.want, string(v.Code)) {
					t.Errorf("%+v: %s, %s: %s\nwant %s", x, v.Code, v.Confidence, v.Sentence, story.want)
				}
			}
		})
	}
}

func shapes() (all []shape) {
	for _, rtt := range []float64{0.0001, 0.05, 0.3} {
		for _, scale := range []int{0, 7, 14} {
			for bits := range 8 {
				all = append(all, shape{rtt, scale, max(29200>>scale, 4) << scale, bits&1 != 0, bits&2 != 0, bits&4 != 0})
			}
		}
	}
	return all
}

// TestTakenWhileClosed: what was on its way when the window closed, and is taken, does not
// end the wait, however long its ACK takes to the sender.
func TestTakenWhileClosed(t *testing.T) {
	r, _ := run(t, `
0      C > S S  win 65535 mss 1460 ws 7
+0     S > C S. win 29200 mss 1460 ws 7
+0.3   C > S .  win 512
+0.01  C > S P. len 1000
+0     S > C .  win 220
+0.01  C > S P. len 1000
+0.001 C > S P. len 1000
+0.001 S > C .  ack 2001 win 0
+0.001 S > C .  ack 3001 win 0
+0.8   C > S .  seq una-1
+0     S > C .  win 0
+1.6   C > S .  seq una-1
+0     S > C .  win 0
`)
	checkResult(t, r)
	if d := c2s(t, r); d.Budget.ZeroWindow != d.StallTime {
		t.Errorf("the window was 0 for %v, the stall lasted for %v", d.Budget.ZeroWindow, d.StallTime)
	}
}
