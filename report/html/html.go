// Package html writes reports as a self-contained page with interactive charts.
package html

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/chart"
	"winwatch/capture/words"
	"winwatch/report"
)

const (
	// MaxBytes is the maximum size of a page, for any capture.
	MaxBytes = 5_000_000
	// MaxCharts is the maximum number of streams with charts.
	MaxCharts = 500

	// maxRows is the maximum number of rows in the table of streams.
	maxRows = 5000
	// maxOthers is the number of findings shown in full below the headline.
	maxOthers = 4
	// maxTable and maxKernel are the maximum packed sizes, in bytes, of the table of
	// streams and of the kernel's samples.
	maxTable  = 1_200_000
	maxKernel = 600_000
	// minBlock is the space in bytes below which no further stream is tried.
	minBlock = 6000
)

//go:embed web
var web embed.FS

// The parts of the page, in order. There is one script and one style element, so that the
// Content-Security-Policy can list their hashes.
var (
	script = webFiles("uPlot.iife.min.js", "format.js", "unpack.js", "series.js", "paths.js", "marks.js",
		"view.js", "chart.js", "readout.js", "streams.js", "detail.js", "build.js", "keys.js", "app.js")
	style = webFiles("uPlot.min.css", "style.css")
	body  = template.Must(template.New("page").Funcs(template.FuncMap{
		"span": words.Duration, "bytes": words.Size, "filter": func(f *finding) string { return report.VerdictFilter(&f.Verdict) }, "group": words.Count[int64],
		"groupUnsigned": words.Count[uint64], "clean": report.Clean,
	}).ParseFS(web, "web/page.html", "web/experiment.html")).Lookup("page.html")
)

