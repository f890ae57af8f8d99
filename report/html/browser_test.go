package html

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/proof"
	"winwatch/capture/capturetest"
	"winwatch/capture/kernel"
	"winwatch/report"
	"winwatch/report/reporttest"
)

// chartBox is the position of a chart of the page, in pixels of the window.
type chartBox struct{ Left, Top, Width, Height, From, To float64 }

// chart scrolls to a chart and returns its position.
func (c *chromium) chart(n int) chartBox {
	c.tb.Helper()
	var b chartBox
	c.eval(fmt.Sprintf(`(() => { const u = state.charts[%d]; u.over.scrollIntoView({block: "center"}); const r = u.over.getBoundingClientRect();
		return {Left: r.left, Top: r.top, Width: r.width, Height: r.height, From: u.scales.x.min, To: u.scales.x.max}; })()`, n), &b)
	return b
}

// x returns the position on the chart of a time in seconds since the capture began.
func (b *chartBox) x(seconds float64) float64 {
	return b.Left + (seconds-b.From)/(b.To-b.From)*b.Width
}

// inked counts the pixels of a colour on a chart that are at most 10 pixels above or below
// a value and one pixel to either side of x.
func (c *chromium) inked(chart int, x, value float64, colour string) int {
	c.tb.Helper()
	var n int
	c.eval(fmt.Sprintf(`(() => { const u = state.charts[%d], r = u.over.getBoundingClientRect(), [R, G, B] = css(%q).match(/\w\w/g).map(h => parseInt(h, 16));
		const left = Math.round(u.bbox.left + %v - r.left) - 1, p = u.ctx.getImageData(left, Math.round(u.valToPos(%v, "y", true)) - 10, 3, 21).data;
		let n = 0;
		for (let i = 0; i < p.length; i += 4) if (p[i + 3] > 200 && Math.abs(p[i] - R) + Math.abs(p[i + 1] - G) + Math.abs(p[i + 2] - B) < 24) n++;
		return n; })()`, chart, colour, x, value), &n)
	return n
}

// drag zooms a chart with the mouse.
func (c *chromium) drag(b chartBox, from, to float64) {
	c.tb.Helper()
	y := b.Top + b.Height/2
	c.mouse("mouseMoved", b.x(from), y, 0)
	c.mouse("mousePressed", b.x(from), y, 1)
	c.mouse("mouseMoved", (b.x(from)+b.x(to))/2, y, 1)
	c.mouse("mouseMoved", b.x(to), y, 1)
	c.mouse("mouseReleased", b.x(to), y, 0)
}

// near reports an error unless got is within the given distance of want.
func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within || math.IsNaN(got) {
		t.Errorf("%s is %v, want %v within %v", what, got, want, within)
	}
}

// TestPageMarksProbesAndZeroWindows compares the marks on the charts with the result.
func TestPageMarksProbesAndZeroWindows(t *testing.T) {
	m := reporttest.Analyze(t, reporttest.SeedFlood)
	c := startChromium(t)
	file := writePage(t, "seed-flood", m)
	c.size(1280, 900, "light")
	c.load(file, "")
	c.shoot("seed-flood-1280-light")

	stall := &m.Result.Stream(0).Dirs[analyze.ClientToServer].Stalls[0]
	var frames []uint64
	c.eval(`state.marks.find(k => k.key === "probe").at.map(i => state.points.frame[i])`, &frames)
	var want []uint64
	for _, p := range stall.Probes {
		want = append(want, p.Frame)
	}
	if len(want) != 6 || !slices.Equal(frames, want) {
		t.Errorf("probes are marked at frames %v, want %v", frames, want)
	}
	points, _ := m.Timeline.Points(0)
	for chart := range 2 {
		b := c.chart(chart)
		for _, p := range stall.Probes {
			x, value := b.x(float64(p.Time-m.Result.Begin)/1e9), 0.0
			if chart == 1 {
				value = float64(points[slices.IndexFunc(points, func(pt analyze.Point) bool { return pt.Frame == p.Frame })].SeqEnd)
			}
			if n := c.inked(chart, x, value, "--probe"); n < 8 {
				t.Errorf("chart %d: %d pixels of the mark of frame %d", chart, n, p.Frame)
			}
			if n := c.inked(chart, x+12, value, "--probe"); n > 0 {
				t.Errorf("chart %d: %d pixels of a mark next to frame %d", chart, n, p.Frame)
			}
		}
	}
	var zero []float64
	c.eval(`Array.from(state.series.zero)`, &zero)
	if len(zero) != 2 {
		t.Fatalf("zero windows are shaded at %v", zero)
	}
	near(t, "begin of the zero window", zero[0], float64(stall.ZeroBegin-m.Result.Begin)/1e9, 1e-6)
	c.clean()
}

