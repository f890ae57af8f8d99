package analyze_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/analyzetest"
	"winwatch/analyze/cause"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// handshake opens a stream whose server allows 4,000 bytes at a scale of 2.
const handshake = `
0.000  C > S  S   win 65535 mss 1460 ws 2 sackok
+0.001 S > C  S.  win 4000 mss 1460 ws 2 sackok
+0.001 C > S  .   win 16000
`

// fill sends 4,000 bytes, which the server acknowledges with a zero window.
const fill = handshake + `
0.010  C > S  P.  len 1000
+0.000 C > S  P.  len 1000
+0.000 C > S  P.  len 1000
+0.000 C > S  P.  len 1000
+0.001 S > C  .   win 0
`

// run analyzes packets written as text. It returns the result and a sample for each
// segment.
func run(t *testing.T, text string, change ...func(*analyze.Config)) (*analyze.Result, []analyze.Sample) {
	t.Helper()
	cfg := analyze.DefaultConfig()
	for _, c := range change {
		c(&cfg)
	}
	a := analyze.New(cfg)
	var samples []analyze.Sample
	a.OnSample(func(s *analyze.Sample) {
		c := *s
		seg := *s.Segment
		c.Segment = &seg
		samples = append(samples, c)
	})
	segs := capturetest.Parse(t, text)
	for i := range segs {
		a.Add(&segs[i])
	}
	a.Flush()
	r := a.Result()
	for s := range r.All() {
		for _, d := range s.Dirs {
			b := d.Budget
			if sum := b.ZeroWindow + b.SmallWindow + b.WindowFull + b.Held + b.Recovering + b.Delayed + b.Network + b.SenderIdle + b.Unjudged; sum != b.Total || b.Total != s.Span {
				t.Errorf("stream %d: the budget %+v does not add up to %v", s.ID, b, s.Span)
			}
		}
	}
	return r, samples
}

// c2s returns the direction from client to server of the only stream.
func c2s(t *testing.T, r *analyze.Result) *analyze.Direction {
	t.Helper()
	if r.StreamCount != 1 {
		t.Fatalf("%d streams, want 1", r.StreamCount)
	}
	return &r.Stream(0).Dirs[analyze.ClientToServer]
}

