package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/words"
)

// TextOptions say what of the result is shown, and for what terminal.
type TextOptions struct {
	// Width is that of the terminal in characters; 0 is 80.
	Width int
	// Look is what the terminal can show; the zero value is plain text.
	Look Look
	// Top is how many streams are listed; 0 is 10.
	Top int
	// Stream is the one to show in detail; nil is the worst.
	Stream *int64
	// From and To narrow the chart and the stalls to a span of time, words.Counted
	// from the first segment; To 0 is the end.
	From, To time.Duration
	// Quiet leaves only the verdicts, Verbose adds every probe and how each
	// number was obtained.
	Quiet, Verbose bool
	// Wireshark adds the display filter of each finding.
	Wireshark bool
}

const (
	minWidth     = 80
	defaultWidth = 80
	// proseWidth is as wide as a line of text is comfortable to read.
	proseWidth = 110
	// labelWidth is that of the left margin, in which sections are named.
	labelWidth = 9
	defaultTop = 10
)

// margin is what stands in front of lines without a label.
var margin = strings.Repeat(" ", labelWidth)

// Text writes the report for a terminal: verdicts first, then the streams that
// waited, then one stream in detail, then what limits all that. tl feeds the
// chart, and o tells what is known beside the packets; both may be nil.
func Text(w io.Writer, r *analyze.Result, tl *chart.Timeline, o *Outside, opt TextOptions) error {
	t := newTextReport(r, opt)
	t.verdicts()
	if !opt.Quiet {
		t.streams()
		switch st := t.chosen(); {
		case st != nil:
			t.detail(st, tl)
		case t.Stream != nil:
			t.section(heading("Stream"), fmt.Sprintf("there is no stream %d", *t.Stream))
		}
		if o != nil {
			t.outside(o)
		}
		t.footnotes()
		t.frames()
	}
	return t.flush(w)
}

// textReport collects the lines of a report.
type textReport struct {
	TextOptions
	r *analyze.Result
	b strings.Builder
}

func newTextReport(r *analyze.Result, opt TextOptions) *textReport {
	if opt.Width == 0 {
		opt.Width = defaultWidth
	}
	opt.Width = max(opt.Width, minWidth)
	if opt.Top == 0 {
		opt.Top = defaultTop
	}
	return &textReport{TextOptions: opt, r: r}
}

// flush writes the report, with the colours that the terminal has.
func (t *textReport) flush(w io.Writer) error {
	_, err := io.WriteString(w, restyle(t.b.String(), t.Look))
	return err
}

// line writes one line as it is.
func (t *textReport) line(s string) {
	t.b.WriteString(strings.TrimRight(s, " "))
	t.b.WriteByte('\n')
}

func (t *textReport) blank() { t.b.WriteByte('\n') }

// section writes text beside its label, wrapped. A label that does not fit the
// margin pushes the first line to the right.
func (t *textReport) section(label, text string) {
	over := max(columns(label)+1-labelWidth, 0)
	width := min(t.Width, proseWidth) - labelWidth - over
	for i, l := range wrap(Clean(text), width) {
		if i > 0 {
			label, over = "", 0
		}
		t.line(padRight(label, labelWidth+over) + l)
	}
}

// item is a section whose first words, the lead, stand out.
func (t *textReport) item(label, lead, text string) {
	bold := len([]rune(Clean(lead)))
	for i, l := range wrap(Clean(lead)+Clean(text), min(t.Width, proseWidth)-labelWidth) {
		if i > 0 {
			label = ""
		}
		r := []rune(l)
		n := min(max(bold, 0), len(r))
		t.line(padRight(label, labelWidth) + heading(string(r[:n])) + string(r[n:]))
		bold -= len(r) + 1 // the space at which it was broken
	}
}

// verbatim writes what is there to be copied, which is never wrapped.
func (t *textReport) verbatim(lead, text string) {
	t.line(margin + lead + styleCommand.render(Clean(text)))
}

func heading(s string) string { return styleHeading.render(s) }

// elapsed returns how long after the first segment a moment was, in seconds.
func (t *textReport) elapsed(ns int64) string {
	return words.Seconds(since(t.r.Begin, ns)) + " s"
}

// chosen is the stream to show in detail: the one asked for, else the worst, if
// it has any trouble or is the only one.
func (t *textReport) chosen() *analyze.Stream {
	if t.Stream != nil {
		return t.r.Stream(*t.Stream)
	}
	worst := t.r.Worst(1)
	if len(worst) == 0 || t.r.StreamCount > 1 && !worst[0].InTrouble() {
		return nil
	}
	return worst[0]
}

// footnotes are the warnings of the capture; those of a stream stand with it.
func (t *textReport) footnotes() {
	if len(t.r.Warnings) > 0 {
		t.blank()
	}
	t.warnings(t.r.Warnings)
}

func (t *textReport) warnings(ws []analyze.Warning) {
	for i := range ws {
		t.section(label(i, "Beware"), ws[i].Text)
	}
}

// frames tells what became of every frame, and what was odd.
func (t *textReport) frames() {
	t.blank()
	t.section(heading("Frames"), frameSum(t.r))
	for note, n := range t.r.Input.Notes() {
		t.section("", fmt.Sprintf("%s: %s", words.Count(n), note))
	}
}
