package report

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
	"winwatch/analyze/proof"
	"winwatch/analyze/words"
	"winwatch/capture/kernel"
)

// HTMLPage is what a page is made from.
type HTMLPage struct {
	// Source names what was analyzed, for the headline: a file, an interface.
	Source string
	Result *analyze.Result
	// Timeline feeds the charts; streams that it does not hold have none. It
	// may be nil.
	Timeline *chart.Timeline
	// Witness, Kernel and Proof are of an experiment, nil otherwise; Kernel are
	// the samples taken while it ran, and belong to the stream of Proof.
	Witness *kernel.Witness
	Kernel  []kernel.Sample
	Proof   *proof.Proof
	// Accepted is the account of what the application words.Counted, nil if it is not
	// known or stands in Proof.
	Accepted *proof.Accepted
}

const (
	// HTMLMaxBytes is the most that a page takes, for any capture.
	HTMLMaxBytes = 5_000_000
	// HTMLMaxCharts is the most streams that get charts.
	HTMLMaxCharts = 500

	htmlMaxRows = 5000
	// htmlMaxOthers is how many verdicts stand below the headline.
	htmlMaxOthers = 4
	// htmlMaxTable is what the table of streams may take of the page, and
	// htmlMaxKernel the kernel's samples.
	htmlMaxTable  = 1_200_000
	htmlMaxKernel = 600_000
	// htmlMinBlock is the room below which no further stream is tried.
	htmlMinBlock = 6000
)

//go:embed web
var web embed.FS

// The parts of the page, in order. One script and one style element each, so
// that their hashes can stand in the Content-Security-Policy.
var (
	htmlScript = webFiles("uPlot.iife.min.js", "format.js", "unpack.js", "series.js", "paths.js", "marks.js",
		"view.js", "chart.js", "readout.js", "streams.js", "detail.js", "proof.js", "build.js", "keys.js", "app.js")
	htmlStyle = webFiles("uPlot.min.css", "style.css")
	htmlBody  = template.Must(template.New("page").Funcs(template.FuncMap{
		"span": words.Duration, "bytes": words.Size, "filter": verdictFilter, "group": words.Count[int64],
		"groupUnsigned": words.Count[uint64],
	}).ParseFS(web, "web/page.html")).Lookup("page.html")
)

