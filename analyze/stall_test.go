package analyze_test

import (
	"fmt"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// TestAllSent: no window keeps a sender waiting that has sent its FIN and all of its
// data, in either direction.
func TestAllSent(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		stalls     int64
	}{
		{"its FIN is acknowledged", handshake + talk + "+0 C > S F.\n+0 S > C . win 0\n+3 S > C . win 0\n+3 C > S R.", 0},
		{"the data is, the FIN not", handshake + talk + "+0 C > S F.\n+0 S > C . ack 1001 win 0\n+3 C > S F. seq 1001\n+3 C > S R.", 0},
		{"both FINs", handshake + talk + "+0 C > S F.\n+0 S > C F.\n+0 C > S .\n+0.2 S > C . win 0\n+0.2 C > S . win 0\n+3 S > C R", 0},
		{"the window opens again", handshake + talk + "+0 C > S F.\n+0 S > C . win 0\n+3 S > C . win 500", 0},
		{"keep-alives of the other end", handshake + talk + "+0 C > S F.\n+0 S > C . win 0\n+2 C > S . seq una-1\n+4 C > S . seq una-1", 0},
		{"data before the FIN is not acknowledged", handshake + talk + "+0 C > S P. len 500\n+0 C > S F.\n+0 S > C . ack 1001 win 0\n+3 S > C . ack 1001 win 900", 1},
		{"no FIN", handshake + talk + "+0 S > C . win 0\n+0.3 C > S . seq una-1\n+0.6 C > S . seq una-1\n+3 C > S R.", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			if d := c2s(t, r); d.StallCount != tc.stalls || len(d.Stalls) != int(tc.stalls) || tc.stalls == 0 && d.Budget.ReceiverLimited() > 0 {
				t.Errorf("%d stalls, %d listed, want %d; budget %+v", d.StallCount, len(d.Stalls), tc.stalls, d.Budget)
			}
		})
	}
}

// TestTimerStall: a wait in a window too small for a full segment is a stall, however it
// ends.
func TestTimerStall(t *testing.T) {
	const small = handshake + `
		0.010  C > S  P.  len 1460
		+0     C > S  P.  len 1460
		+0.001 S > C  .   win 300` // 1,200 bytes are left
	const timer = small + "\n4.810 C > S P. len 1200\n"
	for _, tc := range []struct {
		name, text string
		want       time.Duration
		ended      analyze.StallEnd
	}{
		{"the capture ends", timer, 4800 * time.Millisecond, analyze.EndSenderTimer},
		{"nobody answers", timer + "+5.5 C > S P. seq 2921:4121\n+5.6 C > S P. seq 2921:4121", 4800 * time.Millisecond, analyze.EndSenderTimer},
		{"reset", timer + "+0.1 S > C R.", 4800 * time.Millisecond, analyze.EndSenderTimer},
		{"the window opens, and nothing comes", timer + "+0.1 S > C . win 4000\n+3 S > C .", 4800 * time.Millisecond, analyze.EndSenderTimer},
		{"the window opens, and data comes", timer + "+0.1 S > C . win 4000\n+0 C > S P. len 1460\n+0 C > S P. len 1460\n", 4900 * time.Millisecond, analyze.EndDataAccepted},
		{"the window closes", timer + "+0.1 S > C . win 0\n+0.3 C > S . seq una-1", 5200 * time.Millisecond, analyze.EndCaptureEnded},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			d := c2s(t, r)
			if len(d.Stalls) != 1 || d.StallCount != 1 || d.Stalls[0].Duration != tc.want || d.Stalls[0].EndedBy != tc.ended {
				t.Errorf("%d stalls: %+v\nwant %v, %s", d.StallCount, d.Stalls, tc.want, tc.ended)
			}
		})
	}
}

// TestFilledAndNothingPending: a window that was filled before it closed costs nothing,
// neither full nor closed, if the sender had nothing more to send.
func TestFilledAndNothingPending(t *testing.T) {
	const filled = handshake + `
		0.010 C > S P. len 4000
		0.054 S > C .  win 0` // a delayed ACK
	for _, tc := range []struct {
		name, text string
		limited    time.Duration
	}{
		{"nothing comes", filled + "\n4 S > C . win 1000\n6 C > S P. len 1000", 0},
		{"keep-alives, and a FIN", filled + `
			1.054 C > S . seq una-1
			+0    S > C .
			2.054 C > S . seq una-1
			+0    S > C .
			3.054 C > S . seq una-1
			+0    S > C .
			3.454 C > S . seq una-1
			4.254 C > S . seq una-1
			+0    S > C .
			4.500 S > C R. seq nxt`, 0},
		{"data comes", filled + "\n0.3 C > S . seq una-1\n+0 S > C .\n4 S > C . win 1000\n+0 C > S P. len 1000", 3989 * time.Millisecond}, // the update takes a round trip
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			if b := c2s(t, r).Budget; b.ReceiverLimited() != tc.limited {
				t.Errorf("limited for %v, want %v: %+v", b.ReceiverLimited(), tc.limited, b)
			}
		})
	}
}