func TestPageZoomsAndLinks(t *testing.T) {
	m := reporttest.Analyze(t, reporttest.SeedFlood)
	c := startChromium(t)
	file := writePage(t, "seed-flood", m)
	c.size(1280, 900, "light")
	c.load(file, "")

	c.drag(c.chart(0), 3, 6)
	c.until(`location.hash.includes("from=")`)
	for chart := range 2 {
		b := c.chart(chart)
		near(t, "begin of the view", b.From, 3, 0.03)
		near(t, "end of the view", b.To, 6, 0.03)
	}
	c.shoot("seed-flood-zoomed")
	var hash string
	c.eval("location.hash", &hash)
	if !strings.HasPrefix(hash, "#stream=0&data=c2s&from=") {
		t.Errorf("the link is %s", hash)
	}
	c.load(file, hash)
	near(t, "begin of the linked view", c.chart(1).From, 3, 0.03)
	c.eval(`location.hash = "#stream=0&from=10&to=12"`, nil)
	c.until("shown.from === 10 && shown.to === 12")

	c.key("0")
	c.until("shown.from < 0 && shown.to > 19")
	c.key("+")
	c.until("Math.abs(shown.to - shown.from - 9.88) < 0.2")
	var before float64
	c.eval("shown.from", &before)
	c.key("ArrowRight")
	c.until(fmt.Sprintf("shown.from > %v + 2", before))
	c.key("n")
	c.until("shown.from < 4.25 && shown.to > 19.3")

	// The readout shows the frame under the mouse; a click pins it.
	c.key("0")
	b := c.chart(0)
	probe := m.Result.Stream(0).Dirs[0].Stalls[0].Probes[1]
	x := b.x(float64(probe.Time-m.Result.Begin) / 1e9)
	c.mouse("mouseMoved", x+2, b.Top+b.Height/2, 0)
	want := fmt.Sprintf("frame.number == %d", probe.Frame)
	c.until(fmt.Sprintf(`document.querySelector("[data-value=frame]").textContent === %q`, want))
	c.mouse("mousePressed", x+2, b.Top+b.Height/2, 1)
	c.mouse("mouseReleased", x+2, b.Top+b.Height/2, 0)
	c.mouse("mouseMoved", b.Left+20, b.Top+b.Height/2, 0)
	c.until(`document.querySelector(".readout.pinned")`)
	c.key("c")
	c.until(fmt.Sprintf(`document.getElementById("toast").textContent.endsWith(%q)`, want))
	c.key(".")
	c.until(fmt.Sprintf(`document.querySelector("[data-value=frame]").textContent === "frame.number == %d"`, probe.Frame+1))

	c.click(".legend button")
	c.until(`document.querySelector(".legend button").getAttribute("aria-pressed") === "false"`)
	c.key("d")
	c.until("view.dir === 1 && location.hash.includes('s2c')")
	c.key("?")
	c.until(`document.getElementById("help").open`)
	c.clean()
}

func TestPageThemesAndPrint(t *testing.T) {
	m := reporttest.Analyze(t, reporttest.Drain)
	c := startChromium(t)
	file := writePage(t, "drain", m)
	ground := func() (s string) {
		c.eval("getComputedStyle(document.body).backgroundColor", &s)
		return s
	}
	seen := map[string]string{}
	for _, colours := range []string{"light", "dark"} {
		for _, width := range []int{400, 600, 1280, 1920} {
			c.size(width, 900, colours)
			c.load(file, "")
			c.shoot(fmt.Sprintf("drain-%d-%s", width, colours))
			var over int
			c.eval("document.documentElement.scrollWidth - innerWidth", &over)
			if over > 0 {
				t.Errorf("at a width of %d the page is %d pixels too wide", width, over)
			}
		}
		seen[colours] = ground()
	}
	if seen["light"] == seen["dark"] {
		t.Errorf("the background is %s in both light and dark", seen["light"])
	}
	c.click("#theme")
	c.until(`document.documentElement.dataset.theme === "light"`)
	if g := ground(); g != seen["light"] {
		t.Errorf("with the light theme the background is %s", g)
	}
	c.print("drain-print")
	c.clean()
}