// TestProbes: probes are distinguished from keep-alives and retransmissions.
func TestProbes(t *testing.T) {
	for _, tc := range []struct {
		name, text         string
		probes, keepAlives uint64
		forms              string
		silences           string
		waiting            string
		end                analyze.StallEnd
	}{
		{"linux", fill + `
			0.230 C > S . seq una-1
			+0    S > C .
			0.650 C > S . seq una-1
			1.490 C > S . seq una-1
			+0    S > C .
			2.000 S > C . win 500
			+0    C > S P. len 1000
			+0.01 S > C . win 1000
		`, 3, 0, "empty empty empty", " rate-limited ", "yes", analyze.EndWindowUpdate},
		{"keep-alives with nothing to send", fill + `
			1.011 C > S . seq una-1
			+0    S > C .
			2.011 C > S . seq una-1
			+0    S > C .
			3.011 C > S . seq una-1
			+0    S > C .
			4.000 S > C . win 1000
		`, 0, 3, "", "", "no", analyze.EndWindowUpdate},
		{"keep-alives until there is something to send", fill + `
			1.011 C > S . seq una-1
			+0    S > C .
			2.011 C > S . seq una-1
			+0    S > C .
			3.011 C > S . seq una-1
			+0    S > C .
			3.411 C > S . seq una-1
			+0    S > C .
			4.211 C > S . seq una-1
			+0    S > C .
			4.500 S > C . win 1000
			+0    C > S P. len 1000
		`, 2, 3, "empty empty", " ", "yes", analyze.EndWindowUpdate},
		{"even segments, and data at once when the window opens", fill + `
			1.011 C > S . seq una-1
			+0    S > C .
			2.011 C > S . seq una-1
			+0    S > C .
			3.011 C > S . seq una-1
			+0    S > C .
			3.500 S > C . win 1000
			+0    C > S P. len 1000
		`, 0, 3, "", "", "", analyze.EndWindowUpdate},
		{"keep-alives until there is a FIN to send", fill + `
			1.011 C > S . seq una-1
			+0    S > C .
			2.011 C > S . seq una-1
			+0    S > C .
			3.011 C > S . seq una-1
			+0    S > C .
			3.411 C > S . seq una-1
			4.211 C > S . seq una-1
			+0    S > C .
			4.500 S > C R. seq nxt
		`, 2, 3, "empty empty", "rate-limited ", "no", analyze.EndResetByReceiver},
		{"keep-alives of which one was not captured", fill + `
			1.011 C > S . seq una-1
			+0    S > C .
			2.011 C > S . seq una-1
			+0    S > C .
			3.011 C > S . seq una-1
			+0    S > C .
			5.011 C > S . seq una-1
			+0    S > C .
			6.000 S > C . win 1000
		`, 0, 4, "", "", "no", analyze.EndWindowUpdate},
		{"keep-alives of the receiver", fill + `
			0.230 C > S . seq una-1
			+0    S > C .
			1.011 S > C . seq una-1
			+0    C > S .
			2.011 S > C . seq una-1
			+0    C > S .
		`, 1, 0, "empty", "", "yes", analyze.EndCaptureEnded},
		{"gvisor: junk byte, and empty keep-alives beside it", fill + `
			0.230 C > S . seq una-1 len 1
			+0    S > C .
			0.630 C > S . seq una-1 len 1
			+0    S > C .
			1.230 C > S . seq una-1
			+0    S > C .
			1.430 C > S . seq una-1 len 1
			+0    S > C .
		`, 3, 1, "junk-byte junk-byte junk-byte", "  ", "yes", analyze.EndCaptureEnded},
		{"classic, refused and then accepted", fill + `
			5.011 C > S . seq nxt len 1
			+0    S > C . ack 4001
			10.01 C > S . seq 4001:4002
			+0    S > C . ack 4002 win 1000
			+0    C > S . seq 4002:4502
			+0    S > C . ack 4502
		`, 2, 0, "data-byte data-byte", " ", "yes", analyze.EndDataAccepted},
		{"lwip: a bare FIN", fill + `
			1.500 C > S F. seq 4001
			+0    S > C . ack 4001
			4.500 C > S F. seq 4001
			+0    S > C . ack 4001
		`, 2, 0, "fin fin", " ", "yes", analyze.EndCaptureEnded},
		{"urgent", fill + `
			0.230 C > S .U seq 4001 urg 10
			+0    C > S .U seq una-1 urg 11
			+0    S > C .
			0.650 C > S .U seq 4001 urg 10
			+0    C > S .U seq una-1 urg 11
		`, 4, 0, "urgent empty urgent empty", "answered-together  answered-together rate-limited", "yes", analyze.EndCaptureEnded},
		{"data dropped by the receiver is retransmitted", handshake + `
			0.010 C > S P. len 1000
			+0    C > S P. len 1000
			+0.01 S > C .  ack 1001 win 0
			0.240 C > S P. seq 1001:2001
			0.650 C > S P. seq 1001:2001
			1.000 S > C R. ack 1001
		`, 0, 0, "", "", "", analyze.EndResetByReceiver},
		{"the peer is gone", fill + `
			0.230 C > S . seq una-1
			0.650 C > S . seq una-1
			1.490 C > S . seq una-1
			3.170 C > S . seq una-1
			6.000 C > S R. seq nxt
		`, 4, 0, "empty empty empty empty", "peer-silent peer-silent peer-silent peer-silent", "yes", analyze.EndGaveUp},
		{"opened by the answer to a probe", fill + `
			0.230 C > S . seq una-1
			+0.001 S > C . win 1000
			+0    C > S P. len 500
		`, 1, 0, "empty", "", "yes", analyze.EndProbeAnswer},
		{"slow probes that back off", fill + `
			2.011 C > S . seq una-1
			6.011 C > S . seq una-1
			14.01 C > S . seq una-1
			30.00 S > C . win 1000
			+0    C > S P. len 500
		`, 3, 0, "empty empty empty", "", "yes", analyze.EndWindowUpdate},
		{"picotcp: an empty push, which needs no answer", fill + `
			0.511 C > S P. seq nxt
			1.511 C > S P. seq nxt
			3.511 C > S P. seq nxt
			4.000 S > C . win 1000
			+0    C > S P. len 1000
		`, 3, 0, "push push push", "not-due not-due not-due", "yes", analyze.EndWindowUpdate},
		{"an empty push at once is an ACK", fill + `
			0.012 C > S P. seq nxt
			4.000 S > C . win 1000
			+3    S > C .
		`, 0, 0, "", "", "no", analyze.EndWindowUpdate},
		{"the capture begins with probes that back off", `
			0.000 C > S . seq 999 ack 1 win 500
			0.864 C > S . seq 999 ack 1 win 500
			+0    S > C . seq 1 ack 1000 win 0
			2.592 C > S . seq 999
			+0    S > C . seq 1 ack 1000 win 0
			6.112 C > S . seq 999
			+0    S > C . seq 1 ack 1000 win 0
			8.643 S > C . seq 1 ack 1000 win 100
			+0    C > S P. seq 1000 len 100
		`, 4, 0, "empty empty empty empty", "   ", "yes", analyze.EndWindowUpdate},
		{"the capture begins with keep-alives", `
			0.000 C > S . seq 999 ack 1 win 500
			1.000 C > S . seq 999 ack 1 win 500
			+0    S > C . seq 1 ack 1000 win 0
			2.000 C > S . seq 999
			+0    S > C . seq 1 ack 1000 win 0
			3.000 C > S . seq 999
			+0    S > C . seq 1 ack 1000 win 0
		`, 0, 4, "", "", "no", analyze.EndCaptureEnded},
		{"idle, window open", handshake + `
			0.010 C > S P. len 100
			+0.001 S > C .
			1.010 C > S . seq una-1
			+0    S > C .
			2.010 C > S . seq una-1 len 1
			+0    S > C .
		`, 0, 2, "", "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			d := c2s(t, r)
			if d.Probes != tc.probes || d.KeepAlives != tc.keepAlives {
				t.Errorf("%d probes and %d keep-alives, want %d and %d", d.Probes, d.KeepAlives, tc.probes, tc.keepAlives)
			}
			if tc.end == "" {
				if len(d.Stalls) != 0 {
					t.Errorf("%d stalls, want none", len(d.Stalls))
				}
				return
			}
			if len(d.Stalls) != 1 {
				t.Fatalf("%d stalls, want 1", len(d.Stalls))
			}
			s := d.Stalls[0]
			if s.EndedBy != tc.end {
				t.Errorf("ended by %s, want %s", s.EndedBy, tc.end)
			}
			var forms, silences []string
			for _, p := range s.Probes {
				forms = append(forms, string(p.Form))
				silences = append(silences, p.Silence)
			}
			if got := strings.Join(forms, " "); got != tc.forms {
				t.Errorf("forms %q, want %q", got, tc.forms)
			}
			if got := strings.Join(silences, " "); tc.silences != "" && got != tc.silences {
				t.Errorf("silences %q, want %q", got, tc.silences)
			}
			waiting := ""
			if s.SenderWaiting != nil {
				waiting = map[bool]string{true: "yes", false: "no"}[*s.SenderWaiting]
			}
			if waiting != tc.waiting {
				t.Errorf("sender waiting: %q, want %q", waiting, tc.waiting)
			}
		})
	}
}

