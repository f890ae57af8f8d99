package analyze_test

import (
	"fmt"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// talk sends 1,000 bytes each way.
const talk = `
+0.01 C > S P. len 1000
+0.01 S > C P. len 1000
+0.01 C > S .
`

// talkOn sends another 1,000 bytes each way, whatever was sent in between.
const talkOn = `
+0.01 C > S P. seq 1001:2001 ack 1001 win 16000
+0.01 S > C P. seq 1001:2001 ack 2001 win 4000
+0.01 C > S .  seq 2001 ack 2001 win 16000
`

// TestImpossibleFlags: segments that no host sends or takes change nothing, whoever seems
// to have sent them.
func TestImpossibleFlags(t *testing.T) {
	for _, flags := range []string{"SF", "SF.", "SR", "SR.", "SFR", "FSRP.UEW", "none", "F", "FPU", "P", "PU"} {
		for _, line := range []string{"C > S %s win 0", "S > C %s win 0", "C > S %s seq 900000 win 17", "S > C %s ack 700000 win 17 ws 5 mss 100"} {
			name := fmt.Sprintf(line, flags)
			if flags == "SF" || flags == "SR" || flags == "SFR" { // Wireshark begins a stream at another ISN
				name += " seq 0"
			}
			t.Run(name, func(t *testing.T) {
				r, samples := run(t, handshake+talk+"+0.1 "+name+"\n"+talkOn)
				s := r.Stream(0)
				if r.StreamCount != 1 || s.Closed != "open" || s.Segments != 10 || len(s.Dirs[0].Stalls)+len(s.Dirs[1].Stalls) != 0 {
					t.Fatalf("%d streams, closed: %s, %d segments", r.StreamCount, s.Closed, s.Segments)
				}
				garbage, last := samples[6], samples[9]
				if garbage.Window != analyze.Unknown || garbage.RightEdge != analyze.Unknown || garbage.InFlight != analyze.Unknown || garbage.Events.Has(analyze.EventZeroWindow) {
					t.Errorf("%+v", garbage)
				}
				if last.Shift != 2 || last.Seq != 2001 || last.Ack != 2001 || last.InFlight != 0 {
					t.Errorf("then shift %d, seq %d, ack %d, %d in flight", last.Shift, last.Seq, last.Ack, last.InFlight)
				}
				if w := s.Warnings; len(w) != 1 || w[0].Code != analyze.WarnFlags || w[0].Count != 1 {
					t.Errorf("warnings: %+v", w)
				}
				for _, d := range s.Dirs {
					if d.UniqueBytes != 2000 || d.AckedBytes != 2000 || d.Retransmissions != 0 {
						t.Errorf("%d bytes, %d acknowledged, %d retransmissions", d.UniqueBytes, d.AckedBytes, d.Retransmissions)
					}
				}
			})
		}
	}
	r, _ := run(t, handshake+talk+"+0.1 C > S FR.")
	if s := r.Stream(0); s.Closed != "reset" || len(s.Warnings) != 0 {
		t.Errorf("FIN with RST: closed: %s, %+v", s.Closed, s.Warnings)
	}
}

// TestUnacknowledged: without an ACK, nothing is acknowledged; an ACK far from what was
// sent acknowledges nothing either.
func TestUnacknowledged(t *testing.T) {
	const far = "isn C 3000000000\nisn S 900000000\n"
	for _, tc := range []struct {
		name, text string
		acked      [2]int64
	}{
		{"refused", far + "0 C > S S\n+0 S > C R. seq 0 ack 1", [2]int64{}},
		{"reset without an ACK", far + "0 C > S S\n+0 S > C R seq 0 ack =77", [2]int64{}},
		{"unanswered", far + "0 C > S S\n+1 C > S S seq 0\n+2 C > S S seq 0", [2]int64{}},
		{"SYN from both sides", far + "0 C > S S\n+0 S > C S", [2]int64{}},
		{"data in one direction", far + "0 C > S P. seq 1:501\n+1 C > S P. len 500", [2]int64{}},
		{"the answer to a SYN acknowledges another connection", far + "0 C > S S\n+0.1 S > C . seq 50 ack =77", [2]int64{}},
		{"and so does the data", far + "0 C > S S\n+0.1 S > C P. seq 50:60 ack =1500000000", [2]int64{}},
		{"a forged ACK", handshake + talk + "+0.1 S > C . ack =900000000\n" + talkOn, [2]int64{2000, 2000}},
		{"forged data", handshake + talk + "+0.1 S > C P. seq =3900000000:=3900000010 ack =900000000\n" + talkOn, [2]int64{2000, 2000}},
		{"another forged ACK", handshake + talk + "+0.1 C > S . ack =2900000000 win 0\n" + talkOn, [2]int64{2000, 2000}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := run(t, tc.text)
			s := r.Stream(0)
			if got := [2]int64{s.Dirs[0].AckedBytes, s.Dirs[1].AckedBytes}; got != tc.acked {
				t.Errorf("%d bytes acknowledged, want %d", got, tc.acked)
			}
			for _, w := range s.Warnings {
				if w.Code == analyze.WarnUnseen {
					t.Error(w.Text)
				}
			}
			if s.Verdict.Severity > cause.Note || len(s.Dirs[0].Stalls)+len(s.Dirs[1].Stalls) > 0 {
				t.Errorf("%+v", s.Verdict)
			}
		})
	}
}

