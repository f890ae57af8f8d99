package html

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/capture/kernel"
	"winwatch/report"
	"winwatch/report/reporttest"
)

// page returns the page of a report.
func page(t *testing.T, m *report.Material) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, m); err != nil {
		t.Fatal(err)
	}
	if b.Len() > MaxBytes {
		t.Errorf("the page takes %d bytes", b.Len())
	}
	return b.String()
}

// unpack returns the columns of the block with the given id, and stores its JSON in head.
func unpack(t *testing.T, page, id string, head any) []byte {
	t.Helper()
	m := regexp.MustCompile(`<script type="text/plain" id="` + id + `">([A-Za-z0-9+/=]*)</script>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no block %s", id)
	}
	packed, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	n := binary.LittleEndian.Uint32(raw)
	if err := json.Unmarshal(raw[4:4+n], head); err != nil {
		t.Fatal(err)
	}
	return raw[4+n:]
}

func TestPolicyAllowsOnlyOwnScriptAndStyle(t *testing.T) {
	m := reporttest.Analyze(t, reporttest.SeedFlood)
	text := page(t, m)
	policy := regexp.MustCompile(`content="(default-src[^"]*)"`).FindStringSubmatch(text)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src 'none'; ") {
		t.Fatalf("policy %q", policy)
	}
	if strings.Contains(policy[1], "unsafe") || strings.Contains(policy[1], "http") {
		t.Errorf("the policy allows too much: %s", policy[1])
	}
	for _, part := range []string{"script", "style"} {
		body := regexp.MustCompile(`(?s)<`+part+`>(.*?)</`+part+`>`).FindAllStringSubmatch(text, -1)
		if len(body) != 1 {
			t.Fatalf("%d elements %s", len(body), part)
		}
		sum := sha256.Sum256([]byte(body[0][1]))
		if want := fmt.Sprintf("%s-src 'sha256-%s'", part, base64.StdEncoding.EncodeToString(sum[:])); !strings.Contains(policy[1], want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if m := regexp.MustCompile(`\s(style|on[a-z]+)="`).FindString(regexp.MustCompile(`(?s)<(script|style)[ >].*?</(script|style)>`).ReplaceAllString(text, "")); m != "" {
		t.Errorf("the policy forbids this attribute: %s", m)
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	const evil = `</script><script>alert(1)</script><img src=x onerror=alert(2)> "'&` + "\u2028"
	v := analyze.Verdict{Finding: cause.Finding{Severity: cause.Problem, Sentence: evil, Because: evil, Command: evil, Confidence: "high"}}
	st := &analyze.Stream{Verdict: v, Warnings: []analyze.Warning{{Text: evil}}, Closed: evil}
	r := &analyze.Result{StreamCount: 1, Verdicts: []analyze.Verdict{v, v}, Warnings: []analyze.Warning{{Text: evil, Frame: 3}}}
	r = r.Select([]*analyze.Stream{st})
	text := page(t, &report.Material{Source: evil, Result: r})
	if strings.Contains(text, "<script>alert") || strings.Contains(text, "<img src=x") {
		t.Error("the page contains markup from the capture")
	}
	var view streamView
	unpack(t, text, "s0", &view)
	if view.Verdict.Sentence != report.Clean(evil) {
		t.Errorf("the sentence is %q", view.Verdict.Sentence)
	}
}

// TestNothingSteers checks the text of the page and that for its script.
func TestNothingSteers(t *testing.T) {
	m := reporttest.HostileFixture().Material
	m.Source = reporttest.Hostile
	text := page(t, m)
	_, text, _ = strings.Cut(text, "</style>")
	shown, blocks, _ := strings.Cut(text, `<script type="text/plain"`)
	reporttest.Harmless(t, "page", shown, "\n")
	if n := strings.Count(shown, `\x1b[2J`); n < 5 {
		t.Errorf("the text was left out instead of escaped: %d times", n)
	}
	for _, element := range []string{"title>winwatch: ", `p class="source">`, "li>"} {
		if !strings.Contains(shown, "<"+element+`=1&#43;1\x1b[2J\a\u202e\u009b31m\xff\n\r&#34;`) {
			t.Errorf("no escaped text in %s", element)
		}
	}
	hostile := 0
	for _, m := range regexp.MustCompile(`id="(\w+)">`).FindAllStringSubmatch(blocks, -1) {
		var content any
		unpack(t, text, m[1], &content)
		eachString(content, func(s string) {
			reporttest.Harmless(t, m[1], s, "")
			if strings.Contains(s, `1+1\x1b[2J\a\u202e`) && strings.Contains(s, `\n\r`) && strings.Contains(s, `\U000e0041`) {
				hostile++
			}
		})
	}
	if hostile == 0 {
		t.Error("no hostile text for the script: nothing was tested")
	}
}

// eachString calls f for each string in a value decoded from JSON.
func eachString(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, x := range v {
			eachString(x, f)
		}
	case map[string]any:
		for _, x := range v {
			eachString(x, f)
		}
	}
}

// TestColumns unpacks the points as the page's script does.
func TestColumns(t *testing.T) {
	m := reporttest.Analyze(t, reporttest.Drain)
	text := page(t, m)
	var view streamView
	columns := unpack(t, text, "s0", &view)
	points, _ := m.Timeline.Points(0)
	if view.Points != len(points) || view.Left {
		t.Fatalf("%d points, left %v, want all %d", view.Points, view.Left, len(points))
	}
	read := func() []int64 {
		out := make([]int64, view.Points)
		for i := range out {
			v, n := binary.Varint(columns)
			if n <= 0 {
				t.Fatal("the columns end early")
			}
			out[i], columns = v, columns[n:]
		}
		return out
	}
	times, frames, dirs, windows := read(), read(), read(), read()
	var ticks, frame int64
	var window [2]int64
	for i, p := range points {
		ticks += times[i]
		frame += frames[i]
		if at := m.Result.Begin + view.Origin + ticks*view.Unit; at != p.Time {
			t.Errorf("point %d is at %d, want %d", i, at, p.Time)
		}
		window[dirs[i]] += windows[i]
		if uint64(frame) != p.Frame || analyze.Dir(dirs[i]) != p.Dir || window[p.Dir] != p.Window {
			t.Errorf("point %d is frame %d, direction %d, window %d; want %+v", i, frame, dirs[i], window[p.Dir], p)
		}
	}
	for range 9 { // window field, ACK, length, seq, edge, in flight twice, events, flags
		read()
	}
	if len(columns) > 0 {
		t.Errorf("%d bytes left over", len(columns))
	}
}

func TestTimeUnit(t *testing.T) {
	for _, tt := range []struct {
		times []int64
		want  int64
	}{
		{nil, 1},
		{[]int64{5}, 1000},
		{[]int64{1_000, 3_000}, 1000},
		{[]int64{1_000, 3_001}, 1},
		{[]int64{0, 1 << 62}, 1_000_000},
		{[]int64{-1 << 63, 1<<63 - 1}, 1_000_000},
	} {
		points := make([]analyze.Point, len(tt.times))
		for i, at := range tt.times {
			points[i].Time = at
		}
		if got := timeUnit(points); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.times, got, tt.want)
		}
	}
}