// TestZeroWindowIdleSender: a zero window costs no time if the sender has nothing to
// send.
func TestZeroWindowIdleSender(t *testing.T) {
	r, _ := run(t, fill+`
		1.011 C > S . seq una-1
		4.000 S > C . win 1000
		9.000 C > S P. len 100
	`)
	d := c2s(t, r)
	if d.StallTime != 0 || d.Budget.ZeroWindow != 0 {
		t.Errorf("stall time %v and zero window %v, want none", d.StallTime, d.Budget.ZeroWindow)
	}
}

// TestStallBeginsBeforeZeroWindow: a stall begins when the window becomes too small for
// a segment.
func TestStallBeginsBeforeZeroWindow(t *testing.T) {
	r, samples := run(t, handshake+`
		0.010 C > S P. len 1460
		+0.01 S > C .  win 640     # 2,560 bytes are left
		+0.00 C > S P. len 1460
		0.030 S > C .  win 275     # 1,100: less than a segment
		0.240 C > S P. len 1100    # the probe timer
		+0.01 S > C .  win 0
		0.460 C > S .  seq una-1
		+0    S > C .
	`)
	d := c2s(t, r)
	if d.ProbeTimerData != 1 || d.Window.Filled != 1 || len(d.Stalls) != 1 {
		t.Fatalf("probe timer data %d, filled %d, stalls %d; want 1 of each", d.ProbeTimerData, d.Window.Filled, len(d.Stalls))
	}
	s := d.Stalls[0]
	if s.BeginFrame >= s.ZeroFrame || s.Begin >= s.ZeroBegin-int64(200*time.Millisecond) {
		t.Errorf("began in frame %d, window 0 in frame %d: want it to begin when the window became too small for a segment", s.BeginFrame, s.ZeroFrame)
	}
	if samples[7].Events&analyze.EventWindowFull == 0 {
		t.Errorf("frame 8 is %v, want window-full", samples[7].Events)
	}
	if d.Budget.Held < 200*time.Millisecond {
		t.Errorf("small window for %v, want at least 0.2 s", d.Budget.Held)
	}
}

