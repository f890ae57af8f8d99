package report

import (
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/words"
	"winwatch/capture"
	"winwatch/capture/kernel"
)

func TestInFlightFollowsDataAndACKs(t *testing.T) {
	const u = analyze.Unknown
	points := []analyze.Point{
		{Dir: 1, Ack: 0, Seq: 0, SeqEnd: 0, InFlight: u}, // nothing is known of the other side yet
		{Dir: 0, Seq: 0, SeqEnd: 100, InFlight: 100, Ack: 0},
		{Dir: 0, Seq: 100, SeqEnd: 200, InFlight: 200, Ack: 0},
		{Dir: 1, Ack: 100, Seq: 0, SeqEnd: 0, InFlight: 0},
		{Dir: 1, Ack: 50, Seq: 0, SeqEnd: 0, InFlight: 0},    // an old ACK takes nothing back
		{Dir: 1, Ack: u, Seq: 0, SeqEnd: 0, InFlight: 0},     // none at all
		{Dir: 0, Seq: 100, SeqEnd: 200, InFlight: 100},       // sent again
		{Dir: 1, Ack: 300, Seq: 0, SeqEnd: 10, InFlight: 10}, // beyond what was seen
	}
	if got, want := inFlight(points, 0), []int64{u, 100, 200, 100, 100, 100, 100, 0}; !slices.Equal(got, want) {
		t.Errorf("in flight %v, want %v", got, want)
	}
}

func TestChartTimeFindsThePlaceOfAFrame(t *testing.T) {
	points := []analyze.Point{{Frame: 3, Time: 100}, {Frame: 7, Time: 200}, {Frame: 9, Time: 300}}
	for _, tt := range []struct {
		frame      uint64
		time, want int64
	}{
		{7, 5000, 200}, // its stamp jumped
		{8, 250, 250},  // thinned out
		{8, 5000, 300},
		{8, 10, 200},
		{1, 50, 50},
		{12, 400, 400},
	} {
		if got := chartTime(points, tt.frame, tt.time); got != tt.want {
			t.Errorf("frame %d of %d is at %d, want %d", tt.frame, tt.time, got, tt.want)
		}
	}
	if got := chartTime(nil, 1, 42); got != 42 {
		t.Errorf("without points %d, want 42", got)
	}
}

func TestChartSeriesHoldsWhatIsInForce(t *testing.T) {
	const u = analyze.Unknown
	points := []analyze.Point{
		{Time: 0, Dir: 1, Window: 500, RightEdge: 500, Ack: 0},
		{Time: 10, Dir: 0, Seq: 0, SeqEnd: 100, Window: 9, RightEdge: 9, Ack: 0, InFlight: 100},
		{Time: 20, Dir: 1, Window: 0, RightEdge: 100, Ack: 100},
		{Time: 30, Dir: 1, Window: 700, Flags: capture.RST}, // the window of a reset means nothing
		{Time: 40, Dir: 1, Window: 300, RightEdge: 400, Ack: 100},
		{Time: 50, Dir: 1, Window: u, WindowRaw: 7, RightEdge: u, Ack: u},
	}
	d := &analyze.Direction{Window: analyze.Window{Scale: analyze.Scale{State: analyze.ScaleKnown}}}
	s := newChartSeries(points, d, 0, 0)
	if want := []float64{500, 500, 0, 0, 300}; !slices.Equal(s.window[:5], want) || !math.IsNaN(s.window[5]) {
		t.Errorf("windows %v, want %v and unknown", s.window, want)
	}
	if want := []float64{500, 500, 100, 100, 400, 400}; !slices.Equal(s.edge, want) {
		t.Errorf("right edges %v, want %v", s.edge, want)
	}
	if want := [][2]float64{{20, 40}}; !slices.Equal(s.zeroSpans(), want) {
		t.Errorf("zero windows %v, want %v", s.zeroSpans(), want)
	}
	d.Window.Scale.State = analyze.ScaleUnknown
	if s := newChartSeries(points, d, 0, 0); s.scaled || s.window[5] != 7 {
		t.Errorf("of unknown scale the window is %v, want its field, 7", s.window[5])
	}
}

// Times at both ends, and numbers as large as they get, give charts all the same.
func TestChartsAtTheEndsOfTime(t *testing.T) {
	tl := chart.New(1000)
	for i, at := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64} {
		tl.Add(&analyze.Sample{Segment: &capture.Segment{Frame: uint64(i + 1)}, Time: at, Dir: analyze.Dir(i % 2),
			Window: int64(i) << 60, RightEdge: math.MaxInt64, Ack: math.MaxInt64, SeqEnd: math.MaxInt64, InFlight: math.MaxInt64, Events: analyze.EventProbe})
	}
	for _, begin := range []int64{math.MinInt64, 0, math.MaxInt64} {
		st := &analyze.Stream{Begin: math.MinInt64, End: math.MaxInt64}
		st.Dirs[0].Stalls = []analyze.Stall{{Begin: math.MinInt64, End: math.MaxInt64, BeginFrame: 1, EndFrame: 6, Duration: math.MaxInt64}}
		r := &analyze.Result{StreamCount: 1, Begin: begin, End: math.MaxInt64}
		r.SetStreams([]*analyze.Stream{st})
		if err := HTML(io.Discard, &HTMLPage{Result: r, Timeline: tl}); err != nil {
			t.Error(err)
		}
		drawn(t, "window-ends-of-time", r, tl)
	}
}

func TestDisplayedNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 9216: "9,216 B", 10240: "10 KiB", 131_248: "128.2 KiB",
		5 << 30: "5 GiB", -2048: "-2,048 B", math.MaxInt64: "8 EiB"} {
		if got := words.Size(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 100: "100", 1000: "1,000", -100: "-100", -1234567: "-1,234,567", math.MinInt64: "-9,223,372,036,854,775,808"} {
		if got := words.Count(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	if got, want := words.Count(uint64(math.MaxUint64)), "18,446,744,073,709,551,615"; got != want {
		t.Errorf("the largest count is %q, want %q", got, want)
	}
}

func TestKernelSamplesAreThinnedByTheirExtremes(t *testing.T) {
	var samples []kernel.Sample
	for i := range int64(4000) {
		s := kernel.Sample{Time: i * int64(time.Millisecond)}
		s.Server.UnreadBytes, s.Client.SndWnd, s.Client.SendQueueBytes = 1000+i%7, 5000-i%5, i
		samples = append(samples, s)
	}
	samples[1234].Server.UnreadBytes = 1 << 20
	samples[2345].Client.SndWnd = 0
	few := thinKernel(samples, analyze.ClientToServer)
	if len(few) > len(samples)/2 || len(few) < len(samples)/8 {
		t.Errorf("%d samples of %d are left", len(few), len(samples))
	}
	most, least := int64(0), int64(math.MaxInt64)
	for i, s := range few {
		most, least = max(most, s.Server.UnreadBytes), min(least, s.Client.SndWnd)
		if i > 0 && s.Time <= few[i-1].Time {
			t.Fatalf("sample %d at %d is not after the one at %d", i, s.Time, few[i-1].Time)
		}
	}
	if most != 1<<20 || least != 0 {
		t.Errorf("extremes are %d and %d, want %d and 0", most, least, 1<<20)
	}
}