func webFiles(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := web.ReadFile("web/" + name)
		if err != nil {
			panic(err) // unreachable: the file is embedded
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Write writes one self-contained page that works from file:// without network: verdicts,
// streams, and charts of the worst streams. The page takes at most MaxBytes and says what
// did not fit.
func Write(w io.Writer, m *report.Material) error {
	page, err := newContent(m)
	if err != nil {
		return err
	}
	bw := bufio.NewWriter(w)
	fmt.Fprintf(bw, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>%s</style>
`, hash(script), hash(style), style)
	text, err := page.render()
	if err != nil {
		return err
	}
	bw.WriteString(text)
	for _, b := range page.blocks {
		fmt.Fprintf(bw, "<script type=\"text/plain\" id=\"%s\">%s</script>\n", b.id, b.text)
	}
	fmt.Fprintf(bw, "<script>%s</script>\n</body>\n</html>\n", script)
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	return nil
}

// block is packed data and the id of its element.
type block struct{ id, text string }

// content is the data of the page template.
type content struct {
	*report.Material
	// Lesson and Table are nil unless there was an experiment.
	Lesson   *lesson
	Table    *proofTable
	Headline *finding
	// Others are further findings, Rest those that the page shows on demand.
	Others, Rest []*finding
	// Frames accounts for the input, Notes lists its oddities.
	Frames string
	Notes  []string
	Begin  string
	// Rows is the number of streams listed, Charts the number of those with charts.
	Rows, Charts int

	blocks []block
}

// head is the data that the script needs at once.
type head struct {
	Rows   []streamRow `json:"rows"`
	Charts []int64     `json:"charts"`
	// Begin is the begin of the capture in Unix milliseconds, BeginNs the remaining ns.
	Begin   int64 `json:"begin"`
	BeginNs int64 `json:"beginNs"`
	End     int64 `json:"end"`
	Streams int64 `json:"streams"`
	// Kernel is the stream of the experiment, -1 if there was none.
	Kernel int64 `json:"kernel"`
	// Events and Severities are names in the order of their numbers: the points carry
	// the bits of events, and the table sorts by severity.
	Events     []string `json:"events"`
	Severities []string `json:"severities"`
}

// newContent returns the page's content with its blocks packed.
func newContent(m *report.Material) (*content, error) {
	c := newText(m)
	h := newHead(m.Result)
	text, err := c.render()
	if err != nil {
		return nil, err
	}
	space := MaxBytes - len(script) - len(style) - len(text) - margin
	if err := c.addKernel(h, &space); err != nil {
		return nil, err
	}
	// The table is packed twice: its size determines the space for charts, and it lists
	// the streams that have one.
	streams := m.Result.Worst(maxRows)
	for _, st := range streams {
		h.Rows = append(h.Rows, newStreamRow(m.Result, st))
	}
	table, err := packTable(h)
	if err != nil {
		return nil, err
	}
	space -= len(table) + 16*MaxCharts
	h.Charts, err = c.addStreams(streams[:len(h.Rows)], space)
	if err != nil {
		return nil, err
	}
	if table, err = packBlock(h, nil); err != nil {
		return nil, err
	}
	c.blocks = append(c.blocks, block{"head", table})
	c.Rows, c.Charts = len(h.Rows), len(h.Charts)
	return c, nil
}

// newText returns what the page says without its script.
func newText(m *report.Material) *content {
	r := m.Result
	t := newTeller(r)
	c := &content{
		Lesson: newLesson(m), Table: newProofTable(m), Headline: &finding{Told: -1}, Material: m, Frames: report.FrameSum(r), Begin: "unknown",
	}
	if r.Segments > 0 {
		c.Begin = time.Unix(0, r.Begin).UTC().Format("2006-01-02 15:04:05 UTC")
	}
	switch {
	case len(r.Findings) > 0:
		c.Headline = t.full(&r.Findings[0])
		for i := range r.Findings[1:] {
			if g := &r.Findings[i+1]; i < maxOthers {
				c.Others = append(c.Others, t.full(g))
			} else {
				c.Rest = append(c.Rest, t.brief(g))
			}
		}
	case r.StreamCount == 1 && len(r.Verdicts) > 0:
		c.Headline = t.full(single(&r.Verdicts[0]))
	}
	for note, n := range r.Input.Notes() {
		c.Notes = append(c.Notes, fmt.Sprintf("%s: %s", words.Count(n), note))
	}
	return c
}

func newHead(r *analyze.Result) *head {
	ms := floorDiv(r.Begin, 1e6)
	return &head{
		Begin: ms, BeginNs: r.Begin - ms*1e6, End: r.End - r.Begin, Streams: r.StreamCount, Kernel: -1,
		Events: eventNames(), Severities: cause.Severities[:],
	}
}

// render returns what the page says without its script. The template escapes markup, and
// line feeds in names; what steers or hides is escaped here, wherever it came from.
func (c *content) render() (string, error) {
	var b strings.Builder
	if err := body.Execute(&b, c); err != nil {
		return "", fmt.Errorf("html: %w", err)
	}
	return report.CleanLines(b.String()), nil
}

// margin is the space in bytes for what grows after the page is first rendered.
const margin = 4096

// packTable packs the rows; while they take too much space it drops the better half.
func packTable(h *head) (string, error) {
	for {
		text, err := packBlock(h, nil)
		if err != nil || len(text) <= maxTable {
			return text, err
		}
		h.Rows = h.Rows[:len(h.Rows)/2]
	}
}

// addStreams adds streams while there is space, and returns their numbers. A stream may
// take half of the space left, or an equal share if that is more.
func (c *content) addStreams(streams []*analyze.Stream, space int) ([]int64, error) {
	streams = streams[:min(len(streams), MaxCharts)]
	ids := []int64{}
	for i, st := range streams {
		if space < minBlock {
			break
		}
		text, err := packStream(c.Material, st, max(space/2, space/(len(streams)-i)))
		if err != nil {
			return nil, err
		}
		if len(text)+64 > space {
			continue
		}
		space -= len(text) + 64
		c.blocks = append(c.blocks, block{fmt.Sprintf("s%d", st.ID), text})
		ids = append(ids, st.ID)
	}
	return ids, nil
}

// packStream packs a stream into about limit bytes, with fewer points if not all of them
// fit.
func packStream(m *report.Material, st *analyze.Stream, limit int) (string, error) {
	var points []analyze.Point
	var left bool
	if m.Timeline != nil {
		points, left = m.Timeline.Points(st.ID)
	}
	view := newStreamView(st, m.Result)
	view.Left = left
	for {
		view.Points, view.Origin, view.Unit = len(points), 0, timeUnit(points)
		if len(points) > 0 {
			view.Origin = points[0].Time - m.Result.Begin
		}
		text, err := packBlock(view, packPoints(points, view.Unit))
		if err != nil || len(text) <= limit || len(points) <= chart.MinPoints {
			return text, err
		}
		// Slightly less than in proportion, because fewer points compress worse.
		fit := int(float64(len(points)) * float64(limit) / float64(len(text)) * 0.9)
		points, view.Left = chart.Decimate(points, min(fit, len(points)-1)), true
	}
}

// eventNames returns the names of all events, by bit.
func eventNames() []string {
	names := make([]string, analyze.EventKinds)
	for i := range names {
		names[i] = analyze.Events(1 << i).String()
	}
	return names
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
