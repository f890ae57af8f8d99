package text

import (
	"fmt"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/words"
)

// waitMarks are the marks of causes in the bar, the longest first. Those that cost nobody
// time have marks of their own.
var (
	waitMarks = [...]string{"█", "▓", "▒", "#", "%", "&", "+", "~"}
	restMarks = map[cause.Code]string{cause.Healthy: "=", cause.SenderIdle: "·", cause.CannotTell: "?"}
)

// barStyle returns the style of a cause in the bar.
func barStyle(f *cause.Finding) style {
	switch {
	case f.Severity >= cause.Warning:
		return styleStall
	case f.Severity == cause.Note:
		return styleProbe
	case f.Code == cause.Healthy:
		return styleWindow
	}
	return styleFaint
}

// shares returns the shares of causes in the time of their stream, in tenths of a percent,
// and that time.
func shares(causes []cause.Finding) (tenths []int, total time.Duration) {
	spans := make([]time.Duration, len(causes))
	for i := range causes {
		spans[i] = causes[i].Wait
		total += spans[i]
	}
	return words.Percentages(spans, total), total
}

// budget writes which causes explain the time of a stream: a bar with one mark per cause,
// waits first, and the same in percent. What would be 0.0% is left out.
func (t *writer) budget(st *analyze.Stream) {
	tenths, total := shares(st.Causes)
	if total <= 0 {
		return
	}
	lengths := barLengths(tenths, min(t.Width, proseWidth)-labelWidth)
	var waits, rest, waitNames, restNames []string
	for i := range st.Causes {
		f := &st.Causes[i]
		if tenths[i] == 0 {
			continue
		}
		mark, isRest := restMarks[f.Code]
		if !isRest {
			mark = waitMarks[min(len(waits), len(waitMarks)-1)]
		}
		bar := barStyle(f).render(strings.Repeat(mark, lengths[i]))
		name := fmt.Sprintf("%s %s%s %s", mark, f.Code, otherWay(st, f.Flow), words.Percent(tenths[i]))
		if isRest {
			rest, restNames = append(rest, bar), append(restNames, name)
		} else {
			waits, waitNames = append(waits, bar), append(waitNames, name)
		}
	}
	t.line(padRight(heading("Time"), labelWidth) + strings.Join(append(waits, rest...), ""))
	t.list(labelWidth, append(append(waitNames, restNames...), "of "+words.Duration(total)))
}

// otherWay marks what is about the direction that the verdict is not about.
func otherWay(st *analyze.Stream, flow int) string {
	if analyze.Dir(flow) == st.Verdict.Dir {
		return ""
	}
	return " (data from " + st.Dirs[flow].Sender.String() + ")"
}

// causes writes what the causes that cost time have to say, except for the verdict, which
// the report begins with.
func (t *writer) causes(st *analyze.Stream) {
	tenths, _ := shares(st.Causes)
	first := true
	for i := range st.Causes {
		f := &st.Causes[i]
		if tenths[i] == 0 || f.Party == cause.Nobody || f.Code == st.Verdict.Code && f.Flow == int(st.Verdict.Dir) {
			continue
		}
		text := fmt.Sprintf(" %s: %s (%s, %s confidence)", words.Percent(tenths[i]), f.Sentence, f.Party.Words(), f.Confidence)
		t.item(firstLabel(&first, "Causes"), string(f.Code), text)
	}
}

// considered writes the causes that fell, and why.
func (t *writer) considered(st *analyze.Stream) {
	first := true
	for i := range st.Considered {
		c := &st.Considered[i]
		t.item(firstLabel(&first, "Fell"), string(c.Code), otherWay(st, c.Flow)+": "+c.Why)
	}
}

// firstLabel returns the label of a section for its first item.
func firstLabel(first *bool, s string) string {
	if !*first {
		return ""
	}
	*first = false
	return heading(s)
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