// TestTwoNumberings: a stream in two numberings is not judged, and no number lies between
// the two.
func TestTwoNumberings(t *testing.T) {
	const (
		syn    = "isn C 1000\n0 C > S S mss 1460 win 60000\n"
		inside = "+0.01 S > C S. seq =5000 ack =1001 win 30000\n"
		near   = "+0 S > C S. seq =50007000 ack =1001 win 30000\n"
		far    = "+0 S > C S. seq =2000000000 ack =3000000001 win 30000\n"
		client = "+0.01 C > S . seq =1001 ack =5001\n+0 C > S P. seq =1001:=1101 ack =5001\n"
	)
	data := func(base, ack uint32) string {
		return fmt.Sprintf("+0.01 S > C . seq =%d ack =%d win 30000\n+0 S > C P. seq =%d:=%d ack =%d win 30000\n", base, ack, base, base+500, ack)
	}
	plain, again := data(5001, 1101), "+0.01 S > C P. seq =5501:=6001 ack =1101 win 30000\n"
	forged := "+0 S > C P. seq =3000000000:=3000000100 ack =1101 win 30000\n+0 S > C P. seq =3000000100:=3000000200 ack =1101 win 30000\n"
	for _, tc := range []struct{ name, text string }{
		{"far SYN-ACK first", syn + far + inside + client + data(2000000001, 3000000101) + plain + again},
		{"far SYN-ACK last", syn + inside + far + client + plain + data(2000000001, 3000000101) + again},
		{"only the sender's numbers are rewritten", syn + inside + near + client + plain + data(50007001, 1101) + again},
		{"the other way round", syn + near + inside + client + data(50007001, 1101) + plain + again},
		{"the SYN was not captured", far + inside + client + data(2000000001, 3000000101) + plain + again},
		{"the handshake was not captured", client + plain + forged + again + "+0 C > S . ack =6001\n" + strings.ReplaceAll(forged, "30000001", "30000003")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, samples := run(t, tc.text)
			s := r.Stream(0)
			if r.StreamCount != 1 || s.Verdict.Code != cause.MiddleboxISN {
				t.Errorf("%d streams, %s: %s", r.StreamCount, s.Verdict.Code, s.Verdict.Sentence)
			}
			for _, m := range samples {
				if m.InFlight > 60_000 || m.RightEdge > 100_000 || m.RightEdge < analyze.Unknown {
					t.Errorf("%v: %d in flight, right edge %d", m.Segment, m.InFlight, m.RightEdge)
				}
			}
			for _, d := range s.Dirs {
				if d.MaxInFlight != nil || d.Budget.Unjudged != s.Span || d.Retransmissions != 0 {
					t.Errorf("at most %v in flight, %v not judged, %d retransmissions", d.MaxInFlight, d.Budget.Unjudged, d.Retransmissions)
				}
			}
		})
	}
}