// TestSmallWindowStall: the sender can wait although the window is never 0.
func TestSmallWindowStall(t *testing.T) {
	r, _ := run(t, handshake+`
		0.010 C > S P. len 1460
		+0.01 S > C .  win 640
		+0.00 C > S P. len 1460
		0.030 S > C .  win 275
		2.030 S > C .  win 1000
		+0.00 C > S P. len 1460
		+0.01 S > C .
	`)
	d := c2s(t, r)
	if len(d.Stalls) != 1 || d.Stalls[0].ZeroFrame != 0 || d.Stalls[0].Duration.Round(time.Millisecond) < 2*time.Second {
		t.Fatalf("stalls %+v, want one of 2 s without a zero window", d.Stalls)
	}
}

// TestWindowUpdates: only some segments update the window.
func TestWindowUpdates(t *testing.T) {
	for _, tc := range []struct {
		name, text   string
		stalls       int
		shrunk       uint64
		largest      int64
		toZero       uint64
		zeroSegments uint64
	}{
		{"a stale ACK", handshake + `
			0.01 C > S P. len 1000
			+0   C > S P. len 1000
			+0   S > C .  ack 2001 win 1000
			+0   S > C .  ack 1001 win 0
			+0   C > S P. len 1000
		`, 0, 0, 4000, 0, 1},
		{"an RST's window means nothing", handshake + `
			0.01 C > S P. len 1000
			+0   S > C .  win 0
			+0   S > C R. win 65535
		`, 1, 0, 4000, 1, 1},
		{"a FIN with window 0", handshake + `
			0.01 C > S P. len 1000
			+0   S > C F. win 0
		`, 1, 0, 4000, 1, 1},
		{"taken back", handshake + `
			0.01 C > S P. len 1000
			+0   S > C .  win 1000
			+0   S > C .  win 250
		`, 0, 1, 4000, 0, 0},
		{"smaller than the SYN-ACK's, and nothing sent past it", handshake + `
			0.01 C > S P. len 1000
			+0   S > C .  win 250
		`, 0, 0, 4000, 0, 0},
		{"smaller than the SYN-ACK's, and data sent past it", handshake + `
			0.01 C > S P. len 1000
			+0   C > S P. len 2000
			+0   S > C .  ack 1001 win 250
		`, 0, 1, 4000, 0, 0},
		{"rounding is no shrinking", handshake + `
			+0   S > C .  win 1000
			0.01 C > S P. len 1001
			+0   S > C .  win 749
		`, 0, 0, 4000, 0, 0},
		{"an old segment's window", handshake + `
			0.01 S > C P. seq 1:101 win 1000
			+0   C > S .
			+0   S > C P. seq 101:201 win 1000
			+0   C > S .
			+0   S > C P. seq 1:101 win 0
		`, 0, 0, 4000, 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			d := c2s(t, r)
			w := d.Window
			if len(d.Stalls) != tc.stalls || w.Shrunk != tc.shrunk || w.ToZero != tc.toZero || w.ZeroSegments != tc.zeroSegments {
				t.Errorf("stalls %d, shrunk %d, to zero %d, zero segments %d; want %d, %d, %d, %d",
					len(d.Stalls), w.Shrunk, w.ToZero, w.ZeroSegments, tc.stalls, tc.shrunk, tc.toZero, tc.zeroSegments)
			}
			if w.Largest == nil || *w.Largest != tc.largest {
				t.Errorf("largest window %v, want %d", w.Largest, tc.largest)
			}
		})
	}
}

