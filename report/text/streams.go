package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// Tables have room for counts on terminals of at least wideTable columns, and for
// everything from fullTable columns.
const (
	wideTable = 110
	fullTable = 150
)

// streams writes the streams with trouble as a table and all others as one line.
func (t *writer) streams() {
	if t.m.Result.StreamCount < 2 {
		return
	}
	var bad []*analyze.Stream
	for _, st := range t.m.Result.Worst(t.Top) {
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

// others summarizes the streams that the table does not show.
func (t *writer) others(shown int64) {
	var parts []string
	if waited := t.m.Result.StalledStreams - shown; waited > 0 {
		parts = append(parts, words.Counted(waited, "more stream")+" stalled")
	}
	if fine := t.m.Result.StreamCount - max(t.m.Result.StalledStreams, shown); fine > 0 && shown > 0 {
		parts = append(parts, words.Counted(fine, "other stream")+" never waited for a window")
	}
	all := fmt.Sprintf("in all %s, %s of payload, %s", words.Counted(t.m.Result.StreamCount, "stream"), words.Bytes(t.m.Result.Bytes), words.Duration(t.m.Result.Span))
	t.section(heading("Streams"), strings.Join(append(parts, all), "; "))
}

// streamTable writes the table of the given streams: who waited, how long, and for what.
func (t *writer) streamTable(streams []*analyze.Stream) {
	header := []string{"stream", "sender → receiver"}
	if t.Width >= wideTable {
		header = append(header, "payload", "stalls", "probes")
	}
	if t.Width >= fullTable {
		header = append(header, "largest window", "limited by window")
	}
	header = append(header, "lost", "cause")
	rows := make([][]string, len(streams))
	for i, st := range streams {
		rows[i] = t.streamRow(st)
	}
	t.fitEndpoints(header, rows)
	t.table(header, rows, 1, len(header)-1)
}

func (t *writer) streamRow(st *analyze.Stream) []string {
	d := &st.Dirs[st.Verdict.Dir]
	row := []string{strconv.FormatInt(st.ID, 10), d.Sender.String() + " → " + d.Receiver.String()}
	if t.Width >= wideTable {
		row = append(row, words.Count(d.Bytes), words.Count(d.StallCount), words.Count(d.Probes))
	}
	if t.Width >= fullTable {
		row = append(row, windowLimits(d)...)
	}
	return append(row, words.Duration(st.Verdict.Wait), report.Clean(string(st.Verdict.Code)))
}

// windowLimits returns the largest window and the share of time in which the window
// limited the sender.
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

// fitEndpoints shortens the endpoints, which are the second column, in the middle so that
// the table fits.
func (t *writer) fitEndpoints(header []string, rows [][]string) {
	space := t.Width
	for c := range header {
		widest := columns(header[c])
		for _, row := range rows {
			widest = max(widest, columns(row[c]))
		}
		if c != 1 {
			space -= widest + columnGap
		}
	}
	space = max(space, 24)
	for _, row := range rows {
		row[1] = shorten(row[1], space)
	}
}

// shorten cuts the middle out of both endpoints in s: ports and the ends of addresses are
// what distinguishes them.
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
