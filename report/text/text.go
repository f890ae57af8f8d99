// Package text writes reports for people at a terminal: findings first, then the evidence.
package text

import (
	"fmt"
	"io"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// Options select what a report shows, and describe the terminal.
type Options struct {
	// Width is the width of the terminal in characters; 0 means 80, the least.
	Width int
	// Look is what the terminal can show; the zero value is plain text.
	Look Look
	// Top is the number of streams to list; 0 means 10.
	Top int
	// Stream is the number of the stream to show in detail; nil means the worst.
	Stream *int64
	// From and To narrow the chart and the stalls to a span of time since the first
	// segment; To 0 means the end.
	From, To time.Duration
	// Quiet shows only the verdicts. Verbose adds every probe and how each number was
	// obtained.
	Quiet, Verbose bool
	// Wireshark adds the display filter of each finding.
	Wireshark bool
}

const (
	minWidth     = 80
	defaultWidth = 80
	// proseWidth is the longest line of text that is comfortable to read.
	proseWidth = 110
	// labelWidth is the width of the left margin, which holds the names of sections.
	labelWidth = 9
	defaultTop = 10
)

// margin precedes lines without a label.
var margin = strings.Repeat(" ", labelWidth)

// Write writes the report: verdicts first, then the streams that waited, then one stream
// in detail, then the limits of these statements. The report of an experiment begins with
// what it shows.
func Write(w io.Writer, m *report.Material, opt Options) error {
	t := newWriter(m, opt)
	if m.Witness != nil && !opt.Quiet {
		t.lesson(m)
	}
	t.verdicts()
	if !opt.Quiet {
		t.streams()
		if m.Proof != nil {
			t.proof(m.Proof)
		}
		switch st := t.chosen(); {
		case st != nil:
			t.detail(st)
		case t.Stream != nil:
			t.section(heading("Stream"), fmt.Sprintf("there is no stream %d", *t.Stream))
		}
		if m.Witness != nil {
			t.blocked(m.Witness)
		}
		if m.Accepted != nil {
			t.accepted(m.Accepted)
		}
		t.footnotes()
		t.frames()
	}
	return t.flush(w)
}

// writer collects the lines of a report.
type writer struct {
	Options
	m     *report.Material
	clock report.Clock
	// said is what the report says only once.
	said map[string]bool
	b    strings.Builder
}

func newWriter(m *report.Material, opt Options) *writer {
	if opt.Width == 0 {
		opt.Width = defaultWidth
	}
	opt.Width = max(opt.Width, minWidth)
	if opt.Top == 0 {
		opt.Top = defaultTop
	}
	return &writer{Options: opt, m: m, clock: report.NewClock(m.Result), said: map[string]bool{}}
}

// flush writes the report in the colours that the terminal can show.
func (t *writer) flush(w io.Writer) error {
	_, err := io.WriteString(w, restyle(t.b.String(), t.Look))
	return err
}

// line writes one line unchanged, but for trailing spaces.
func (t *writer) line(s string) {
	t.b.WriteString(strings.TrimRight(s, " "))
	t.b.WriteByte('\n')
}

func (t *writer) blank() { t.b.WriteByte('\n') }

// section writes wrapped text next to its label. A label wider than the margin shifts the
// first line to the right.
func (t *writer) section(label, text string) {
	over := max(columns(label)+1-labelWidth, 0)
	width := min(t.Width, proseWidth) - labelWidth - over
	for i, l := range wrap(report.Clean(text), width) {
		if i > 0 {
			label, over = "", 0
		}
		t.line(padRight(label, labelWidth+over) + l)
	}
}

// item writes a section whose lead, the first words, is highlighted.
func (t *writer) item(label, lead, text string) {
	bold := len([]rune(report.Clean(lead)))
	for i, l := range wrap(report.Clean(lead)+report.Clean(text), min(t.Width, proseWidth)-labelWidth) {
		if i > 0 {
			label = ""
		}
		r := []rune(l)
		n := min(max(bold, 0), len(r))
		t.line(padRight(label, labelWidth) + heading(string(r[:n])) + string(r[n:]))
		bold -= len(r) + 1 // 1 for the space at the line break
	}
}

// verbatim writes text for the user to copy, which is never wrapped.
func (t *writer) verbatim(lead, text string) {
	t.line(margin + lead + styleCommand.render(report.Clean(text)))
}

func heading(s string) string { return styleHeading.render(s) }

// elapsed returns the time from the first segment to ns, in seconds.
func (t *writer) elapsed(ns int64) string {
	return words.Seconds(report.Since(t.m.Result.Begin, ns)) + " s"
}

// chosen returns the stream to show in detail: the requested one or, by default, the
// worst, if it has any trouble or is the only one.
func (t *writer) chosen() *analyze.Stream {
	if t.Stream != nil {
		return t.m.Result.Stream(*t.Stream)
	}
	worst, ok := t.m.Result.WorstStream()
	if !ok || t.m.Result.StreamCount > 1 && !worst.InTrouble() {
		return nil
	}
	return worst
}

// footnotes writes the warnings about the capture; those about a stream are shown with it.
func (t *writer) footnotes() {
	if len(t.m.Result.Warnings) > 0 {
		t.blank()
	}
	t.warnings(t.m.Result.Warnings)
}

func (t *writer) warnings(ws []analyze.Warning) {
	for i := range ws {
		t.section(label(i, "Beware"), ws[i].Text)
	}
}

// frames accounts for every frame and lists oddities.
func (t *writer) frames() {
	t.blank()
	t.section(heading("Frames"), report.FrameSum(t.m.Result))
	for note, n := range t.m.Result.Input.Notes() {
		t.section("", fmt.Sprintf("%s: %s", words.Count(n), note))
	}
}