// TestScale: a scale is known, absent or unknown.
func TestScale(t *testing.T) {
	for _, tc := range []struct {
		name, text     string
		client, server analyze.ScaleState
		shift          [2]uint8 // of the client's and the server's window
		min            uint8    // of the server's
	}{
		{"both", `
			0 C > S S win 65535 ws 7
			0 S > C S. win 65535 ws 9`, analyze.ScaleKnown, analyze.ScaleKnown, [2]uint8{7, 9}, 9},
		{"one side only", `
			0 C > S S win 65535 ws 7
			0 S > C S. win 65535`, analyze.ScaleAbsent, analyze.ScaleAbsent, [2]uint8{0, 0}, 0},
		{"over 14", `
			0 C > S S win 65535 ws 15
			0 S > C S. win 65535 ws 200`, analyze.ScaleKnown, analyze.ScaleKnown, [2]uint8{14, 14}, 14},
		{"SYN not captured", `
			0 S > C S. ack 1 win 65535 ws 9
			0 C > S . seq 1`, analyze.ScaleUnknown, analyze.ScaleKnown, [2]uint8{0, 9}, 9},
		{"SYN not captured, and the SYN-ACK has no scale", `
			0 S > C S. ack 1 win 65535 mss 1460
			0 C > S . seq 1`, analyze.ScaleAbsent, analyze.ScaleAbsent, [2]uint8{0, 0}, 0},
		{"SYN without the option only", `
			0 C > S S win 65535 mss 1460`, analyze.ScaleAbsent, analyze.ScaleAbsent, [2]uint8{0, 0}, 0},
		{"SYN-ACK not captured", `
			0 C > S S win 65535 ws 7
			0 C > S . seq 1 ack 1`, analyze.ScaleUnknown, analyze.ScaleUnknown, [2]uint8{0, 0}, 0},
		{"options cut off", `
			0 C > S S win 65535 ws 7
			0 S > C S. win 65535 mss 1460 cut`, analyze.ScaleUnknown, analyze.ScaleUnknown, [2]uint8{0, 0}, 0},
		{"retransmitted without the option, the first one answered", `
			0 C > S S win 65535 ws 7
			3 C > S S seq 0 win 65535
			+0 S > C S. win 65535 ws 9`, analyze.ScaleKnown, analyze.ScaleKnown, [2]uint8{7, 9}, 9},
		{"retransmitted without the option, the second one answered", `
			0 C > S S win 65535 ws 7
			3 C > S S seq 0 win 65535
			+0 S > C S. win 65535`, analyze.ScaleAbsent, analyze.ScaleAbsent, [2]uint8{0, 0}, 0},
		{"midstream, with data that needs a shift of at least 5", `
			0 C > S . seq 1 len 10
			0 S > C . win 100
			0 C > S . len 1500
			0 C > S . len 1500
			0 S > C . win 100`, analyze.ScaleUnknown, analyze.ScaleUnknown, [2]uint8{0, 0}, 5},
		{"midstream, but the data that needs the shift was never acknowledged", `
			0 C > S . seq 1 len 10
			0 S > C . win 100
			0 C > S . len 1500
			0 C > S . len 1500`, analyze.ScaleUnknown, analyze.ScaleUnknown, [2]uint8{0, 0}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			s := r.Stream(0)
			cw, sw := s.Dirs[analyze.ServerToClient].Window.Scale, s.Dirs[analyze.ClientToServer].Window.Scale
			if cw.State != tc.client || sw.State != tc.server || cw.Shift != tc.shift[0] || sw.Shift != tc.shift[1] {
				t.Errorf("client %+v, server %+v", cw, sw)
			}
			if sw.Min != tc.min {
				t.Errorf("the server's shift is at least %d, want %d", sw.Min, tc.min)
			}
		})
	}
}

// TestUnknownScale: the raw field is never reported as the window.
func TestUnknownScale(t *testing.T) {
	r, samples := run(t, `
		0 C > S . seq 1 len 10
		0 S > C . win 100
		0 S > C . win 0
	`)
	if samples[1].Window != analyze.Unknown || samples[1].RightEdge != analyze.Unknown || samples[1].Shift != analyze.Unknown {
		t.Errorf("window %d, right edge %d, shift %d: want them unknown", samples[1].Window, samples[1].RightEdge, samples[1].Shift)
	}
	if samples[2].Window != 0 || !samples[2].Events.Has(analyze.EventZeroWindow) {
		t.Errorf("a zero window is 0 at any scale: got %d, %v", samples[2].Window, samples[2].Events)
	}
	d := &r.Stream(0).Dirs[0]
	if d.Window.Largest != nil {
		t.Errorf("largest window %d, want it unknown", *d.Window.Largest)
	}
}

// TestWrapAround: sequence numbers that wrap around at 2^32 change nothing.
func TestWrapAround(t *testing.T) {
	text := fill + `
		0.230 C > S . seq una-1
		+0    S > C .
		2.000 S > C . win 500
		+0    C > S P. len 1000
		+0.01 S > C . win 1000
	`
	want, ws := run(t, text)
	for _, isn := range []string{"4294967290", "4294965296", "2147483640"} {
		got, gs := run(t, "isn C "+isn+"\nisn S 4294967290\n"+text)
		for i := range ws {
			if gs[i].Events != ws[i].Events || gs[i].RightEdge != ws[i].RightEdge || gs[i].InFlight != ws[i].InFlight || gs[i].SeqEnd != ws[i].SeqEnd {
				t.Errorf("ISN %s, frame %d: %+v, want %+v", isn, i+1, gs[i], ws[i])
			}
		}
		if g, w := c2s(t, got), c2s(t, want); g.AckedBytes != w.AckedBytes || g.StallTime != w.StallTime || g.Bytes != w.Bytes {
			t.Errorf("ISN %s: acked %d, stalled %v; want %d, %v", isn, g.AckedBytes, g.StallTime, w.AckedBytes, w.StallTime)
		}
	}
}

