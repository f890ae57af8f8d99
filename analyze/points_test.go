package analyze_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/capturetest"
)

// transfer is data in rounds of 40 ms, of four segments each, all acknowledged at once.
func transfer(rounds int) string {
	var b strings.Builder
	b.WriteString("0 C > S S win 65535 mss 1460 ws 2 ts 100 0\n+0.02 S > C S. win 65535 mss 1460 ws 2 ts 500 100\n+0.02 C > S . win 16000 ts 140 500\n")
	for i := range rounds {
		at := 0.1 + 0.06*float64(i)
		for k := range 4 {
			fmt.Fprintf(&b, "%.4f C > S P. len 1000 win 16000 ts %d 500\n", at+0.0001*float64(k), 200+60*i)
		}
		fmt.Fprintf(&b, "%.4f S > C . win %d ts %d %d\n", at+0.02, 16000+i%2, 560+60*i, 200+60*i)
	}
	return b.String()
}

// merge returns the packets as seen at two points, ordered by time: those of a sender
// come again after its delay.
func merge(segs []capture.Segment, delay func(i int, s *capture.Segment) time.Duration) []capture.Segment {
	all := slices.Clone(segs)
	for i := range segs {
		s := segs[i]
		s.Time += int64(delay(i, &s))
		s.HopLimit -= 4
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(x, y capture.Segment) int { return cmp.Compare(x.Time, y.Time) })
	for i := range all {
		all[i].Frame = uint64(i + 1)
	}
	return all
}

func analyzed(t *testing.T, segs []capture.Segment) *analyze.Stream {
	t.Helper()
	b := newBoth() // the fast path must agree
	for i := range segs {
		b.add(t, &segs[i])
	}
	b.compare(t)
	r := b.fast.Result()
	if r.StreamCount != 1 {
		t.Fatalf("%d streams", r.StreamCount)
	}
	return r.Stream(0)
}

// The fields by which copies are told from retransmissions, and without.
func noTimestamps(s *capture.Segment) { s.Options &^= capture.HasTimestamps; s.TSVal, s.TSEcr = 0, 0 }
func noIPID(s *capture.Segment)       { s.IPID = 0 }
func neither(s *capture.Segment)      { noTimestamps(s); noIPID(s) }

