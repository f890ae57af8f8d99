package text

import (
	"fmt"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/words"
)

// budget writes how a direction spent its time: a bar with one mark per class, and the
// same in percent.
func (t *writer) budget(b *analyze.Budget) {
	if b.Total <= 0 {
		return
	}
	classes := []struct {
		name  string
		mark  string
		span  time.Duration
		style style
	}{
		{"zero window", "█", b.ZeroWindow, styleStall},
		{"window too small", "▓", b.SmallWindow, styleStall},
		{"window full", "▒", b.WindowFull, styleProbe},
		{"network", "=", b.Network, styleWindow},
		{"sender idle", "·", b.SenderIdle, styleFaint},
		{"not judged", "?", b.Unjudged, styleFaint},
	}
	spans := make([]time.Duration, len(classes))
	for i := range classes {
		spans[i] = classes[i].span
	}
	tenths := words.Percentages(spans, b.Total)
	width := min(t.Width, proseWidth) - labelWidth
	lengths := barLengths(tenths, width)
	var bar strings.Builder
	var parts []string
	for i, c := range classes {
		bar.WriteString(c.style.render(strings.Repeat(c.mark, lengths[i])))
		if c.span > 0 {
			parts = append(parts, fmt.Sprintf("%s %s %s", c.mark, c.name, words.Percent(tenths[i])))
		}
	}
	t.line(padRight(heading("Time"), labelWidth) + bar.String())
	t.list(labelWidth, append(parts, "of "+words.Duration(b.Total)))
}

// barLengths divides width in proportion to tenths of a percent. Everything above zero gets
// at least one character.
func barLengths(tenths []int, width int) []int {
	out := make([]int, len(tenths))
	used, largest := 0, 0
	for i, n := range tenths {
		if n > 0 {
			out[i] = max(n*width/1000, 1)
		}
		used += out[i]
		if out[i] > out[largest] {
			largest = i
		}
	}
	if used > 0 {
		out[largest] = max(out[largest]+width-used, 0)
	}
	return out
}