// TestPageStaysSmall writes a page of more streams, stalls and probes than fit, and checks
// that it says what is missing.
func TestPageStaysSmall(t *testing.T) {
	m := reporttest.StallingStreams(60, 1)
	streams := m.Result.Worst(60)
	for i, st := range streams {
		d := &st.Dirs[0]
		for k := range 300 {
			s := d.Stalls[0]
			s.Begin += int64(k*i) * 7919
			s.Duration += time.Duration(k * 104_729 * i)
			d.Stalls = append(d.Stalls, s)
		}
		d.StallCount = int64(len(d.Stalls))
	}
	many := make([]*analyze.Stream, 0, 8000)
	for k := range 8000 {
		st := *streams[k%len(streams)]
		st.ID = int64(k)
		st.Begin, st.End = st.Begin+int64(k)*999_331, st.End+int64(k)*1_999_993
		many = append(many, &st)
	}
	big := m.Result.Select(many)
	big.StreamCount = int64(len(many))
	text := page(t, &report.Material{Source: "big.pcap", Result: big, Timeline: m.Timeline})
	var h head
	unpack(t, text, "head", &h)
	if len(h.Rows) > maxRows || len(h.Rows) < 1000 || len(h.Charts) < 50 {
		t.Errorf("%d rows, %d charts", len(h.Rows), len(h.Charts))
	}
	for _, want := range []string{fmt.Sprintf("The table lists the %d of 8,000 streams", len(h.Rows)), fmt.Sprintf("Only the first %d have charts", len(h.Charts))} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	var view streamView
	unpack(t, text, fmt.Sprintf("s%d", h.Charts[0]), &view)
	if n := len(view.Dirs[0].Stalls); n != maxStalls || view.Dirs[0].StallCount < 300 {
		t.Errorf("%d of %d stalls", n, view.Dirs[0].StallCount)
	}
}