// TestDuplicates: a packet captured twice counts once.
func TestDuplicates(t *testing.T) {
	r, samples := run(t, handshake+`
		0.010 C > S P. len 1000
		+0.000010 dup
		+0.001 S > C . win 750
		+0.000010 dup
		+0.300 C > S P. len 500
		+0.300 C > S P. seq nxt-500:nxt   # another IP packet: a retransmission
	`)
	s := r.Stream(0)
	d := &s.Dirs[0]
	if s.Duplicates != 2 || d.Retransmissions != 1 || d.Bytes != 2000 || d.UniqueBytes != 1500 || d.DupACKs != 0 {
		t.Errorf("duplicates %d, retransmissions %d, bytes %d (%d unique), duplicate ACKs %d; want 2, 1, 2000 (1500), 0",
			s.Duplicates, d.Retransmissions, d.Bytes, d.UniqueBytes, d.DupACKs)
	}
	if samples[4].Events != analyze.EventDuplicate {
		t.Errorf("frame 5 is %v, want duplicate", samples[4].Events)
	}
}

// TestDuplicatesChosen: packets of different streams are no duplicates, whatever fields
// their senders choose. Here, the ports differ as the IP IDs do.
func TestDuplicatesChosen(t *testing.T) {
	text := "host C 10.0.0.1:1000\n"
	for port := range 8 {
		text += fmt.Sprintf("host S 10.0.0.2:%d\n+0.00001 C > S P. seq 1:11 ack 1 win 100 id %[1]d\n", 80+port)
	}
	if r, _ := run(t, text+"+0.00001 dup"); r.Duplicates != 1 {
		t.Errorf("%d duplicates, want 1", r.Duplicates)
	}
}

// TestClock: jumps of the time stamps change no duration.
func TestClock(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		jumps      int64
		span       time.Duration
	}{
		{"one packet far ahead", `
			0      C > S S
			31000  S > C S.
			0.002  C > S .`, 1, 2 * time.Millisecond},
		{"set back permanently", `
			0      C > S S
			1      S > C S.
			-99    C > S .
			+1     S > C .`, 1, 2 * time.Second},
		{"a long pause is a pause", `
			0      C > S S
			+0.001 S > C S.
			+7200  C > S . seq 0
			+0.001 S > C .`, 0, 7200*time.Second + 2*time.Millisecond},
		{"packets a little out of order", `
			0      C > S S
			0.010  S > C S.
			0.009  C > S .`, 0, 10 * time.Millisecond},
		{"the last packet far ahead", `
			0      C > S S
			1      S > C S.
			31000  C > S .`, 0, 31000 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, samples := run(t, tc.text)
			var jumps int64
			for _, w := range r.Warnings {
				if w.Code == "clock-jump" {
					jumps = w.Count
				}
			}
			if jumps != tc.jumps || r.Stream(0).Span != tc.span {
				t.Errorf("%d jumps, span %v; want %d, %v", jumps, r.Stream(0).Span, tc.jumps, tc.span)
			}
			for i, s := range samples {
				if s.Segment.Frame != uint64(i+1) {
					t.Errorf("sample %d is of frame %d: samples must keep the order of the capture", i, s.Segment.Frame)
				}
			}
		})
	}
}

// TestMissingPackets: bytes that were not captured are not counted as seen.
func TestMissingPackets(t *testing.T) {
	r, samples := run(t, handshake+`
		0.010 C > S P. len 1000
		+0.01 S > C .  ack 2001 win 1000   # 1,000 bytes were not captured
		+0.01 S > C .  ack 2001 win 1000
		+0.01 C > S P. seq 2001:3001
		+0.01 S > C .
	`)
	d := c2s(t, r)
	if !samples[4].Events.Has(analyze.EventACKOfUnseen) {
		t.Errorf("frame 5 is %v, want ack-of-unseen", samples[4].Events)
	}
	if d.UniqueBytes != 2000 || d.AckedBytes != 3000 {
		t.Errorf("%d unique and %d acknowledged bytes, want 2000 and 3000", d.UniqueBytes, d.AckedBytes)
	}
	if samples[6].InFlight != 1000 {
		t.Errorf("in flight %d after new data in order, want 1000", samples[6].InFlight)
	}
}