// TestGaps: a stream that goes on far from where it was is followed from there, and what
// was in flight at the time is unknown.
func TestGaps(t *testing.T) {
	for _, gap := range []uint32{200_000, 10_000_000, 900_000_000, 1_500_000_000, 3_000_000_000} {
		t.Run(fmt.Sprint(gap), func(t *testing.T) {
			text := handshake + talk
			for i := range uint32(6) {
				text += fmt.Sprintf("+0.01 C > S P. seq =%d:=%d ack =6001\n+0.01 S > C . seq =6001 ack =%d\n", 2001+gap+i*500, 2501+gap+i*500, 2501+gap+i*500)
			}
			r, samples := run(t, text)
			s := r.Stream(0)
			for _, m := range samples {
				if m.InFlight > 16_000 {
					t.Errorf("%v: %d in flight", m.Segment, m.InFlight)
				}
			}
			if last := samples[len(samples)-1]; r.StreamCount != 1 || s.Verdict.Severity > cause.Note || last.Window != 16_000 || samples[len(samples)-2].InFlight != 500 {
				t.Errorf("%d streams, %s; at the end window %d, %d in flight", r.StreamCount, s.Verdict.Code, last.Window, samples[len(samples)-2].InFlight)
			}
			if m := s.Dirs[0].MaxInFlight; m == nil || *m != 1000 {
				t.Errorf("at most %v in flight", m)
			}
		})
	}
}

// TestSetAsideIsNotMissing: data that was set aside as stray was captured all the same.
func TestSetAsideIsNotMissing(t *testing.T) {
	r, _ := run(t, `
0.000  C > S  S   seq =1000 win 1000
+0.010 S > C  S.  seq =5000 ack =1001 win 1000
+0.002 S > C  S.  seq =1500005000 ack =1001 win 1000
+0.001 S > C  S.  seq =3000005000 ack =1001 win 1000
+0.001 C > S  .   seq =1001 ack =5001
+0.010 C > S  P.  seq =1001 ack =5001 len 500
+0.010 S > C  P.  seq =5001 ack =1501 len 900
+0.001 C > S  .   seq =1501 ack =5901
`)
	s := r.Stream(0)
	if d := &s.Dirs[analyze.ClientToServer]; d.AckedBytes != 500 || d.Bytes != 500 {
		t.Errorf("%d bytes acknowledged, %d captured; want 500, 500", d.AckedBytes, d.Bytes)
	}
	for _, w := range s.Warnings {
		if w.Code == analyze.WarnUnseen {
			t.Errorf("warned: %s", w.Text)
		}
	}
}

// TestFirstACKFarAhead: without a handshake, the first ACK shows where the data is only if
// it is near what was captured.
func TestFirstACKFarAhead(t *testing.T) {
	r, samples := run(t, `
0.000  C > S  P.  seq =1001 ack =5001 len 1000
+0.010 S > C  .   seq =5001 ack =1000002001 win 500
+0.100 C > S  P.  seq =2001 ack =5001 len 1000
+0.010 S > C  .   seq =5001 ack =1000003001 win 500
`)
	d := &r.Stream(0).Dirs[analyze.ClientToServer]
	if d.AckedBytes != 0 || d.UniqueBytes != 2000 {
		t.Errorf("%d bytes acknowledged, %d unique; want 0, 2000", d.AckedBytes, d.UniqueBytes)
	}
	for _, s := range samples {
		if s.RightEdge > 1e6 || s.InFlight > 2000 {
			t.Errorf("frame %d: right edge %d, %d bytes in flight", s.Segment.Frame, s.RightEdge, s.InFlight)
		}
	}
}

// TestForkedStreamAcknowledgesNoMoreThanItSent: what two numberings acknowledge together is
// no amount of data.
func TestForkedStreamAcknowledgesNoMoreThanItSent(t *testing.T) {
	var text strings.Builder
	text.WriteString("0 C > S S seq =0 win 1000\n0.01 S > C S. seq =5000 ack =1 win 1000\n")
	for i := range 4 { // gaps of 900 MB
		for k := range 4 {
			fmt.Fprintf(&text, "+0.01 C > S P. seq =%d ack =5001 len 1000\n", 1+900_000_000*i+1000*k)
		}
		fmt.Fprintf(&text, "+0.01 S > C . seq =5001 ack =%d\n", 4001+900_000_000*i)
	}
	for i := range 12 { // and then two numberings
		fmt.Fprintf(&text, "+0.01 C > S P. seq =%d ack =5001 len 1000\n", 2_700_004_001+1000*i)
		fmt.Fprintf(&text, "+0.01 C > S P. seq =%d ack =5001 len 1000\n", 1_000_004_001+1000*i)
	}
	r, _ := run(t, text.String())
	if r.Verdicts[0].Code != "middlebox-isn" {
		t.Fatalf("%s, want middlebox-isn", r.Verdicts[0].Code)
	}
	if d := &r.Stream(0).Dirs[analyze.ClientToServer]; d.AckedBytes > d.Bytes {
		t.Errorf("%d bytes acknowledged of %d", d.AckedBytes, d.Bytes)
	}
}