func webFiles(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := web.ReadFile("web/" + name)
		if err != nil {
			panic(err) // the file is not embedded: a fault of the build
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}

func htmlHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// HTML writes one self-contained page that works from file:// without network:
// verdicts, streams, and charts of the worst streams. It takes at most
// HTMLMaxBytes; what did not fit is said on the page.
func HTML(w io.Writer, p *HTMLPage) error {
	page, err := newHTMLContent(p)
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
`, htmlHash(htmlScript), htmlHash(htmlStyle), htmlStyle)
	if err := htmlBody.Execute(bw, page); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	for _, b := range page.blocks {
		fmt.Fprintf(bw, "<script type=\"text/plain\" id=\"%s\">%s</script>\n", b.id, b.text)
	}
	fmt.Fprintf(bw, "<script>%s</script>\n</body>\n</html>\n", htmlScript)
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	return nil
}

// htmlBlock is packed data with the id of its element.
type htmlBlock struct{ id, text string }

// htmlContent is what the page template shows.
type htmlContent struct {
	Source   string
	Result   *analyze.Result
	Headline *analyze.Verdict
	// Others are further findings, Rest those that are shown on demand.
	Others, Rest []*analyze.Verdict
	// Frames accounts for the input, Notes are what was odd in it.
	Frames string
	Notes  []string
	Begin  string
	// Rows of StreamCount streams are listed, Charts of them have charts.
	Rows, Charts int
	Witness      *kernel.Witness
	Accepted     *proof.Accepted

	blocks []htmlBlock
}

// htmlHead is what the script needs to know at once.
type htmlHead struct {
	Rows   []streamRow `json:"rows"`
	Charts []int64     `json:"charts"`
	// Begin is the capture's begin in Unix milliseconds, BeginNs the rest.
	Begin   int64 `json:"begin"`
	BeginNs int64 `json:"beginNs"`
	End     int64 `json:"end"`
	Streams int64 `json:"streams"`
	Kernel  int64 `json:"kernel"`
}

func newHTMLContent(p *HTMLPage) (*htmlContent, error) {
	r := p.Result
	c := &htmlContent{
		Headline: &analyze.Verdict{}, Source: p.Source, Result: r, Witness: p.Witness, Accepted: p.Accepted,
		Begin: time.Unix(0, r.Begin).UTC().Format("2006-01-02 15:04:05 UTC"),
	}
	if len(r.Verdicts) > 0 {
		c.Headline = &r.Verdicts[0]
		for i := range r.Verdicts[1:] {
			switch v := &r.Verdicts[i+1]; {
			case v.Severity == cause.OK:
			case len(c.Others) < htmlMaxOthers:
				c.Others = append(c.Others, v)
			default:
				c.Rest = append(c.Rest, v)
			}
		}
	}
	if r.Input.Frames > 0 {
		c.Frames = frameSum(r)
	}
	for note, n := range r.Input.Notes() {
		c.Notes = append(c.Notes, fmt.Sprintf("%s: %s", words.Count(n), note))
	}
	head := htmlHead{
		Begin: floorDiv(r.Begin, 1e6), BeginNs: r.Begin - floorDiv(r.Begin, 1e6)*1e6,
		End: r.End - r.Begin, Streams: r.StreamCount, Kernel: -1,
	}
	streams := r.Worst(htmlMaxRows)
	for _, st := range streams {
		head.Rows = append(head.Rows, newStreamRow(r, st))
	}
	room := HTMLMaxBytes - len(htmlScript) - len(htmlStyle) - htmlFixed(c)
	if err := c.addKernel(p, &head, &room); err != nil {
		return nil, err
	}
	// The table is packed twice: its size decides what the charts may take, and
	// it names the streams that have one.
	table, err := packTable(&head)
	if err != nil {
		return nil, err
	}
	room -= len(table) + 16*HTMLMaxCharts
	head.Charts, err = c.addStreams(p, streams[:len(head.Rows)], room)
	if err != nil {
		return nil, err
	}
	if table, err = packBlock(&head, nil); err != nil {
		return nil, err
	}
	c.blocks = append(c.blocks, htmlBlock{"head", table})
	c.Rows, c.Charts = len(head.Rows), len(head.Charts)
	return c, nil
}

// htmlFixed is what the template writes, measured.
func htmlFixed(c *htmlContent) int {
	var n countingWriter
	if err := htmlBody.Execute(&n, c); err != nil {
		return HTMLMaxBytes
	}
	return int(n) + 4096
}

type countingWriter int64

func (n *countingWriter) Write(p []byte) (int, error) {
	*n += countingWriter(len(p))
	return len(p), nil
}

// packTable packs the rows, the worst half of them where they take too much.
func packTable(head *htmlHead) (string, error) {
	for {
		text, err := packBlock(head, nil)
		if err != nil || len(text) <= htmlMaxTable {
			return text, err
		}
		head.Rows = head.Rows[:len(head.Rows)/2]
	}
}

// addStreams adds the streams while there is room and returns which. A stream
// may take half of what is left, or its equal share where that is more.
func (c *htmlContent) addStreams(p *HTMLPage, streams []*analyze.Stream, room int) ([]int64, error) {
	streams = streams[:min(len(streams), HTMLMaxCharts)]
	ids := []int64{}
	for i, st := range streams {
		if room < htmlMinBlock {
			break
		}
		text, err := packStream(p, st, max(room/2, room/(len(streams)-i)))
		if err != nil {
			return nil, err
		}
		if len(text)+64 > room {
			continue
		}
		room -= len(text) + 64
		c.blocks = append(c.blocks, htmlBlock{fmt.Sprintf("s%d", st.ID), text})
		ids = append(ids, st.ID)
	}
	return ids, nil
}

// packStream packs a stream into about limit bytes, with fewer points where all
// of them would not fit.
func packStream(p *HTMLPage, st *analyze.Stream, limit int) (string, error) {
	var points []analyze.Point
	var left bool
	if p.Timeline != nil {
		points, left = p.Timeline.Points(st.ID)
	}
	view := newStreamView(st, func(frame uint64, time int64) int64 {
		return chartTime(points, frame, time) - p.Result.Begin
	})
	view.Left = left
	for {
		view.Points, view.Origin, view.Unit = len(points), 0, timeUnit(points)
		if len(points) > 0 {
			view.Origin = points[0].Time - p.Result.Begin
		}
		text, err := packBlock(view, packPoints(points, view.Unit))
		if err != nil || len(text) <= limit || len(points) <= chart.MinPoints {
			return text, err
		}
		// A little less than in proportion: fewer points compress worse.
		fit := int(float64(len(points)) * float64(limit) / float64(len(text)) * 0.9)
		points, view.Left = chart.Decimate(points, min(fit, len(points)-1)), true
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