// TestOneSided: if only one direction was captured, no time is attributed to anyone.
func TestOneSided(t *testing.T) {
	r, samples := run(t, `
		0    S > C . ack 1 win 1000
		1    S > C . ack 1001 win 0
		5    S > C . ack 1001 win 1000
	`)
	s := r.Stream(0)
	if !s.OneSided {
		t.Error("not marked as one-sided")
	}
	for _, d := range s.Dirs {
		if d.Budget.Unjudged != s.Span {
			t.Errorf("budget %+v, want all of it unjudged", d.Budget)
		}
	}
	for _, m := range samples {
		if m.InFlight != analyze.Unknown {
			t.Errorf("in flight %d in frame %d, want it unknown", m.InFlight, m.Segment.Frame)
		}
	}
	var stalls []analyze.Stall
	for _, d := range s.Dirs {
		stalls = append(stalls, d.Stalls...)
	}
	if len(stalls) != 1 {
		t.Fatalf("%d zero windows found, want 1: a zero window is 0 at any scale", len(stalls))
	}
	if stalls[0].SenderWaiting != nil {
		t.Errorf("sender waiting: %v, want it unknown", *stalls[0].SenderWaiting)
	}
}

// TestOneSidedACKs: the ACKs show that data came as soon as the window opened.
func TestOneSidedACKs(t *testing.T) {
	r, _ := run(t, `
		0     S > C S. seq 0 ack 1 win 65535 ws 0 mss 1460
		0.1   S > C . ack 1001 win 64535
		1     S > C . ack 65536 win 0
		5     S > C . ack 65536 win 65535
		5.001 S > C . ack 70001 win 65535
	`)
	s := r.Stream(0)
	d := &s.Dirs[analyze.ClientToServer]
	if len(d.Stalls) != 1 || d.Stalls[0].SenderWaiting == nil || !*d.Stalls[0].SenderWaiting {
		t.Fatalf("stalls %+v, want one in which the sender waited", d.Stalls)
	}
	if v := s.Verdict; v.Confidence != "low" || !strings.Contains(v.Sentence, "did not read for 4.000 s") {
		t.Errorf("%s confidence: %s", v.Confidence, v.Sentence)
	}
	if high := d.Buffer.RcvBuf.High(); high == nil || *high > 300_000 {
		t.Errorf("SO_RCVBUF %s: the interval is too wide", show(d.Buffer.RcvBuf))
	}
}

// TestPortReuse: the same ports with another ISN begin a new stream.
func TestPortReuse(t *testing.T) {
	r, _ := run(t, handshake+`
		1 C > S R.
		isn C 99000
		isn S 88000
		2      C > S S win 65535 mss 1460 ws 7
		+0.001 S > C S. win 65535 mss 1460 ws 9
	`)
	if r.StreamCount != 2 {
		t.Fatalf("%d streams, want 2", r.StreamCount)
	}
	if sc := r.Stream(1).Dirs[0].Window.Scale; sc.Shift != 9 {
		t.Errorf("the second stream's scale is %+v, want 9", sc)
	}
}

// TestEvicted: evicted streams still count in the totals.
func TestEvicted(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		b.WriteString("host C 10.1.0." + string(rune('0'+i/10)) + string(rune('0'+i%10)) + ":40000\n")
		b.WriteString(strings.ReplaceAll(fill, "\n0.", "\n+0."))
		b.WriteString("+1 C > S . seq una-1\n+0 S > C . win 100\n+0 C > S P. len 100\n")
	}
	text := strings.ReplaceAll(b.String(), "10.1.0.0", "10.1.0.")
	all, _ := run(t, text)
	few, _ := run(t, text, func(c *analyze.Config) { c.MaxStreams = 4 })
	if few.Evicted.Streams != 36 || few.Evicted.Stalled != 36 {
		t.Errorf("%d streams evicted, %d of them stalled; want 36", few.Evicted.Streams, few.Evicted.Stalled)
	}
	if few.Stalls != all.Stalls || few.StallTime != all.StallTime || few.Segments != all.Segments || few.StreamCount != all.StreamCount {
		t.Errorf("totals differ: %d stalls in %v, want %d in %v", few.Stalls, few.StallTime, all.Stalls, all.StallTime)
	}
	id := int64(-1)
	for s := range few.All() {
		if s.ID <= id {
			t.Errorf("stream %d comes after stream %d", s.ID, id)
		}
		id = s.ID
	}
}

