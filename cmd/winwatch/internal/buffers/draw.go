package buffers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"winwatch/capture/kernel"
)

// Look says what the terminal can show.
type Look struct {
	// Unicode permits block elements, Colour the terminal's own 16 colours.
	Unicode, Colour bool
}

const (
	// minWidth is the narrowest terminal on which bars are drawn.
	minWidth = 60
	// pipeWidth is the narrowest terminal with room for both buffers side by side.
	pipeWidth = 80
	// maxWidth is where longer bars would show nothing more.
	maxWidth = 132
	// sentenceLines are the lines that the longest sentence takes with, and without, room
	// for both buffers side by side.
	sentenceLines, narrowLines = 2, 3
)

// Draw returns the picture as lines without line feeds that fit on a terminal of this
// size, in columns and lines. The last column stays free: writing there moves the
// cursor on some terminals.
func Draw(v *View, look Look, width, height int) []string {
	p := painter{look: look, width: min(width, maxWidth) - 1}
	now := p.said(v.Elapsed, v.Now.Text, bold)
	most := sentenceLines
	if width < pipeWidth {
		most = narrowLines
	}
	for len(now) < most {
		now = append(now, "")
	}
	now = now[:most]
	var pictures [][]string
	if width >= minWidth {
		bars := p.table(v)
		if width >= pipeWidth {
			bars = p.pipe(v)
		}
		pictures = [][]string{
			slices.Concat(now, []string{""}, bars, []string{""}, p.legend(v.To.End)),
			slices.Concat(now, bars),
		}
	}
	for _, lines := range append(pictures, now) {
		if len(lines) < height {
			return lines
		}
	}
	return now[:1]
}

// painter draws pictures of one width.
type painter struct {
	look  Look
	width int
}

// Styles, as parameters of SGR sequences (ECMA-48 8.3.117). Colour never carries meaning
// of its own.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (p *painter) style(sgr, text string) string {
	if text == "" || sgr == "" || !p.look.Colour && sgr != bold && sgr != faint {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[m"
}

// marks are the characters of bars.
type marks struct{ data, half, memory, flight, window, rest, side, right, down string }

func (p *painter) marks() marks {
	if p.look.Unicode {
		// All of them are also in the fonts of the Linux console.
		return marks{data: "█", half: "▌", memory: "▒", flight: "▓", window: "░", rest: "·", side: "│", right: "→", down: "↓"}
	}
	return marks{data: "#", half: "", memory: "+", flight: "=", window: "-", rest: ".", side: "|", right: ">", down: "v"}
}

// legend explains the marks and the words.
func (p *painter) legend(receiver kernel.End) []string {
	m := p.marks()
	entries := []struct{ mark, style, text string }{
		{m.data, green, "data"},
		{m.memory, faint, "other memory in use"},
		{m.flight, yellow, "in flight: not yet acknowledged"},
		{m.window, cyan, "window: what the " + receiver.String() + "'s kernel still offers to take"},
	}
	var lines []string
	line := ""
	for _, e := range entries {
		text := p.style(e.style, e.mark) + " " + p.style(faint, e.text)
		if line != "" && ansi.StringWidth(line+"  "+text) > p.width {
			lines, line = append(lines, line), ""
		}
		line += "  " + text
	}
	return append(lines, line)
}

// said returns what was said at a time.
func (p *painter) said(at time.Duration, sentence, sgr string) []string {
	return p.wrap(fmt.Sprintf("%5.1f s  ", at.Seconds()), sentence, sgr)
}

// wrap breaks text into lines that begin below its first one, which follows lead.
func (p *painter) wrap(lead, text, sgr string) []string {
	var lines []string
	for line := range strings.SplitSeq(ansi.Wordwrap(text, p.width-len(lead), ""), "\n") {
		lines = append(lines, lead+p.style(sgr, strings.TrimSpace(line)))
		lead = strings.Repeat(" ", len(lead))
	}
	return lines
}

// tank draws a buffer of this many columns.
func (p *painter) tank(t Tank, columns int) string {
	m, inner := p.marks(), columns-2
	data, memory := 0, 0 // in half columns
	if t.Size > 0 {
		data = halves(t.Data, t.Size, inner)
		memory = max(halves(t.Memory, t.Size, inner), data)
	}
	bar := strings.Repeat(m.data, data/2)
	if data%2 == 1 {
		if half := m.half; half != "" {
			bar += half
		} else {
			bar += m.data
		}
	}
	used := (data + 1) / 2
	bar = p.style(green, bar) + p.style(faint, strings.Repeat(m.memory, max((memory+1)/2-used, 0)))
	return m.side + pad(bar, inner) + m.side
}

// window draws the window, as a part of the largest one, and what is in flight within.
func (p *painter) window(w Window, columns int) string {
	m := p.marks()
	if w.Offered < 0 {
		return pad("", columns)
	}
	offered, flight := 0, 0
	if w.Largest > 0 {
		offered = (halves(w.Offered, w.Largest, columns) + 1) / 2
		flight = min((halves(w.InFlight, w.Largest, columns)+1)/2, columns)
	}
	offered = max(offered, flight)
	return p.style(yellow, strings.Repeat(m.flight, flight)) +
		p.style(cyan, strings.Repeat(m.window, offered-flight)) +
		p.style(faint, strings.Repeat(m.rest, columns-offered))
}

// halves returns how many half columns of so many columns show n of size: at least one
// if n is not 0.
func halves(n, size int64, columns int) int {
	full := int64(2 * columns)
	switch {
	case n <= 0:
		return 0
	case n >= size:
		return int(full)
	}
	return int(max((n*full+size/2)/size, 1))
}

// Captions of a tank and of the window: two lines each, empty where nothing is known.

func (t Tank) fill() string {
	if t.Memory < 0 || t.Size <= 0 {
		return ""
	}
	unit, div := unitOf(t.Size)
	return fmt.Sprintf("%s of %s %s", short(t.Memory, div), short(t.Size, div), unit)
}

func (t Tank) rest(what string) string {
	if t.Rest < 0 {
		return ""
	}
	return size(t.Rest) + " " + what
}

func (w Window) offer() string {
	switch {
	case w.Offered == 0:
		return "0: closed"
	case w.Offered < 0:
		return ""
	}
	return "offers " + size(w.Offered)
}

func (w Window) flight() string {
	if w.InFlight < 0 {
		return ""
	}
	return size(w.InFlight) + " in flight"
}

// state says what a call does that has not returned.
func (p *painter) state(waits bool, what string) string {
	if !waits {
		return ""
	}
	return p.style(red, what)
}

// size writes bytes with at most three digits: what changes at every
// picture must be read at a glance.
func size(n int64) string {
	if n == kernel.Unknown {
		return ""
	}
	unit, div := unitOf(n)
	return short(n, div) + " " + unit
}

func unitOf(n int64) (string, int64) {
	switch {
	case n < 1000:
		return "B", 1
	case n < 1000<<10:
		return "KiB", 1 << 10
	case n < 1000<<20:
		return "MiB", 1 << 20
	}
	return "GiB", 1 << 30
}

// short writes n in units of div, with a decimal where there are few digits.
func short(n, div int64) string {
	v := float64(n) / float64(div)
	switch {
	case n > 0 && v < 0.05:
		return "<0.1"
	case div > 1 && n > 0 && v < 9.95:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// pad appends spaces up to a width, or cuts the text.
func pad(text string, width int) string {
	text = ansi.Truncate(text, max(width, 0), "")
	return text + strings.Repeat(" ", max(width-ansi.StringWidth(text), 0))
}