// TestFindings checks how much the page says of its findings: all of the first, the
// evidence of the next few, and nothing twice.
func TestFindings(t *testing.T) {
	m := reporttest.StallingStreams(10, 1)
	for i := range m.Result.Findings {
		worst := m.Result.Findings[i].Worst
		worst.Evidence, worst.Excluded = worst.Evidence[:1], []string{"not loss: 0 retransmissions"}
	}
	m.Result.OtherFindings = analyze.Rest{Streams: 3, Wait: time.Second}
	_, text, _ := strings.Cut(page(t, m), "<main>")
	text, _, _ = strings.Cut(text, "<script")
	for part, want := range map[string]int{
		"the receiving application": len(m.Result.Findings), "<h1>2 streams to 10.9.0.": 1, "2 streams to 10.9.0.": 3, "Cure:</strong> ": 1,
		`title="Show this moment in the charts">`: 1 + maxOthers, `<li class="excluded">not loss: 0 retransmissions</li>`: 1 + maxOthers,
		" UTC</a>": 1 + maxOthers, "3 more streams have smaller findings, 1.000 s in all": 1,
	} {
		if n := strings.Count(text, part); n != want {
			t.Errorf("%q is in the page %d times, want %d", part, n, want)
		}
	}
}

// TestLongStreamIsThinned packs a stream that does not fit.
func TestLongStreamIsThinned(t *testing.T) {
	m := reporttest.LongStream(150_000)
	text, err := packStream(m, m.Result.Stream(0), 100_000)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 100_000 || len(text) < 20_000 {
		t.Errorf("%d bytes, want at most 100,000 and not much less", len(text))
	}
}

func TestEmptyCapture(t *testing.T) {
	text := page(t, &report.Material{Source: "empty.pcap", Result: analyze.New(analyze.DefaultConfig()).Result()})
	if !strings.Contains(text, "There is no TCP stream to judge") {
		t.Error("the page of an empty capture does not say so")
	}
}

func TestThinKernelKeepsExtremes(t *testing.T) {
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
		t.Errorf("%d of %d samples left", len(few), len(samples))
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

// TestLargestCount checks that counts are unsigned, whatever a file claims.
func TestLargestCount(t *testing.T) {
	r := &analyze.Result{}
	r = r.Select(nil)
	r.Input.Frames, r.Input.Noted[capture.KernelDrops] = 1, math.MaxUint64
	text := page(t, &report.Material{Result: r})
	if want := "18,446,744,073,709,551,615: packet dropped by the kernel"; !strings.Contains(text, want) {
		t.Errorf("%q is not in\n%.2000s", want, text)
	}
}

// TestEndsOfTime writes the smallest and largest times and numbers.
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
		if err := Write(io.Discard, &report.Material{Result: r, Timeline: tl}); err != nil {
			t.Error(err)
		}
	}
}