// TestEvictionOrder: closed streams are evicted before idle ones, and the longest idle
// first. The search ends at the first stream that can't come back.
func TestEvictionOrder(t *testing.T) {
	const text = `
		host C 10.1.0.1:40000
		0 C > S S
		host C 10.1.0.2:40000
		1 C > S S
		host C 10.1.0.3:40000
		2 C > S S
		3 S > C R.
		host C 10.1.0.2:40000
		4 S > C R.
		host C 10.1.0.4:40000
		5 C > S S
		host C 10.1.0.5:40000
		`
	for _, c := range []struct{ at, gone string }{{"60", "10.1.0.3"}, {"65", "10.1.0.2"}} {
		r, _ := run(t, text+c.at+" C > S S", func(c *analyze.Config) { c.MaxStreams = 4 })
		kept := 0
		for s := range r.All() {
			kept++
			if s.Client.Addr().String() == c.gone {
				t.Errorf("at %s s: %s was not evicted", c.at, c.gone)
			}
		}
		if kept != 4 || r.Evicted.Streams != 1 {
			t.Errorf("at %s s: %d streams kept, %d evicted", c.at, kept, r.Evicted.Streams)
		}
	}
}

// TestQuotedTakesStreamNumber: a header quoted in an ICMP error takes a stream number, as
// in Wireshark, but is not traffic.
func TestQuotedTakesStreamNumber(t *testing.T) {
	r, samples := run(t, `
		0 C > S S quoted
		host C 10.9.9.9:1
		1 C > S S
	`)
	if r.StreamCount != 2 || len(samples) != 1 || samples[0].Stream != 1 {
		t.Errorf("%d streams, %d samples; want 2 streams and 1 sample, of stream 1", r.StreamCount, len(samples))
	}
	if samples[0].Segment.Flags != capture.SYN {
		t.Errorf("flags %v", samples[0].Segment.Flags)
	}
}

// TestRefusedAmongHealthy checks that one refused connection is the first finding
// among many healthy streams that carried more.
func TestRefusedAmongHealthy(t *testing.T) {
	var segs []capture.Segment
	for s := range (capturetest.Traffic{Packets: 20_000, Conns: 100, Seed: 4}).Segments() {
		segs = append(segs, *s)
	}
	syn := segs[0]
	syn.SrcPort, syn.DstPort, syn.Flags, syn.Len, syn.Frame, syn.Time = 1234, 81, capture.SYN, 0, uint64(len(segs)+1), segs[len(segs)-1].Time
	rst := syn
	rst.Src, rst.Dst, rst.SrcPort, rst.DstPort, rst.Frame = syn.Dst, syn.Src, 81, 1234, syn.Frame+1
	rst.Flags, rst.Seq, rst.Ack = capture.RST|capture.ACK, 0, syn.Seq+1
	r, _ := analyzetest.Run(t, &analyzetest.Source{Segments: append(segs, syn, rst)})
	refused := slices.IndexFunc(r.Verdicts, func(v analyze.Verdict) bool { return v.Code == cause.Refused })
	if refused < 0 {
		t.Fatalf("%d verdicts on %d streams, but none on a refused connection", len(r.Verdicts), r.StreamCount)
	}
	for _, v := range r.Verdicts[:refused] {
		if v.Severity < cause.Note {
			t.Errorf("stream %d (%s) comes before the refused one", v.Stream, v.Code)
		}
	}
}

// TestRankingAgrees checks that streams are ranked by their reported verdicts, and that
// Worst and Stream return the same stream.
func TestRankingAgrees(t *testing.T) {
	segs := disturb(capturetest.Traffic{Packets: 30_000, Conns: 300, Seed: 11}, rand.New(rand.NewPCG(3, 4)))
	r, _ := analyzetest.Run(t, &analyzetest.Source{Segments: segs})
	worst := r.Worst(int(r.StreamCount))
	last := cause.Problem
	for _, s := range worst {
		if s.Verdict.Severity > last {
			t.Errorf("stream %d (%v) comes after a stream with severity %v", s.ID, s.Verdict.Severity, last)
		}
		last = s.Verdict.Severity
		if again := r.Stream(s.ID); !reflect.DeepEqual(s, again) {
			t.Errorf("stream %d: Worst and Stream differ", s.ID)
		}
	}
	if last == worst[0].Verdict.Severity {
		t.Errorf("all streams have severity %v", last)
	}
}