// TestTinyWindow: a sender that sends exactly what fits into a tiny window, again and
// again, is held back by it, however soon it sends; an application that writes little is
// not.
func TestTinyWindow(t *testing.T) {
	const tiny = handshake + `
		0.010  C > S  P.  len 1460
		+0     C > S  P.  len 1460
		+0     C > S  P.  len 1076
		+0.001 S > C  .   win 1` // 4 bytes
	type round struct{ bytes, count int }
	for _, tc := range []struct {
		name   string
		rounds []round
		want   time.Duration // in the tiny window
	}{
		{"exactly what fits", []round{{4, 20}}, 950 * time.Millisecond},
		{"less than that", []round{{3, 20}}, 0},
		{"once", []round{{4, 1}, {3, 19}}, 0},
		{"for a while", []round{{4, 10}, {3, 10}}, 450 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := tiny
			for _, r := range tc.rounds {
				for range r.count {
					text += fmt.Sprintf("\n+0.04 C > S P. len %d\n+0.01 S > C . win 1", r.bytes)
				}
			}
			r, _ := run(t, text)
			checkResult(t, r)
			d := c2s(t, r)
			var sum time.Duration
			for i := range d.Stalls {
				sum += d.Stalls[i].Duration
			}
			if sum != tc.want {
				t.Errorf("%v of stalls, want %v: %+v", sum, tc.want, d.Stalls)
			}
		})
	}
}

// TestNeverOpen: a window that is 0 before any data is acknowledged is not the fault of an
// application that does not read.
func TestNeverOpen(t *testing.T) {
	const (
		closed = "0 C > S S\n+0.1 S > C S. win 0\n+0 C > S .\n"
		probes = "+0.7 C > S . seq una-1\n+1.5 C > S . seq una-1\n+3.1 C > S . seq una-1\n"
	)
	for _, tc := range []struct {
		name, text string
		code       cause.Code
		confidence cause.Confidence
	}{
		{"no answer", closed + probes, cause.WindowNeverOpen, cause.Medium},
		{"answers", closed + "+0.7 C > S . seq una-1\n+0 S > C . win 0\n+1.5 C > S . seq una-1\n+0 S > C . win 0", cause.WindowNeverOpen, cause.Medium},
		{"closed by the first ACK", "0 C > S S\n+0.1 S > C S. win 9000\n+0 C > S .\n+0 S > C . win 0\n" + probes, cause.WindowNeverOpen, cause.Medium},
		{"it opens after all", closed + probes + "+1 S > C . win 9000\n+0 C > S P. len 100", cause.WindowNeverOpen, cause.Medium},
		{"the server is the sender", "0 C > S S win 0\n+0.1 S > C S.\n+0 C > S . win 0\n+0.7 S > C . seq una-1\n+1.5 S > C . seq una-1", cause.WindowNeverOpen, cause.Medium},
		{"reset by the sender", closed + probes + "+1 C > S R.", cause.WindowNeverOpen, cause.Medium},
		{"nobody has data: a scan", closed + "+3 C > S R.", cause.Healthy, cause.High},
		{"nobody has data, and the capture ends", closed + "+3 C > S .", cause.Healthy, cause.High},
		{"data was acknowledged before", fill + probes, cause.PeerGone, cause.Medium},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			checkResult(t, r)
			s := r.Stream(0)
			if v := s.Verdict; v.Code != tc.code || v.Confidence != tc.confidence {
				t.Errorf("%s, %s: %s (%s)\nwant %s, %s", v.Code, v.Confidence, v.Sentence, v.Because, tc.code, tc.confidence)
			}
			if b := s.Dirs[s.Verdict.Dir].Buffer; tc.code == cause.WindowNeverOpen && b.RcvBuf.High() != nil {
				t.Errorf("the buffer is at most %d", *b.RcvBuf.High())
			}
		})
	}
}

// TestStallBeginsAfterKeepAlives: who sends keep-alives has nothing to send, and does not
// wait for the window yet.
func TestStallBeginsAfterKeepAlives(t *testing.T) {
	r, _ := run(t, fill+`
		1.011 C > S . seq una-1
		+0    S > C .
		2.011 C > S . seq una-1
		+0    S > C .
		3.011 C > S . seq una-1
		+0    S > C .
		3.411 C > S . seq una-1
		+0    S > C .
		5.011 S > C . win 1000
		+0    C > S P. len 1000
	`)
	d := c2s(t, r)
	if len(d.Stalls) != 1 || d.Stalls[0].Duration != 2*time.Second || d.StallTime != 2*time.Second || d.Budget.ZeroWindow != 2*time.Second {
		t.Errorf("stalls %+v, %v in all, zero window %v; want one of 2 s", d.Stalls, d.StallTime, d.Budget.ZeroWindow)
	}
}
