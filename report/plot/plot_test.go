package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/report"
	"winwatch/report/reporttest"
)

// drawn returns both pictures of a report, and saves them if WINWATCH_SCREENSHOTS names a
// directory.
func drawn(t *testing.T, name string, m *report.Material) (png, svg []byte) {
	t.Helper()
	var p, s bytes.Buffer
	if err := PNG(&p, m); err != nil {
		t.Fatal(err)
	}
	if err := SVG(&s, m); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("WINWATCH_SCREENSHOTS"); dir != "" {
		for ext, data := range map[string][]byte{".png": p.Bytes(), ".svg": s.Bytes()} {
			if err := os.WriteFile(filepath.Join(dir, name+ext), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p.Bytes(), s.Bytes()
}

// svgTexts returns the texts of a picture, which must be well-formed XML.
func svgTexts(t *testing.T, svg []byte) string {
	t.Helper()
	var texts []string
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return strings.Join(texts, "\n")
		}
		if err != nil {
			t.Fatalf("SVG is not well-formed: %v", err)
		}
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			texts = append(texts, strings.TrimSpace(string(text)))
		}
	}
}

func TestSeedFlood(t *testing.T) {
	picture, svg := drawn(t, "window-seed-flood", reporttest.Analyze(t, reporttest.SeedFlood))
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() < 1400 || b.Dy() < 900 {
		t.Errorf("the picture is %v", b)
	}
	texts := svgTexts(t, svg)
	for _, want := range []string{"did not read for", "Advertised window and data in flight", "384 KiB", "stall 15.1",
		"probe answer", "zero window", "time since the capture began [s]", "right edge", "127.0.0.1:40846"} {
		if !strings.Contains(texts, want) {
			t.Errorf("the picture does not say %q:\n%s", want, texts)
		}
	}
	if len(svg) > 300_000 {
		t.Errorf("the SVG takes %d bytes", len(svg))
	}
}

// TestLongStream checks that the size of a picture depends on its columns, not on the
// number of segments, and that the one zero window is visible.
func TestLongStream(t *testing.T) {
	_, svg := drawn(t, "window-long", reporttest.LongStream(200_000))
	if len(svg) > 600_000 {
		t.Errorf("the SVG takes %d bytes", len(svg))
	}
	if texts := svgTexts(t, svg); !strings.Contains(texts, "zero window") {
		t.Errorf("no zero window in the legend:\n%s", texts)
	}
}

// TestTitle checks that a verdict names its cause and party, and that a long one leaves
// room for the charts.
func TestTitle(t *testing.T) {
	m := reporttest.Flood().Material
	st, _ := m.Result.WorstStream()
	v := &st.Verdict
	v.Code, v.Party, v.Confidence = "waits-for-other-stream", cause.ReceivingHostOrPath, cause.Medium
	v.Sentence = strings.Repeat("the application behind [2001:db8:aaaa:bbbb:cccc:dddd:eeee:11]:40017 read too slowly; ", 8)
	_, svg := drawn(t, "window-title", m)
	texts := svgTexts(t, svg)
	for _, want := range []string{"waits-for-other-stream: the receiving host or the path to it, medium confidence · stream 0: data from", "the application behind …\n"} {
		if !strings.Contains(texts, want) {
			t.Errorf("the picture does not say %q:\n%s", want, texts)
		}
	}
	title, _, _ := strings.Cut(texts, "waits-for-other-stream")
	if n := strings.Count(title, "\n"); n != maxTitle {
		t.Errorf("the title has %d lines, want %d:\n%s", n, maxTitle, title)
	}
}

// TestNothingToDraw: a picture without a chart says why.
func TestNothingToDraw(t *testing.T) {
	empty := analyze.New(analyze.DefaultConfig()).Result()
	empty.Warnings = []analyze.Warning{{Text: "cut\x1b[2J\u202e.pcap: damaged at byte 7"}}
	unkept := reporttest.Analyze(t, reporttest.SeedFlood)
	unkept.Timeline = chart.New(10)
	for _, tt := range []struct {
		name string
		m    *report.Material
		want []string
	}{
		{"window-no-stream", &report.Material{Result: empty},
			[]string{"There is no TCP stream to draw", "frames: 0 = 0 analyzed", `cut\x1b[2J\u202e.pcap: damaged at byte 7.`}},
		{"window-no-points", unkept, []string{"did not read for", "receiver-not-reading: the receiving application, high confidence · stream 0: data from", "The chart is missing"}},
	} {
		_, svg := drawn(t, tt.name, tt.m)
		texts := svgTexts(t, svg)
		for _, want := range tt.want {
			if !strings.Contains(texts, want) {
				t.Errorf("%s: the picture does not say %q:\n%s", tt.name, want, texts)
			}
		}
	}
}