func TestPageOfManyStreams(t *testing.T) {
	m := reporttest.StallingStreams(200, 20)
	c := startChromium(t)
	file := writePage(t, "many", m)
	c.size(1280, 900, "light")
	c.load(file, "")
	c.shoot("many-1280-light")
	var first []int64
	c.eval(`list.rows.slice(0, 11).map(r => r.i)`, &first)
	worst := m.Result.Worst(11)
	for i, st := range worst {
		if first[i] != st.ID {
			t.Errorf("row %d is stream %d, want %d", i, first[i], st.ID)
		}
	}
	if stalls := func(st *analyze.Stream) int64 { return st.Dirs[0].StallCount + st.Dirs[1].StallCount }; stalls(worst[9]) == 0 || stalls(worst[10]) != 0 {
		t.Fatal("want exactly ten stalled streams")
	}
	var rows int
	c.eval(`document.querySelectorAll("#table tbody tr[data-stream]").length`, &rows)
	if rows > 60 {
		t.Errorf("%d of 200 rows exist, want only the visible ones", rows)
	}
	c.click(fmt.Sprintf(`tr[data-stream="%d"] td`, worst[1].ID))
	c.until(fmt.Sprintf("location.hash.startsWith('#stream=%d&')", worst[1].ID))
	c.key("j")
	c.until(fmt.Sprintf("location.hash.startsWith('#stream=%d&')", worst[2].ID))
	c.key("k")
	c.until(fmt.Sprintf("location.hash.startsWith('#stream=%d&')", worst[1].ID))
	c.click(`th[data-key="i"] button`)
	c.until(`list.rows[0].i === 199`)
	c.click(`th[data-key="i"] button`)
	c.until(`list.rows[0].i === 0`)
	c.eval(fmt.Sprintf(`(() => { const f = document.getElementById("filter"); f.value = "%v"; f.dispatchEvent(new Event("input")); })()`, worst[3].Client), nil)
	c.until(fmt.Sprintf("list.rows.length === 1 && list.rows[0].i === %d", worst[3].ID))
	c.eval(`location.hash = "#stream=150"`, nil)
	c.until(`document.querySelector("#detail h2").textContent.startsWith("Stream 150")`)
	c.clean()
}

// TestPageTellsCauses checks what the detail of a stream says of its causes.
func TestPageTellsCauses(t *testing.T) {
	m := reporttest.StallingStreams(4, 2)
	st := m.Result.Worst(2)[1]
	st.Verdict.Excluded = []string{"not loss: 0 retransmissions"}
	c := startChromium(t)
	file := writePage(t, "causes", m)
	c.size(1280, 900, "light")
	c.load(file, fmt.Sprintf("#stream=%d", st.ID))
	c.until(fmt.Sprintf(`document.querySelector("#detail h2").textContent.startsWith("Stream %d")`, st.ID))
	e := &st.Verdict.Evidence[0]
	for selector, want := range map[string]string{
		".basis": "the receiving application", ".evidence": fmt.Sprintf("frame %d", e.Frame),
		".evidence .excluded": "not loss: 0 retransmissions", ".budget-key": string(st.Causes[0].Code), ".causes details": "path-loss",
	} {
		var got string
		c.eval(fmt.Sprintf(`document.querySelector("#detail %s").textContent`, selector), &got)
		if !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}
	var width float64
	c.eval(`[...document.querySelectorAll("#detail .part:not(.swatch)")].reduce((sum, p) => sum + parseFloat(p.style.flexGrow), 0)`, &width)
	near(t, "time by cause", width, 1, 0.01)
	c.click("#detail .evidence .link")
	c.until("view.from !== null && readout.pinned !== null")
	var frame uint64
	c.eval("state.points.frame[readout.pinned]", &frame)
	if frame != e.Frame {
		t.Errorf("the evidence leads to frame %d, want %d", frame, e.Frame)
	}
	c.eval(`location.hash = document.querySelector(".headline .evidence a").hash`, nil)
	c.until(fmt.Sprintf("view.stream === %d && view.from !== null", m.Result.Verdicts[0].Stream))
	c.clean()
}

// TestPageOfAMillionSegments draws a quarter of them unless the run is full.
func TestPageOfAMillionSegments(t *testing.T) {
	if testing.Short() {
		t.Skip("a million segments take a while")
	}
	segments := 1_000_000
	if !capturetest.Full() {
		segments = 250_000
	}
	m := reporttest.LongStream(segments)
	c := startChromium(t)
	begin := time.Now()
	file := writePage(t, "million", m)
	t.Logf("written in %v", time.Since(begin))
	c.size(1280, 900, "light")
	begin = time.Now()
	c.load(file, "")
	t.Logf("opened in %v", time.Since(begin))
	c.shoot("million-1280-light")
	var took struct {
		Points    int
		Zoom, Pan []float64
	}
	c.eval(`(async () => {
		// uPlot draws in a microtask; reading a pixel waits for it.
		const time = async f => { const t = performance.now(); f(); for (let k = 0; k < 8; k++) await null; state.charts.forEach(u => u.ctx.getImageData(0, 0, 1, 1)); return performance.now() - t; };
		const m = {Points: state.points.n, Zoom: [], Pan: []};
		for (let i = 0; i < 12; i++) m.Zoom.push(await time(() => zoomBy(i < 6 ? 0.9 : 1 / 0.9)));
		zoomBy(0.9);
		for (let i = 0; i < 12; i++) m.Pan.push(await time(() => pan(i < 6 ? 0.01 : -0.01)));
		return m; })()`, &took)
	slices.Sort(took.Zoom)
	slices.Sort(took.Pan)
	t.Logf("%d points: zoom %.0f ms median, %.0f ms at most; pan at 90%% %.0f ms, %.0f ms", took.Points, took.Zoom[6], took.Zoom[11], took.Pan[6], took.Pan[11])
	if took.Points < 100_000 {
		t.Errorf("only %d points of %d segments", took.Points, segments)
	}
	c.clean()
}

