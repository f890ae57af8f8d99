package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/words"
)

// From wideTable columns on, tables have room for names, and from fullTable on
// for everything.
const (
	wideTable = 110
	fullTable = 150
)

// streams writes the streams with trouble as a table, and all the others as one
// line.
func (t *textReport) streams() {
	if t.r.StreamCount < 2 {
		return
	}
	var bad []*analyze.Stream
	for _, st := range t.r.Worst(t.Top) {
		if st.InTrouble() {
			bad = append(bad, st)
		}
	}
	if len(bad) > 0 {
		t.blank()
		t.streamTable(bad)
	}
	t.blank()
	t.others(int64(len(bad)))
}

// others sums up the streams that the table does not show.
func (t *textReport) others(shown int64) {
	var parts []string
	if waited := t.r.StalledStreams - shown; waited > 0 {
		parts = append(parts, words.Counted(waited, "more stream")+" stalled")
	}
	if fine := t.r.StreamCount - max(t.r.StalledStreams, shown); fine > 0 && shown > 0 {
		parts = append(parts, words.Counted(fine, "other stream")+" never waited for a window")
	}
	all := fmt.Sprintf("in all %s, %s of payload, %s", words.Counted(t.r.StreamCount, "stream"), words.Bytes(t.r.Bytes), words.Duration(t.r.Span))
	t.section(heading("Streams"), strings.Join(append(parts, all), "; "))
}

// streamTable writes the table of the given streams.
func (t *textReport) streamTable(streams []*analyze.Stream) {
	header := []string{"stream", "sender → receiver", "payload", "stalled", "stalls", "probes"}
	if t.Width >= fullTable {
		header = append(header, "largest window", "limited by window")
	}
	if t.Width >= wideTable {
		header = append(header, "finding")
	}
	rows := make([][]string, len(streams))
	for i, st := range streams {
		rows[i] = t.streamRow(st)
	}
	t.fitEndpoints(header, rows)
	left := []int{1}
	if t.Width >= wideTable {
		left = append(left, len(header)-1)
	}
	t.table(header, rows, left...)
}

func (t *textReport) streamRow(st *analyze.Stream) []string {
	d := &st.Dirs[st.Verdict.Dir]
	row := []string{
		strconv.FormatInt(st.ID, 10), d.Sender.String() + " → " + d.Receiver.String(),
		words.Count(d.Bytes), words.Duration(d.StallTime), words.Count(d.StallCount), words.Count(d.Probes),
	}
	if t.Width >= fullTable {
		row = append(row, windowLimits(d)...)
	}
	if t.Width >= wideTable {
		row = append(row, Clean(string(st.Verdict.Code)))
	}
	return row
}

// windowLimits returns the largest window, and the share of the time in which
// the window held the sender back.
func windowLimits(d *analyze.Direction) []string {
	window, limited := "unknown", "unknown"
	if d.Window.Largest != nil {
		window = words.Count(*d.Window.Largest)
	}
	if b := &d.Budget; b.Total > 0 {
		limited = words.Percent(words.Percentages([]time.Duration{b.ReceiverLimited(), b.Total - b.ReceiverLimited()}, b.Total)[0])
	}
	return []string{window, limited}
}

// fitEndpoints shortens the endpoints in the middle so that the table fits. The
// column of the endpoints is the second.
func (t *textReport) fitEndpoints(header []string, rows [][]string) {
	room := t.Width
	for c := range header {
		widest := columns(header[c])
		for _, row := range rows {
			widest = max(widest, columns(row[c]))
		}
		if c != 1 {
			room -= widest + columnGap
		}
	}
	room = max(room, 24)
	for _, row := range rows {
		row[1] = shorten(row[1], room)
	}
}

// shorten cuts the middle out of s: of two endpoints, ports and the ends of the
// addresses are what tells them apart.
func shorten(s string, width int) string {
	from, to, ok := strings.Cut(s, " → ")
	if !ok || columns(s) <= width {
		return s
	}
	each := (width - 3) / 2
	left, right := min(columns(from), each), min(columns(to), each)
	left, right = max(left, width-3-columns(to)), max(right, width-3-columns(from))
	left, right = min(left, width-3-right), min(right, width-3-left)
	return shortenOne(from, left) + " → " + shortenOne(to, right)
}

func shortenOne(s string, width int) string {
	if len(s) <= width {
		return s
	}
	head := (width - 1) / 3
	return s[:head] + "…" + s[len(s)-(width-1-head):]
}