// TestNothingSteers checks the text of a picture.
func TestNothingSteers(t *testing.T) {
	m := reporttest.HostileFixture().Material
	for _, timeline := range []*chart.Timeline{m.Timeline, nil} {
		m.Timeline = timeline
		_, svg := drawn(t, "window-hostile", m)
		texts := svgTexts(t, svg)
		reporttest.Harmless(t, "SVG", texts, "\n")
		if !strings.Contains(texts, `1+1\x1b[2J\a\u202e`) {
			t.Errorf("the text was left out:\n%s", texts)
		}
	}
}

func TestByteTicks(t *testing.T) {
	for _, tt := range []struct {
		low, high float64
		want      string
	}{
		{-10, 100, "0 B 32 B 64 B 96 B"},
		{-5e3, 65536 * 1.1, "0 B 16 KiB 32 KiB 48 KiB 64 KiB"},
		{900_000, 934_544, "880 KiB 888 KiB 896 KiB 904 KiB 912 KiB"},
		{0, 3.6e9, "0 B 1 GiB 2 GiB 3 GiB"},
	} {
		var got []string
		for _, tick := range byteTicks(tt.low, tt.high) {
			got = append(got, tick.Label)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%v to %v: %s, want %s", tt.low, tt.high, s, tt.want)
		}
	}
}

func TestSeries(t *testing.T) {
	const u = analyze.Unknown
	points := []analyze.Point{
		{Time: 0, Dir: 1, Window: 500, RightEdge: 500, Ack: 0},
		{Time: 10, Dir: 0, Seq: 0, SeqEnd: 100, Window: 9, RightEdge: 9, Ack: 0, InFlight: 100},
		{Time: 20, Dir: 1, Window: 0, RightEdge: 100, Ack: 100},
		{Time: 30, Dir: 1, Window: 700, Flags: capture.RST}, // the window of an RST means nothing
		{Time: 40, Dir: 1, Window: 300, RightEdge: 400, Ack: 100},
		{Time: 50, Dir: 1, Window: u, WindowRaw: 7, RightEdge: u, Ack: u},
	}
	d := &analyze.Direction{Window: analyze.Window{Scale: analyze.Scale{State: analyze.ScaleKnown}}}
	s := newSeries(points, d, 0, 0)
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
	if s := newSeries(points, d, 0, 0); s.scaled || s.window[5] != 7 {
		t.Errorf("with an unknown scale the window is %v, want the window field, 7", s.window[5])
	}
}

// TestEndsOfTime draws the smallest and largest times and numbers.
func TestEndsOfTime(t *testing.T) {
	tl := chart.New(1000)
	for i, at := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64} {
		tl.Add(&analyze.Sample{Segment: &capture.Segment{Frame: uint64(i + 1)}, Time: at, Dir: analyze.Dir(i % 2),
			Window: int64(i) << 60, RightEdge: math.MaxInt64, Ack: math.MaxInt64, SeqEnd: math.MaxInt64, InFlight: math.MaxInt64, Events: analyze.EventProbe})
	}
	for _, begin := range []int64{math.MinInt64, 0, math.MaxInt64} {
		st := &analyze.Stream{Begin: math.MinInt64, End: math.MaxInt64}
		st.Dirs[0].Stalls = []analyze.Stall{{Begin: math.MinInt64, End: math.MaxInt64, BeginFrame: 1, EndFrame: 6, Duration: math.MaxInt64}}
		r := &analyze.Result{StreamCount: 1, Begin: begin, End: math.MaxInt64}
		r = r.Select([]*analyze.Stream{st})
		drawn(t, "window-ends-of-time", &report.Material{Result: r, Timeline: tl})
	}
}

// TestEverySeverityHasInk fails if a severity has no colour of its own.
func TestEverySeverityHasInk(t *testing.T) {
	if got, want := len(severityInk), len(cause.Severities); got != want {
		t.Errorf("%d colours for %d severities", got, want)
	}
}

// TestFonts: text keeps its width on systems without the font of the layout.
func TestFonts(t *testing.T) {
	var b bytes.Buffer
	if err := SVG(&b, reporttest.Flood().Material); err != nil {
		t.Fatal(err)
	}
	all, ours := strings.Count(b.String(), "font-family:"), strings.Count(b.String(), "font-family:Liberation Sans,Arial,Helvetica,sans-serif;")
	if all == 0 || all != ours {
		t.Errorf("%d of %d texts name fonts that other systems have", ours, all)
	}
}
