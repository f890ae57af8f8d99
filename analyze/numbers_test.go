package analyze_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/analyzetest"
	"winwatch/capture"
)

// readNumbers analyzes a capture as far as it can be read.
func readNumbers(t *testing.T, file string, sinks ...func(*analyze.Sample)) *analyze.Result {
	t.Helper()
	src, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	a := analyze.New(analyze.DefaultConfig())
	for _, sink := range sinks {
		a.OnSample(sink)
	}
	if err := a.Run(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	return a.Result()
}

// TestUnreadFitsTheWindows: a receiver can't leave unread many times what its windows let
// in, however much it acknowledged.
func TestUnreadFitsTheWindows(t *testing.T) {
	r := readNumbers(t, "testdata/numbers/unread-36-windows.pcap.gz")
	d := &r.Stream(0).Dirs[analyze.ClientToServer]
	if u := d.Stalls[0].Unread; show(u) != "- [-, 12848]" { // 2.2 times the largest window, 5,840
		t.Errorf("unread %s, %s", show(u), u.Method())
	}
	if a, b := d.Buffer.Absorbed, d.Buffer.RcvBuf; show(a) != "- [-, -]" || show(b) != "- [-, -]" {
		t.Errorf("absorbed %s, SO_RCVBUF %s; want unknown", show(a), show(b))
	}
	if s := r.Verdicts[0].Sentence; strings.Contains(s, "bytes waited") && !strings.Contains(s, "at most 12,848 bytes waited") {
		t.Errorf("verdict: %s", s)
	}
}

// TestUnreadUnderAnUnknownScale: what fits only under the largest scale is an upper bound.
func TestUnreadUnderAnUnknownScale(t *testing.T) {
	var text strings.Builder
	text.WriteString("0 C > S S win 5000 ws 7\n+0.001 S > C . ack 1 win 5000\n")
	for range 40 {
		text.WriteString("+0.001 C > S . len 500\n+0.001 S > C . win 1000\n")
	}
	text.WriteString("+0.001 C > S . len 1000\n+0.001 S > C . win 0\n+0.3 C > S . seq una-1\n+0 S > C . win 0\n")
	r, _ := run(t, text.String())
	d := &r.Stream(0).Dirs[analyze.ClientToServer]
	if d.Window.Scale.State != analyze.ScaleUnknown || len(d.Stalls) != 1 {
		t.Fatalf("scale %+v, %d stalls", d.Window.Scale, len(d.Stalls))
	}
	if u := d.Stalls[0].Unread; show(u) != "- [-, 21000]" {
		t.Errorf("unread %s, %s", show(u), u.Method())
	}
}

// TestRetransmissionsOfDataAreComparedWithData: a FIN that is sent again is no lost data.
func TestRetransmissionsOfDataAreComparedWithData(t *testing.T) {
	r := readNumbers(t, "testdata/numbers/fin-sent-again.pcap")
	d := &r.Stream(0).Dirs[analyze.ClientToServer]
	if d.DataSegments != 1 || d.Retransmissions != 5 || d.DataRetransmissions != 0 {
		t.Errorf("%d data segments, %d retransmissions, %d of data; want 1, 5, 0", d.DataSegments, d.Retransmissions, d.DataRetransmissions)
	}
	if v := r.Verdicts[0]; v.Code != "ok" || !strings.Contains(v.Sentence, "5 retransmissions") || strings.Contains(v.Sentence, " of 1 ") {
		t.Errorf("%s: %s", v.Code, v.Sentence)
	}
}

// TestSummaryCountsWhatStreamsCount: a packet captured twice counts once, everywhere.
func TestSummaryCountsWhatStreamsCount(t *testing.T) {
	r := readNumbers(t, "testdata/numbers/captured-twice.pcap")
	s := r.Stream(0)
	if n := s.Dirs[0].Bytes + s.Dirs[1].Bytes; n != 361 || r.Bytes != 361 {
		t.Errorf("payload %d in the stream, %d in all; want 361", n, r.Bytes)
	}
	if r.Segments != 12 || s.Segments != 12 || r.Duplicates != 6 || s.Duplicates != 6 {
		t.Errorf("%d and %d segments, %d and %d duplicates; want 12 and 6", s.Segments, r.Segments, s.Duplicates, r.Duplicates)
	}
}

// TestTimesNeverGoBack checks the times of captures whose clocks do.
func TestTimesNeverGoBack(t *testing.T) {
	for _, file := range []string{"../report/json/testdata/fuzzed/text.bin.gz", "../report/json/testdata/fuzzed/pcapng.bin.gz", "testdata/seed-flood.pcap"} {
		t.Run(file, func(t *testing.T) {
			jumps := 0
			last := int64(0)
			r := readNumbers(t, file, func(s *analyze.Sample) {
				if s.Segment.Time < last {
					jumps++
				}
				last = s.Segment.Time
				checkSample(t, s)
			})
			if jumps == 0 {
				t.Fatal("the clock of this capture does not go back")
			}
			checkResult(t, r)
		})
	}
}

// TestElapsedLeavesClockJumpsOut: the time since the first packet goes on where the clock
// jumped, and a packet stamped a little before the first has 0.
func TestElapsedLeavesClockJumpsOut(t *testing.T) {
	var got []float64
	src := analyzetest.Text(t, handshake)
	for i, at := range []int64{5e9, 5e9 - 50e6, 6e9, 2e9, 3e9, 7200e9} {
		s := src.Segments[0]
		s.Frame, s.Time, s.SrcPort = uint64(i+1), at, uint16(1000+i)
		src.Segments = append(src.Segments, s)
	}
	src.Segments = src.Segments[3:]
	a := analyze.New(analyze.DefaultConfig())
	a.OnSample(func(s *analyze.Sample) { got = append(got, s.Elapsed.Seconds()) })
	if err := a.Run(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	if want := []float64{0, 0, 1, 1, 2, 7199}; !slices.Equal(got, want) {
		t.Errorf("elapsed %v, want %v", got, want)
	}
	if r := a.Result(); r.Begin != 5e9 || r.End != 7204e9 || r.Span != 7199e9 {
		t.Errorf("from %d to %d, %v", r.Begin, r.End, r.Span)
	}
}

// TestRightEdgeIsNeverNegative: a window of what came before the stream began is not one
// of this stream.
func TestRightEdgeIsNeverNegative(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       int64
	}{
		{"in order", handshake + "+0.001 S > C . win 1000", 4001},
		{"an ACK from before the SYN", handshake + "+0.001 S > C . ack =500 win 1000", analyze.Unknown},
		{"a zero window from before the capture", "0 C > S . seq 500 len 100\n+0.001 S > C . ack 400 win 0", analyze.Unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, samples := run(t, tc.text)
			if got := samples[len(samples)-1].RightEdge; got != tc.want {
				t.Errorf("right edge %d, want %d", got, tc.want)
			}
		})
	}
}

// TestStallsOfADirectionDoNotOverlap: what a sender waits after a window update is no part
// of the stall that the update ended.
func TestStallsOfADirectionDoNotOverlap(t *testing.T) {
	r, _ := run(t, `
0       C > S  S   win 64240 mss 1460
+0.001  S > C  S.  win 1280 mss 1460
+0.001  C > S  .   len 640
+0.001  C > S  P.  len 640
+0.001  S > C  .   win 0
+0.200  C > S  .   seq una-1
+0.001  S > C  .   win 1280
# The first of two segments was not captured.
+0.001  C > S  P.  seq nxt+640 len 640
+0.001  S > C  .   win 0
+0.200  C > S  .   seq una-1
+0.001  S > C  .   win 1280
`)
	end := int64(0)
	for _, w := range r.Stream(0).Dirs[analyze.ClientToServer].Stalls {
		if w.Begin < end {
			t.Errorf("a stall begins at %d, before the one before it ended at %d", w.Begin, end)
		}
		end = w.End
	}
	if end == 0 {
		t.Error("no stalls")
	}
}
