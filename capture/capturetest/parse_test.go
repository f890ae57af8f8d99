package capturetest

import (
	"fmt"
	"strings"
	"testing"

	"winwatch/capture"
)

func TestParse(t *testing.T) {
	const (
		c = "10.0.0.1:40000"
		s = "10.0.0.2:3000"
	)
	tests := []struct {
		name, text string
		want       []string // time in ns since the base, then Segment.String and options
	}{
		{"handshake and data", `
			0      C > S S  win 65535 mss 1460 ws 7 sackok
			+0.001 S > C S. win 100
			+0.001 C > S .  win 512
			0.1    C > S P. seq 1:101    # a comment
			+0     C > S P. len 10
			+0     S > C .  win 0
			+0.2   C > S .  seq una-1`,
			[]string{
				"0 #1 " + c + " > " + s + " [S] seq 1000 ack 0 win 65535 len 0",
				"1000000 #2 " + s + " > " + c + " [S.] seq 5000 ack 1001 win 100 len 0",
				"2000000 #3 " + c + " > " + s + " [.] seq 1001 ack 5001 win 512 len 0",
				"100000000 #4 " + c + " > " + s + " [P.] seq 1001 ack 5001 win 512 len 100",
				"100000000 #5 " + c + " > " + s + " [P.] seq 1101 ack 5001 win 512 len 10",
				"100000000 #6 " + s + " > " + c + " [.] seq 5001 ack 1111 win 0 len 0",
				"300000000 #7 " + c + " > " + s + " [.] seq 1110 ack 5001 win 512 len 0",
			}},
		{"wrap and raw numbers", "isn C 4294967295\n0 C > S S\n0 C > S . seq 1:3 ack =7\n0 C > S . seq =9",
			[]string{
				"0 #1 " + c + " > " + s + " [S] seq 4294967295 ack 0 win 65535 len 0",
				"0 #2 " + c + " > " + s + " [.] seq 0 ack 7 win 65535 len 2",
				"0 #3 " + c + " > " + s + " [.] seq 9 ack 5001 win 65535 len 0",
			}},
		{"midstream, frame numbers, a step back", "5 C > S . frame 8\n-1 S > C .\n+0 dup",
			[]string{
				"5000000000 #8 " + c + " > " + s + " [.] seq 1001 ack 5001 win 65535 len 0",
				"4000000000 #9 " + s + " > " + c + " [.] seq 5001 ack 1001 win 65535 len 0",
				"4000000000 #10 " + s + " > " + c + " [.] seq 5001 ack 1001 win 65535 len 0",
			}},
		{"other hosts", "host A [2001:db8::1]:443\nisn A 7\n0 A > S S\n0 A > S F.",
			[]string{
				"0 #1 [2001:db8::1]:443 > " + s + " [S] seq 7 ack 0 win 65535 len 0",
				"0 #2 [2001:db8::1]:443 > " + s + " [F.] seq 8 ack 5001 win 65535 len 0",
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, seg := range Parse(t, tt.text) {
				got = append(got, fmt.Sprintf("%d %v", seg.Time-1_700_000_000*1e9, &seg))
			}
			if g, w := strings.Join(got, "\n"), strings.Join(tt.want, "\n"); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
}

func TestParseOptions(t *testing.T) {
	seg := Parse(t, "0 C > S S mss 1460 ws 9 sackok ts 5 6 sack 1:2 sack 3:4 urg 3 ttl 9 id 77 cut")[0]
	want := capture.Segment{
		Frame: 1, Time: 1_700_000_000 * 1e9, Src: seg.Src, Dst: seg.Dst, SrcPort: 40000, DstPort: 3000,
		Seq: 1000, Window: 65535, Urgent: 3, Flags: capture.SYN, MSS: 1460, WindowShift: 9, HopLimit: 9, IPID: 77,
		Options: capture.HasMSS | capture.HasWindowScale | capture.HasSACKPermitted | capture.HasSACK |
			capture.HasTimestamps | capture.OptionsCut,
		SACKCount: 2, TSVal: 5, TSEcr: 6, SACK: [2]capture.SACKBlock{{Left: 5001, Right: 5002}, {Left: 5003, Right: 5004}},
	}
	if seg != want {
		t.Errorf("got  %+v\nwant %+v", seg, want)
	}
}

func TestParseErrors(t *testing.T) {
	for _, text := range []string{
		"x C > S S", "0 C S", "0 C > X S", "0 C > S Q", "0 C > S . win 65536", "0 C > S . win", "0 C > S . nonsense 1",
		"host C", "host C 1.2.3.4", "isn X 1", "isn C x", "base", "0 dup", "0 C > S . ts 1", "0 C > S . seq 1:3 len 5",
		"0 C > S . sack 1", "0.1234567890 C > S .", "0 C > S . sack 1:2 sack 1:2 sack 1:2", "0 C > S . seq x",
	} {
		if segs, err := parse(text); err == nil {
			t.Errorf("parse(%q) = %v, want an error", text, segs)
		} else if !strings.HasPrefix(err.Error(), "line 1: ") {
			t.Errorf("parse(%q): error %q does not name the line", text, err)
		}
	}
}
