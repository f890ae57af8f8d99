package text

import (
	"slices"
	"strings"
)

// columnGap is the number of spaces between two columns.
const columnGap = 2

// plainTable returns the lines of a table without rules, and its width. The columns listed
// in left are aligned left; the others hold numbers and are aligned right.
func plainTable(header []string, rows [][]string, left ...int) (lines []string, width int) {
	widths := make([]int, len(header))
	for c := range header {
		widths[c] = columns(header[c])
		for _, row := range rows {
			widths[c] = max(widths[c], columns(row[c]))
		}
		width += widths[c] + columnGap
	}
	line := func(row []string) string {
		var b strings.Builder
		for c, cell := range row {
			if c > 0 {
				b.WriteString(spaces(columnGap))
			}
			if slices.Contains(left, c) {
				b.WriteString(padRight(cell, widths[c]))
			} else {
				b.WriteString(padLeft(cell, widths[c]))
			}
		}
		return strings.TrimRight(b.String(), " ")
	}
	lines = append(lines, styleFaint.render(line(header)))
	for _, row := range rows {
		lines = append(lines, line(row))
	}
	return lines, width - columnGap
}

// table writes a table after the margin or, if it is too wide for that, as far to the left
// as necessary.
func (t *writer) table(header []string, rows [][]string, left ...int) {
	lines, width := plainTable(header, rows, left...)
	indent := min(labelWidth, t.Width-width)
	for _, l := range lines {
		t.line(spaces(indent) + l)
	}
}
