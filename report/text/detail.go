package text

import (
	"fmt"
	"math"
	"strings"

	"winwatch/analyze"
	"winwatch/capture/words"
)

// detail writes the main direction of one stream: its endpoints, the chart, the stalls,
// where the time went, and what was inferred.
func (t *writer) detail(st *analyze.Stream) {
	dir := st.Verdict.Dir
	d := &st.Dirs[dir]
	t.blank()
	t.section(heading(fmt.Sprintf("Stream %d", st.ID)), fmt.Sprintf("%s → %s · %s · %s",
		d.Sender, d.Receiver, words.Bytes(d.Bytes), about(st)))
	t.chart(st, dir)
	t.stalls(st, d)
	t.budget(st)
	if t.Verbose {
		t.causes(st)
		t.considered(st)
	}
	t.buffers(d)
	t.warnings(st.Warnings)
}

// label returns the label of a section for item i: only the first item has one.
func label(i int, s string) string {
	if i > 0 {
		return ""
	}
	return heading(s)
}

// handshakes puts what was captured of a handshake into words.
var handshakes = map[analyze.Handshake]string{
	analyze.HandshakeComplete:   "handshake captured",
	analyze.HandshakeSYNOnly:    "only the SYN captured",
	analyze.HandshakeNoSYN:      "SYN not captured",
	analyze.HandshakeNone:       "handshake not captured",
	analyze.HandshakeRefused:    "refused",
	analyze.HandshakeUnanswered: "never answered",
}

// about describes which parts of the stream were captured.
func about(st *analyze.Stream) string {
	parts := []string{handshakes[st.Handshake]}
	if st.RTT != nil {
		parts = append(parts, "RTT "+words.Duration(*st.RTT))
	}
	switch {
	case st.ResetBy != nil && *st.ResetBy == analyze.ClientToServer:
		parts = append(parts, "reset by "+st.Client.String())
	case st.ResetBy != nil:
		parts = append(parts, "reset by "+st.Server.String())
	case st.Closed == analyze.StillOpen:
		parts = append(parts, "still open")
	case st.Closed == analyze.ClosedFIN:
		parts = append(parts, "closed")
	}
	if st.OneSided {
		parts = append(parts, "one side captured")
	}
	return strings.Join(parts, " · ")
}

func (t *writer) chart(st *analyze.Stream, dir analyze.Dir) {
	if t.m.Timeline == nil {
		return
	}
	points, thinned := t.m.Timeline.Points(st.ID)
	d := &st.Dirs[dir]
	margin := labelWidth + 3
	cols := t.Width - margin - 1
	from, to := t.m.Result.Begin+int64(t.From), int64(math.MaxInt64)
	if t.To > 0 {
		to = t.m.Result.Begin + int64(t.To)
	}
	c := newDrawing(points, dir, d, t.m.Result.Begin, from, to, cols, min(max(t.Width/10, 8), 16))
	if c == nil {
		return
	}
	t.blank()
	for _, l := range c.lines(margin) {
		t.line(l)
	}
	t.list(margin, c.legend(d))
	if thinned && t.Verbose {
		t.section("", "the chart is thinned: of the points in a column only the extremes are kept")
	}
	t.blank()
}

// list writes short texts side by side, as many per line as fit.
func (t *writer) list(margin int, parts []string) {
	line := strings.Repeat(" ", margin)
	empty := true
	for _, p := range parts {
		if !empty && len([]rune(line))+2+len([]rune(p)) > t.Width {
			t.line(styleFaint.render(line))
			line, empty = strings.Repeat(" ", margin), true
		}
		if !empty {
			line += "  "
		}
		line, empty = line+p, false
	}
	t.line(styleFaint.render(line))
}