// TestTwoPoints: a capture that was merged from two points counts each packet once.
func TestTwoPoints(t *testing.T) {
	constant := func(d time.Duration) func(int, *capture.Segment) time.Duration {
		return func(int, *capture.Segment) time.Duration { return d }
	}
	for _, tc := range []struct {
		name  string
		strip func(*capture.Segment)
		delay func(int, *capture.Segment) time.Duration
		skip  int   // packets at the begin that were not captured
		few   int64 // copies that may have been taken for new packets, until there were enough
	}{
		{"IP IDs and timestamps", func(*capture.Segment) {}, constant(20 * time.Millisecond), 0, 0},
		{"IP IDs", noTimestamps, constant(20 * time.Millisecond), 0, 0},
		{"timestamps", noIPID, constant(20 * time.Millisecond), 0, 0},
		{"neither", neither, constant(20 * time.Millisecond), 0, 0},
		{"2.3 ms", noTimestamps, constant(2300 * time.Microsecond), 0, 0},
		{"2.3 ms, neither", neither, constant(2300 * time.Microsecond), 0, 0},
		{"more than a round", noTimestamps, constant(130 * time.Millisecond), 0, 0},
		{"the clocks differ", noTimestamps, func(_ int, s *capture.Segment) time.Duration {
			if s.SrcPort == 80 {
				return 3 * time.Millisecond
			}
			return 37 * time.Millisecond
		}, 0, 0},
		{"jitter", noTimestamps, func(i int, _ *capture.Segment) time.Duration {
			return 20*time.Millisecond + time.Duration(i*i%7)*time.Millisecond
		}, 0, 0},
		{"jitter, neither", neither, func(i int, _ *capture.Segment) time.Duration {
			return 20*time.Millisecond + time.Duration(i*i%7)*50*time.Microsecond
		}, 0, 0},
		{"a mirror that lags, neither", neither, constant(70 * time.Millisecond), 0, 1},
		{"midstream", noTimestamps, constant(20 * time.Millisecond), 9, 0},
		{"midstream, timestamps", noIPID, constant(20 * time.Millisecond), 9, 0},
		{"midstream, neither", neither, constant(20 * time.Millisecond), 9, 8},
	} {
		t.Run(tc.name, func(t *testing.T) {
			segs := capturetest.Parse(t, transfer(60))[tc.skip:]
			for i := range segs {
				tc.strip(&segs[i])
			}
			alone, s := analyzed(t, segs), analyzed(t, merge(segs, tc.delay))
			if few := int64(len(segs)) - int64(s.Duplicates); few < 0 || few > tc.few {
				t.Errorf("%d copies, want %d", s.Duplicates, len(segs))
			}
			for dir := range s.Dirs {
				got, want := &s.Dirs[dir], &alone.Dirs[dir]
				if tc.few > 0 {
					if got.DataRetransmissions > uint64(tc.few) {
						t.Errorf("%d retransmissions", got.DataRetransmissions)
					}
					continue
				}
				if got.Segments != want.Segments || got.DataSegments != want.DataSegments || got.Bytes != want.Bytes ||
					got.Retransmissions != 0 || got.DataRetransmissions != 0 || got.DupACKs != 0 || *got.MaxInFlight != *want.MaxInFlight {
					t.Errorf("%d segments, %d with %d bytes of data, %d and %d sent again, %d duplicate ACKs, %d in flight\nwant %d, %d, %d, 0, 0, 0, %d",
						got.Segments, got.DataSegments, got.Bytes, got.Retransmissions, got.DataRetransmissions, got.DupACKs, *got.MaxInFlight,
						want.Segments, want.DataSegments, want.Bytes, *want.MaxInFlight)
				}
			}
			if i := slices.IndexFunc(s.Warnings, func(w analyze.Warning) bool { return w.Code == analyze.WarnDuplicates }); i < 0 ||
				!strings.Contains(s.Warnings[i].Text, "two points that are ") {
				t.Errorf("warnings: %+v", s.Warnings)
			}
			if s.RTT == nil || *s.RTT != *alone.RTT {
				t.Errorf("round trip %v, want %v", s.RTT, alone.RTT)
			}
		})
	}
}

// TestNotTwoPoints: retransmissions are no copies, even if nothing in the packet tells
// them apart.
func TestNotTwoPoints(t *testing.T) {
	lossy := transfer(20)
	for i := range 8 { // 4 segments again, a round trip later, with duplicate ACKs
		at := 2 + 0.3*float64(i)
		for k := range 4 {
			fmt.Fprintf((*builder)(&lossy), "%.4f C > S P. len 1000 win 16000 ts 9000 500\n", at+0.0001*float64(k))
			if k > 0 {
				fmt.Fprintf((*builder)(&lossy), "%.4f S > C . ack una win 16000 ts 9000 500\n", at+0.02+0.005*float64(k))
			}
		}
		for k := range 4 {
			fmt.Fprintf((*builder)(&lossy), "%.4f C > S P. seq %d:%d win 16000 ts 9000 500\n",
				at+0.05+0.0001*float64(k), 80_001+4000*i+1000*k, 81_001+4000*i+1000*k)
		}
		fmt.Fprintf((*builder)(&lossy), "%.4f S > C . win 16000 ts 9100 500\n", at+0.08)
	}
	for _, tc := range []struct {
		name  string
		strip func(*capture.Segment)
	}{
		{"IP IDs", noTimestamps},
		{"neither", neither},
		{"a constant IP ID", func(s *capture.Segment) { noTimestamps(s); s.IPID = 7 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			segs := capturetest.Parse(t, lossy)
			for i := range segs {
				tc.strip(&segs[i])
			}
			s := analyzed(t, segs)
			if d := &s.Dirs[analyze.ClientToServer]; s.Duplicates != 0 || d.DataRetransmissions != 32 {
				t.Errorf("%d copies, %d data segments sent again; want 0 and 32", s.Duplicates, d.DataRetransmissions)
			}
		})
	}
}

type builder string

func (b *builder) Write(p []byte) (int, error) { *b += builder(p); return len(p), nil }
