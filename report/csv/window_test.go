package csv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report/reporttest"
)

func addr(s string) capture.Addr { return netip.MustParseAddr(s).As16() }

// sample is an ordinary ACK of a scaled stream.
func sample() (*analyze.Sample, *capture.Segment) {
	g := &capture.Segment{
		Frame: 7, Time: 1_795_332_193_177_209_001,
		Src: addr("10.0.0.9"), Dst: addr("192.168.100.200"), SrcPort: 443, DstPort: 40001,
		Seq: 4_294_967_295, Ack: 1_000_000_007, Window: 501, Flags: capture.ACK | capture.PSH, Len: 1448,
	}
	return &analyze.Sample{
		Segment: g, Stream: 3, Dir: analyze.ServerToClient, Shift: 7, Window: 64128,
		RightEdge: 192256, Ack: 128128, Seq: 1, SeqEnd: 1449, InFlight: 1448,
		Events: analyze.EventRetransmission | analyze.EventZeroWindow,
	}, g
}

func TestWindowRows(t *testing.T) {
	var out bytes.Buffer
	c := NewWindow(&out)
	s, g := sample()
	c.Add(s)

	// Unknown scale, and a clock that jumped back.
	g.Frame, g.Time, g.Flags, s.Elapsed = 8, g.Time-1_500_000_001, capture.SYN, 2*time.Millisecond
	s.Shift, s.Window, s.RightEdge, s.InFlight, s.Events = analyze.Unknown, analyze.Unknown, analyze.Unknown, analyze.Unknown, 0
	c.Add(s)

	// The same slot of the cache, another stream; IPv6; before 1970.
	*g = capture.Segment{Frame: 9, Time: -5, Src: addr("2001:db8::1"), Dst: addr("fe80::ffff:1:2"), SrcPort: 1, DstPort: 65535}
	*s = analyze.Sample{Segment: g, Stream: s.Stream + endpointSlots/2, Dir: s.Dir}
	c.Add(s)
	if err := c.Close(nil); err != nil {
		t.Fatal(err)
	}
	want := windowHeader +
		"7,1795332193177209001,0.000000000,3,10.0.0.9,443,192.168.100.200,40001,P.,4294967295,1000000007,1448,501,7,64128,192256,1448,zero-window|retransmission\n" +
		"8,1795332191677209000,0.002000000,3,10.0.0.9,443,192.168.100.200,40001,S,4294967295,1000000007,1448,501,,,,,\n" +
		"9,-5,0.000000000,4099,2001:db8::1,1,fe80::ffff:1:2,65535,none,0,0,0,0,0,0,0,0,\n"
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", &out, want)
	}
}

// TestSharedCacheSlot alternates between streams and directions that share a slot of the
// cache.
func TestSharedCacheSlot(t *testing.T) {
	var out bytes.Buffer
	c := NewWindow(&out)
	var want []string
	for i := range 400 {
		stream := int64(i%3) * endpointSlots / 2
		src, dst := fmt.Sprintf("10.0.%d.1", i%3), fmt.Sprintf("10.0.%d.2", i%3)
		if i%5 == 0 {
			src, dst = dst, src // the analyzer learned which side is the client
		}
		g := capture.Segment{Src: addr(src), Dst: addr(dst), SrcPort: 80, DstPort: 80}
		c.Add(&analyze.Sample{Segment: &g, Stream: stream})
		want = append(want, fmt.Sprintf("%d,%s,80,%s,80", stream, src, dst))
	}
	if err := c.Close(nil); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		if got := strings.Join(row[3:8], ","); got != want[i] {
			t.Fatalf("row %d: %s, want %s", i+1, got, want[i])
		}
	}
}

// TestLongestRow makes every column as long as possible, to check the bounds on a row and
// on the cached text.
func TestLongestRow(t *testing.T) {
	long := addr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
	g := capture.Segment{
		Frame: math.MaxUint64, Time: math.MinInt64, Src: long, Dst: long, SrcPort: 65535, DstPort: 65535,
		Seq: math.MaxUint32, Ack: math.MaxUint32, Len: math.MaxUint32, Window: 65535, Flags: math.MaxUint16,
	}
	s := analyze.Sample{Segment: &g, Stream: math.MinInt64, Shift: 14, Window: math.MinInt64,
		RightEdge: math.MinInt64, InFlight: math.MinInt64, Elapsed: math.MaxInt64, Events: analyze.EventDuplicate<<1 - 1}
	var out bytes.Buffer
	c := NewWindow(&out)
	c.Add(&s)
	if err := c.Close(nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(out.String(), "\n")
	if n := len(lines[1]); n > maxRow {
		t.Errorf("the longest row has %d bytes, maxRow is %d", n, maxRow)
	}
	if got := strings.Split(lines[1], ",")[2]; got != "9223372036.854775807" {
		t.Errorf("elapsed over the whole range of time: %s", got)
	}
}

func TestWindowError(t *testing.T) {
	c := NewWindow(&reporttest.FailingWriter{Left: windowBuffer})
	s, _ := sample()
	for range 10_000 {
		c.Add(s)
	}
	if err := c.Close(nil); !errors.Is(err, reporttest.ErrDiskFull) {
		t.Errorf("Close: %v, want the writer's error", err)
	}
}

func TestWindowDoesNotAllocate(t *testing.T) {
	c := NewWindow(io.Discard)
	s, g := sample()
	if n := testing.AllocsPerRun(5000, func() {
		g.Frame++
		s.Stream = int64(g.Frame) // never cached
		c.Add(s)
	}); n != 0 {
		t.Errorf("%v allocations per row", n)
	}
}

func TestDigits(t *testing.T) {
	vs := []uint64{0, 9, 10, 99, 100, 101, 999_999_999, 1_000_000_000, 1_000_000_001, math.MaxInt64, math.MaxInt64 + 1, math.MaxUint64}
	for v := uint64(1); v < math.MaxUint64/7; v = v*7 + 3 {
		vs = append(vs, v)
	}
	for _, v := range vs {
		if got, want := string(appendUint(nil, v)), strconv.FormatUint(v, 10); got != want {
			t.Errorf("appendUint: %s, want %s", got, want)
		}
		for _, i := range []int64{int64(v), -int64(v)} {
			want := strconv.FormatInt(i, 10)
			if got := string(appendInt(nil, i)); got != want {
				t.Errorf("appendInt: %s, want %s", got, want)
			}
			if got := string(appendNanoseconds(nil, i)); got != want {
				t.Errorf("appendNanoseconds: %s, want %s", got, want)
			}
		}
		if v < second {
			if got, want := string(append9(nil, v)), fmt.Sprintf("%09d", v); got != want {
				t.Errorf("append9: %s, want %s", got, want)
			}
		}
	}
}

func BenchmarkWindow(b *testing.B) {
	for _, bench := range []struct {
		name    string
		streams int64
	}{{"2000-streams", 2000}, {"1000000-streams", 1_000_000}} {
		b.Run(bench.name, func(b *testing.B) {
			c := NewWindow(io.Discard)
			s, g := sample()
			s.Events = 0
			b.ReportAllocs()
			for b.Loop() {
				g.Frame++
				g.Time += 2417
				s.Stream = int64(g.Frame) % bench.streams
				c.Add(s)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/row")
		})
	}
}
