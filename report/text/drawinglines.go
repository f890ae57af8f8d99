package text

import (
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// row returns one row of the chart, with a style sequence for each run of equal marks.
func (c *drawing) row(row int) string {
	var b, run strings.Builder
	current := styleNone
	flush := func(next style) {
		if run.Len() > 0 {
			b.WriteString(current.render(run.String()))
			run.Reset()
		}
		current = next
	}
	var last rune // the kind of the run: dots, a mark, or empty
	for x := range c.cols {
		r, dots := c.cell(x, row)
		kind := r
		if dots {
			kind = '⠿'
		}
		if kind != last {
			next := styleNone
			switch kind {
			case '⠿':
				next = styleWindow
			case markFlight, markTrace:
				next = styleFlight
			}
			flush(next)
			last = kind
		}
		run.WriteRune(r)
	}
	flush(current)
	return b.String()
}

// cell returns the character of a cell, and whether it is dots of the window.
func (c *drawing) cell(x, row int) (r rune, dots bool) {
	base := float64(c.rows-1-row) / float64(c.rows) * float64(c.top)
	half := float64(c.top) / float64(c.rows) / 2
	v := float64(c.flight[x])
	if r := c.window.at(x, row); r != 0 {
		return r, true
	}
	switch {
	case v >= base+half:
		return markFlight, false
	case v > 0 && row == c.rows-1:
		return markTrace, false
	}
	return ' ', false
}

// lines returns the whole chart; the labels of the y axis take margin columns.
func (c *drawing) lines(margin int) []string {
	var out []string
	label := func(s string) string { return padLeft(s, margin-2) }
	for row := range c.rows {
		l := label("") + " │"
		switch row {
		case 0:
			l = label(words.Count(c.top)) + " ┤"
		case c.rows / 2:
			l = label(words.Count(c.top/2)) + " ┤"
		case c.rows - 1:
			l = label("0") + " ┤"
		}
		out = append(out, l+c.row(row))
	}
	out = append(out, c.timeAxis(margin)...)
	if strings.TrimSpace(string(c.stall)) != "" {
		out = append(out, label("stall")+"  "+marks(c.stall, styleStall))
	}
	if strings.TrimSpace(string(c.probe)) != "" {
		out = append(out, label("probe")+"  "+marks(c.probe, styleProbe))
	}
	return out
}

func marks(row []rune, s style) string {
	return s.render(strings.TrimRight(string(row), " "))
}

// timeAxis returns the line of the axis and the line of its labels.
func (c *drawing) timeAxis(margin int) []string {
	ticks, unit := report.TimeTicks(c.first-c.origin, c.last-c.origin, c.cols/10)
	line := []rune(strings.Repeat("─", c.cols))
	labels := []rune(strings.Repeat(" ", c.cols))
	unitText := []rune(" " + unit)
	copy(labels[c.cols-len(unitText):], unitText)
	free := 0
	for _, tk := range ticks {
		x := c.column(tk.At+c.origin, c.cols)
		line[x] = '┬'
		text := []rune(tk.Label)
		begin := max(x-len(text)/2, 0)
		if begin < free || begin+len(text) > c.cols-len(unitText) {
			continue
		}
		copy(labels[begin:], text)
		free = begin + len(text) + 1
	}
	return []string{
		strings.Repeat(" ", margin-1) + "└" + string(line),
		strings.Repeat(" ", margin) + string(labels),
	}
}

// legend explains the marks that the chart contains.
func (c *drawing) legend(d *analyze.Direction) []string {
	window := fmt.Sprintf("⠉⠉ window that %s advertises, bytes", d.Receiver)
	if c.raw {
		window = fmt.Sprintf("⠉⠉ window field of %s, unscaled: the scale is unknown", d.Receiver)
	}
	parts := []string{window}
	if slices.ContainsFunc(c.flight, func(v int64) bool { return v > 0 }) {
		parts = append(parts, fmt.Sprintf("%c in flight (%c a little)", markFlight, markTrace))
	}
	if slices.Contains(c.stall, markZero) {
		parts = append(parts, fmt.Sprintf("%c zero window", markZero))
	}
	if slices.Contains(c.stall, markSmall) {
		parts = append(parts, fmt.Sprintf("%c window too small", markSmall))
	}
	if slices.Contains(c.probe, markAnswered) {
		parts = append(parts, fmt.Sprintf("%c probe answered", markAnswered))
	}
	if slices.Contains(c.probe, markSilent) {
		parts = append(parts, fmt.Sprintf("%c probe not answered", markSilent))
	}
	return parts
}