func TestPageOfAnExperiment(t *testing.T) {
	m := reporttest.Analyze(t, reporttest.Drain)
	value := func(n int64) *int64 { return &n }
	judged := &proof.Proof{Isolated: true, Rows: []proof.Row{
		{Name: "send queue", Unit: "bytes", Inferred: value(70_000), Kernel: value(70_000), Difference: value(0), Exact: true, Judged: true, OK: true},
		{Name: "receive buffer", Unit: "bytes", Low: value(1), High: value(9), Kernel: value(5), Judged: true, OK: true},
		{Name: "probes", Unit: "count", Inferred: value(4), Kernel: value(5), Difference: value(-1), Exact: true, Judged: true},
		{Name: "time busy", Unit: "ns", Inferred: value(4e9)},
		{Name: "keep-alives", Unit: "count", Inferred: value(0), Kernel: value(0), Difference: value(0), Exact: true, Judged: true, OK: true},
	}}
	var samples []kernel.Sample
	for at := m.Result.Begin; at < m.Result.End; at += 2e6 {
		s := kernel.Sample{Time: at}
		s.Server.UnreadBytes, s.Client.SendQueueBytes, s.Client.SndWnd = 118_000, (at-m.Result.Begin)/1000, kernel.Unknown
		samples = append(samples, s)
	}
	c := startChromium(t)
	c.size(1280, 900, "light")
	m.Kernel, m.Proof = samples, judged
	m.Witness = &kernel.Witness{Scenario: "drain", Findings: []kernel.Finding{{Claim: "the queue empties", Holds: true, Evidence: "0 bytes"}}}
	c.load(writePage(t, "experiment", m), "")
	var marks []string
	c.eval(`[...document.querySelectorAll(".proof .mark")].map(e => e.textContent)`, &marks)
	if want := []string{"the same", "lies within", "WRONG by -1"}; !slices.Equal(marks, want) {
		t.Errorf("the proof says %q, want %q", marks, want)
	}
	var k struct {
		Charts, Samples   int
		Unread, Last, Max float64
	}
	c.eval(`({Charts: state.charts.length, Samples: state.kernel.samples.n, Unread: state.kernel.samples.unread[7],
		Last: state.kernel.samples.time.at(-1), Max: Math.max(...state.kernel.samples.queue)})`, &k)
	if k.Charts != 3 || k.Samples != len(samples) || k.Unread != 118_000 {
		t.Errorf("%d charts, %d samples, %v unread bytes; want 3, %d, 118000", k.Charts, k.Samples, k.Unread, len(samples))
	}
	near(t, "time of the last sample", k.Last, float64(samples[len(samples)-1].Time-m.Result.Begin)/1e9, 1e-6)
	c.shoot("experiment-1280-light")
	c.clean()
}

// TestPageOfAnExperimentOnAPhone: the lesson and the whole proof fit on a narrow screen.
func TestPageOfAnExperimentOnAPhone(t *testing.T) {
	c := startChromium(t)
	for _, f := range []reporttest.Fixture{reporttest.FloodProof(), reporttest.LinkProof()} {
		for _, width := range []int{400, 1280} {
			c.size(width, 900, "light")
			c.load(writePage(t, f.Name, f.Material), "")
			var first string
			c.eval(`document.querySelector("main > section").className`, &first)
			if first != "lesson" {
				t.Errorf("%s: the page begins with %q", f.Name, first)
			}
			var wide []string
			c.eval(`[...document.querySelectorAll(".lesson *, .proof *")].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML.slice(0, 80))`, &wide)
			if len(wide) > 0 {
				t.Errorf("%s: wider than %d pixels: %q", f.Name, width, wide)
			}
			c.shoot(fmt.Sprintf("%s-%d-light", f.Name, width))
		}
	}
	c.clean()
}

// writePage writes a page into a temporary directory, or the one that WINWATCH_SCREENSHOTS
// names, and returns its path.
func writePage(tb testing.TB, name string, m *report.Material) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name+".html")
	if dir := os.Getenv("WINWATCH_SCREENSHOTS"); dir != "" {
		file = filepath.Join(dir, name+".html")
	}
	f, err := os.Create(file)
	if err != nil {
		tb.Fatal(err)
	}
	if err := Write(f, m); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return file
}
