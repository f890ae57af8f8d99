package capture_test

import (
	"os/exec"
	"strings"
	"testing"

	"winwatch/capture"
)

// TestTextIsThePcap compares the seed flood's text with its capture: everything must
// be equal except what the text does not carry.
func TestTextIsThePcap(t *testing.T) {
	text, c, _ := load(t, seedFlood+".txt")
	pcap, _, _ := load(t, seedFlood+".pcap")
	if len(text) != 195 || len(text) != len(pcap) {
		t.Fatalf("%d segments in the text, %d in the capture", len(text), len(pcap))
	}
	probes := 0
	for i, got := range text {
		want := pcap[i]
		if i > 0 && got.Time-text[0].Time != want.Time-pcap[0].Time {
			t.Errorf("%v: %d ns after the first, want %d", &got, got.Time-text[0].Time, want.Time-pcap[0].Time)
		}
		if got.Seq == want.Seq+1 && got.Len == 0 {
			probes++ // SND.UNA - 1 in the capture, which the text does not show
			want.Seq++
		}
		if want.Len == 0 && want.Flags&capture.SYN == 0 {
			want.Flags |= capture.SeqInferred
		}
		want.Time, want.HopLimit, want.IPID = got.Time, 0, 0
		if got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	if probes != 6 {
		t.Errorf("%d segments look like probes, want 6", probes)
	}
	if c.Noted[capture.TextNoDate] != 195 || c.Noted[capture.TextNoIPID] != 195 || c.Noted[capture.TextSeqGuessed] != 101 {
		t.Errorf("notes: %v", c.Noted)
	}
}

// TestTextOfTcpdump prints captures with tcpdump and reads the output.
func TestTextOfTcpdump(t *testing.T) {
	if _, err := exec.LookPath("tcpdump"); err != nil {
		t.Skip("tcpdump is not installed")
	}
	files := []string{seedFlood + ".pcap"}
	for _, lab := range []string{"flood-any", "gvisor-sender", "made-stale-ack", "midstream", "port-reuse", "snap68", "syn-missing", "veth-bigtcp6"} {
		files = append(files, labDir+lab+"/capture.pcap")
	}
	for _, options := range []string{"-S -tt", "-S -v -tt", "-S -vv -tttt", "-S -e", "-S -ttt", "-S -ttttt", "-S -A -tt", "-tt", "-S -t", "-v"} {
		for _, name := range files {
			if strings.HasSuffix(options, "-ttt") && strings.Contains(name, "stale") {
				continue // its steps are equal, so -ttt and -ttttt look alike
			}
			t.Run(options+" "+name, func(t *testing.T) {
				compareText(t, name, strings.Fields(options))
			})
		}
	}
}

func compareText(t *testing.T, name string, options []string) {
	cmd := exec.Command("tcpdump", append([]string{"-nn", "-r", name}, options...)...)
	cmd.Env = append(cmd.Environ(), "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		t.Skip("tcpdump can't read it: ", err)
	}
	want, _, _ := load(t, name)
	got, damage := read(t, out)
	has := map[string]bool{}
	for _, o := range options {
		has[o] = true
	}
	verbose := has["-v"] || has["-vv"]
	want = printable(want, verbose)
	if damage != nil || len(got) != len(want) {
		t.Fatalf("%d segments, want %d; %v", len(got), len(want), damage)
	}
	if !has["-S"] && !want[0].Flags.Has(capture.SYN) {
		return // the text does not show what its numbers are relative to
	}
	for i := range got {
		g, w := got[i], want[i]
		switch {
		case has["-tt"], has["-tttt"]:
			w.Time -= w.Time % 1000
		case has["-t"]:
			w.Time = 0
		default:
			g.Time -= got[0].Time
			w.Time = w.Time/1000*1000 - want[0].Time/1000*1000
			if d := g.Time - w.Time; -1e6 < d && d < 1e6 { // -ttt rounds each step
				g.Time = w.Time
			}
		}
		if !verbose {
			w.HopLimit, w.IPID = 0, 0
		}
		if w.Len == 0 && w.Flags&(capture.SYN|capture.FIN|capture.RST) == 0 && !has["-vv"] {
			g.Seq, w.Seq = 0, 0
			g.Flags &^= capture.SeqInferred
		}
		if w.Flags&capture.ACK == 0 {
			w.Ack = 0
		}
		g.Frame, w.Frame = 0, 0
		if g != w {
			t.Fatalf("frame %d:\ngot  %+v\nwant %+v", want[i].Frame, g, w)
		}
	}
}

// printable returns the segments that tcpdump prints: it prints quoted headers only
// with -v.
func printable(segs []capture.Segment, verbose bool) (out []capture.Segment) {
	for _, s := range segs {
		if verbose || !s.Flags.Has(capture.Quoted) {
			out = append(out, s)
		}
	}
	return out
}

func TestTextLines(t *testing.T) {
	const head = "11:52:35.907381 IP 127.0.0.1.40846 > 127.0.0.1.3000: Flags [S], seq 7, win 9, length 0\n"
	text := head + strings.Join([]string{
		"tcpdump: listening on lo",
		"11:52:36.000000 IP 127.0.0.1.53 > 127.0.0.1.54: UDP, length 5",
		"11:52:36.000000 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28",
		"11:52:36.000000 IP 10.0.0.1 > 10.0.0.2: [|tcp]",
		"11:52:36.000000 IP host.http > 10.0.0.2.80: Flags [S], seq 7, win 9, length 0",
		"11:52:36.000000 IP 10.0.0.1.5 > 10.0.0.2.80: Flags [Q], seq 7, win 9, length 0",
		"11:52:36.000000 IP 10.0.0.1.5 > 10.0.0.2.80: Flags [.], seq 77777777777, win 9, length 0",
		"11:52:36.000000 IP 10.0.0.1 > 10.0.0.2: ip-proto-6",
		"11:52:36.000000 IP bad-hlen 16",
		"11:52:36.000000 IP 1.1.1.1.2 > 2.2.2.2.20:  tcp 14 [bad hdr length 16 - too short, < 20]",
		"11:52:36.000000 IP 10.9.0.1.5 > 10.9.0.2.6081: Geneve, Flags [none], vni 0x64: IP 10.0.0.1.5 > 10.0.0.2.80: " +
			"Flags [P.U], seq 5:15, ack 3, win 9, urg 2, options [mss 5,mptcp 4 dss {0x1,0x2},sack 1 {7:8},wscale [|tcp], length 10: HTTP, Flags [x]",
		"2 packets captured, 4 packets received by filter, 1 packet dropped by kernel",
		"12 packets captured",
		"3 packets dropped by kernel",
		"1 packet dropped by interface",
	}, "\r\n")
	r, err := capture.NewReader(strings.NewReader(text), "test")
	if err != nil {
		t.Fatal(err)
	}
	segs, _ := readAll(t, r)
	c := r.Counters()
	want := capture.Counters{Frames: 11, Segments: 2}
	want.Skipped[capture.NotTCP], want.Skipped[capture.NotIP], want.Skipped[capture.CutShort] = 1, 1, 1
	want.Skipped[capture.BadText], want.Skipped[capture.LaterFragment] = 3, 1
	want.Skipped[capture.BadIP], want.Skipped[capture.BadTCP] = 1, 1
	want.Noted[capture.KernelDrops], want.Noted[capture.InterfaceDrops] = 3, 1
	want.Noted[capture.TextIgnored], want.Noted[capture.CutOptions] = 2, 1
	want.Noted[capture.TextNoDate], want.Noted[capture.TextNoIPID] = 2, 2
	if c != want {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	s := segs[1]
	if s.Frame != 11 || s.Src.String() != "10.0.0.1" || s.Len != 10 || s.Urgent != 2 || s.MSS != 5 ||
		s.SACK[0] != (capture.SACKBlock{Left: 7, Right: 8}) || s.Options != capture.HasMSS|capture.HasSACK|capture.OptionsCut {
		t.Errorf("got %+v", s)
	}
}

func TestTextTimes(t *testing.T) {
	const rest = " IP 127.0.0.1.40846 > 127.0.0.1.3000: Flags [S], seq 7, win 9, length 0\n"
	const day = 24 * 3600
	tests := []struct {
		name   string
		stamps []string
		want   []int64 // seconds
	}{
		{"midnight", []string{"23:59:59.0", "00:00:01.0", "23:59:58.0", "00:00:03.0", "11:00:00.0", "22:00:00.0", "00:00:00.0"},
			[]int64{day - 1, day + 1, day - 2, day + 3, day + 11*3600, day + 22*3600, 2 * day}},
		{"leap and back", []string{"11:52:35.9", "20:32:21.0", "11:52:36.0"}, []int64{42755, 73941, 42756}},
		{"Unix time", []string{"1700000000.000001", "4294967295.5"}, []int64{1700000000, 4294967295}},
		{"dates", []string{"1970-01-02 00:00:01.5", "2020-01-01 00:00:00.0"}, []int64{day + 1, 1577836800}},
		{"since the first line", []string{" 00:00:00.0", " 00:00:05.0", " 30:00:06.0"}, []int64{0, 5, 30*3600 + 6}},
		{"since the previous line", []string{" 00:00:00.0", " 00:00:05.0", " 00:00:01.0"}, []int64{0, 5, 6}},
		{"no time stamps", []string{"", ""}, []int64{0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := ""
			for _, s := range tt.stamps {
				if s == "" {
					text += strings.TrimPrefix(rest, " ")
				} else {
					text += s + rest
				}
			}
			segs, _ := read(t, []byte(text))
			if len(segs) != len(tt.want) {
				t.Fatalf("%d segments, want %d", len(segs), len(tt.want))
			}
			for i, s := range segs {
				if s.Time/1e9 != tt.want[i] {
					t.Errorf("line %d: %d s, want %d", i, s.Time/1e9, tt.want[i])
				}
			}
		})
	}
}

func TestTextLongLines(t *testing.T) {
	const line = "11:52:35.907381 IP 127.0.0.1.40846 > 127.0.0.1.3000: Flags [S], seq 7, win 9, length 0"
	text := line + "\n" + strings.Repeat("x", 1<<20) + "\n" + line
	segs, damage := read(t, []byte(text))
	if len(segs) != 2 || damage != nil {
		t.Errorf("%d segments, %v", len(segs), damage)
	}
}

// TestTextQuoted reads the output of -v for an ICMP error and a tunnel.
func TestTextQuoted(t *testing.T) {
	const text = `00:00:33.0 IP (tos 0x0, ttl 64, id 7, offset 0, flags [none], proto ICMP (1), length 68)
    192.0.2.3 > 192.0.2.1: ICMP 192.0.2.2 tcp port 2000 unreachable, length 48
	IP (tos 0x0, ttl 63, id 8, offset 0, flags [none], proto TCP (6), length 60)
    192.0.2.1.1000 > 192.0.2.2.2000: Flags [.], seq 1:21, ack 2, win 3, length 20
00:00:42.0 IP (tos 0x0, ttl 64, id 7, offset 0, flags [none], proto IPIP (4), length 60)
    192.0.2.8 > 192.0.2.9: IP (tos 0x0, ttl 62, id 9, offset 0, flags [+], proto TCP (6), length 40)
    192.0.2.1.1000 > 192.0.2.2.2000: Flags [.], ack 2, win 3, length 0
`
	segs, _ := read(t, []byte(text))
	if len(segs) != 2 {
		t.Fatalf("%d segments, want 2", len(segs))
	}
	if s := segs[0]; !s.Flags.Has(capture.Quoted) || describe(&s) != "192.0.2.1:1000 > 192.0.2.2:2000 len 20" || s.HopLimit != 63 || s.IPID != 8 {
		t.Errorf("got %+v", s)
	}
	if s := segs[1]; s.Flags != capture.ACK|capture.Fragmented|capture.SeqInferred || s.HopLimit != 62 || s.IPID != 9 {
		t.Errorf("got %+v", s)
	}
}

// TestTextWrapped: lines that a terminal or a mail program broke are joined; a line of which
// a number is cut is left out.
func TestTextWrapped(t *testing.T) {
	const text = `07:23:49.710768 IP 127.0.0.1.40001 > 127.0.0.1.5001: Flags [S], seq 3824636340, win 65495, options [mss 65495,sackOK,TS val 274176291 ecr 0,nop,wscale 10], length 0
07:23:49.710802 IP 127.0.0.1.5001 > 127.0.0.1.40001: Flags [S.], seq 404670471, ack 3824636341, win 65483, options [mss 65495,sackOK,TS val 2269583859 ecr 274176291,nop,wscale 10], length 0
07:23:49.710833 IP 127.0.0.1.40001 > 127.0.0.1.5001: Flags [.], ack 404670472, win 64, options [nop,nop,TS val 274176292 ecr 2269583859], length 0
07:23:49.715908 IP 127.0.0.1.40001 > 127.0.0.1.5001: Flags [P.], seq 3824636341:3824644533, ack 404670472, win 64, options [nop,nop,TS val 274176297 ecr 2269583859], length 8192
07:23:49.715938 IP 127.0.0.1.5001 > 127.0.0.1.40001: Flags [.], ack 3824644533, win 109, options [nop,nop,TS val 2269583864 ecr 274176297], length 0
5 packets captured
`
	read := func(text string) ([]capture.Segment, capture.Counters) {
		r, err := capture.NewReader(strings.NewReader(text), "test")
		if err != nil {
			t.Fatal(err)
		}
		segs, _ := readAll(t, r)
		return segs, r.Counters()
	}
	want, _ := read(text)
	if len(want) != 5 {
		t.Fatalf("%d segments, want 5", len(want))
	}
	for width := 70; width < 180; width++ {
		got, c := read(fold(text, width))
		if width == 80 && len(got) != len(want) {
			t.Errorf("width %d: %d segments, want %d", width, len(got), len(want))
		}
		if c.Frames != 5 || len(got)+int(c.Skipped[capture.BadText]) != 5 {
			t.Errorf("width %d: %d frames, %d segments, %d not understood", width, c.Frames, len(got), c.Skipped[capture.BadText])
		}
		for _, s := range got {
			if s != want[s.Frame-1] {
				t.Errorf("width %d:\ngot  %+v\nwant %+v", width, s, want[s.Frame-1])
			}
		}
	}
}

// fold breaks lines after that many characters.
func fold(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		for ; len(line) > width+1; line = line[width:] {
			b.WriteString(line[:width] + "\n")
		}
		b.WriteString(line)
	}
	return b.String()
}
