package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"

	"winwatch/analyze"
)

// TextOptions say what of the result is shown, and for what terminal.
type TextOptions struct {
	// Width is that of the terminal in characters; 0 is 80.
	Width int
	// Profile is what the terminal can show (colorprofile.Detect finds out, and
	// honours NO_COLOR). The zero value gives plain text.
	Profile colorprofile.Profile
	// Top is how many streams are listed; 0 is 10.
	Top int
	// Stream is the one to show in detail; nil is the worst.
	Stream *int64
	// From and To narrow the chart and the stalls to a span of time, counted
	// from the first segment; To 0 is the end.
	From, To time.Duration
	// Quiet leaves only the verdicts, Verbose adds every probe and how each
	// number was obtained.
	Quiet, Verbose bool
	// Wireshark adds the display filter of each finding.
	Wireshark bool
}

const (
	minWidth     = 60
	defaultWidth = 80
	// proseWidth is as wide as a line of text is comfortable to read.
	proseWidth = 110
	// labelWidth is that of the left margin, in which sections are named.
	labelWidth = 9
	defaultTop = 10
)

// Text writes the report for a terminal: verdicts first, then the streams that
// waited, then one stream in detail, then what limits all that. tl feeds the
// chart, and o tells what is known beside the packets; both may be nil.
func Text(w io.Writer, r *analyze.Result, tl *analyze.Timeline, o *Outside, opt TextOptions) error {
	t := newTextReport(r, opt)
	t.verdicts()
	if !opt.Quiet {
		t.streams()
		if st := t.chosen(); st != nil {
			t.detail(st, tl)
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
	profile := t.Profile
	if profile == colorprofile.Unknown {
		profile = colorprofile.NoTTY
	}
	_, err := io.WriteString(&colorprofile.Writer{Forward: w, Profile: profile}, t.b.String())
	return err
}

// line writes one line as it is.
func (t *textReport) line(s string) {
	t.b.WriteString(strings.TrimRight(s, " "))
	t.b.WriteByte('\n')
}

func (t *textReport) blank() { t.b.WriteByte('\n') }

// section writes text beside its label, wrapped; label must fit the margin.
func (t *textReport) section(label, text string) {
	width := min(t.Width, proseWidth) - labelWidth
	for i, l := range wrap(clean(text), width) {
		if i > 0 {
			label = ""
		}
		t.line(padRight(label, labelWidth) + l)
	}
}

// verbatim writes what is there to be copied, which is never wrapped.
func (t *textReport) verbatim(lead, text string) {
	t.line(strings.Repeat(" ", labelWidth) + lead + styleCommand.Render(clean(text)))
}

func heading(s string) string { return styleHeading.Render(s) }

// elapsed returns how long after the first segment a moment was, in seconds.
func (t *textReport) elapsed(ns int64) string {
	return inSeconds(since(t.r.Begin, ns)) + " s"
}

// chosen is the stream to show in detail: the one asked for, else the worst, if
// it has any trouble or is the only one.
func (t *textReport) chosen() *analyze.Stream {
	if t.Stream != nil {
		return t.r.Stream(*t.Stream)
	}
	worst := t.r.Worst(1)
	if len(worst) == 0 || t.r.StreamCount > 1 && !troubled(worst[0]) {
		return nil
	}
	return worst[0]
}

func troubled(st *analyze.Stream) bool {
	return st.Verdict.Severity > analyze.SeverityOK || st.Dirs[0].StallCount+st.Dirs[1].StallCount > 0
}

// footnotes are the warnings of the capture; those of a stream stand with it.
func (t *textReport) footnotes() {
	if len(t.r.Warnings) == 0 && t.r.Retired.Streams == 0 {
		return
	}
	t.blank()
	label := heading("Beware")
	for i := range t.r.Warnings {
		t.section(label, warningText(&t.r.Warnings[i]))
		label = ""
	}
	if re := &t.r.Retired; re.Streams > 0 {
		t.section(label, fmt.Sprintf("%s let go to bound the memory: %s, %s of payload; %s of them had stalled",
			was(re.Streams, "stream"), counted(re.Segments, "segment"), inBytes(re.Bytes), groupDigits(re.Stalled)))
	}
}

func was(n int64, noun string) string {
	if n == 1 {
		return counted(n, noun) + " was"
	}
	return counted(n, noun) + " were"
}

func warningText(w *analyze.Warning) string {
	text := w.Text
	switch {
	case w.Frame != 0 && w.Count > 1:
		text += fmt.Sprintf(" (%s times, first at frame %d)", groupDigits(w.Count), w.Frame)
	case w.Frame != 0:
		text += fmt.Sprintf(" (frame %d)", w.Frame)
	case w.Count > 1:
		text += fmt.Sprintf(" (%s times)", groupDigits(w.Count))
	}
	return text
}

// frames accounts for every frame of the input: the sum must be seen to hold.
func (t *textReport) frames() {
	in := &t.r.Input
	t.blank()
	text := fmt.Sprintf("%s = %s analyzed", counted(in.Frames, "frame"), groupDigits(int64(t.r.Segments)))
	if in.Segments > t.r.Segments {
		text += fmt.Sprintf(" + %s left out", groupDigits(int64(in.Segments-t.r.Segments)))
	}
	for reason, n := range in.Skips() {
		text += fmt.Sprintf(" + %s %s", groupDigits(int64(n)), reason)
	}
	t.section(heading("Frames"), text)
	for note, n := range in.Notes() {
		t.section("", fmt.Sprintf("%s: %s", groupDigits(int64(n)), note))
	}
}
