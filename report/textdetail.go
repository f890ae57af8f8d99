package report

import (
	"fmt"
	"math"
	"strings"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/analyze/words"
)

// detail writes one stream: who, the chart, the stalls, where the time went and
// what was inferred. The direction is the one that waited, or else carried most.
func (t *textReport) detail(st *analyze.Stream, tl *chart.Timeline) {
	dir := st.Verdict.Dir
	d := &st.Dirs[dir]
	t.blank()
	t.section(heading(fmt.Sprintf("Stream %d", st.ID)), fmt.Sprintf("%s → %s · %s · %s",
		d.Sender, d.Receiver, words.Bytes(d.Bytes), about(st)))
	t.chart(st, dir, tl)
	t.stalls(st, d)
	t.budget(&d.Budget)
	t.buffers(d)
	t.warnings(st.Warnings)
}

// label is that of a section, on its first line only.
func label(i int, s string) string {
	if i > 0 {
		return ""
	}
	return heading(s)
}

// about says how much of the stream was captured.
func about(st *analyze.Stream) string {
	handshake := map[analyze.Handshake]string{
		analyze.HandshakeComplete: "handshake captured", analyze.HandshakeSYNOnly: "only the SYN captured",
		analyze.HandshakeNoSYN: "SYN not captured", analyze.HandshakeNone: "handshake not captured",
		analyze.HandshakeRefused: "refused", analyze.HandshakeUnanswered: "never answered",
	}[st.Handshake]
	parts := []string{handshake}
	if st.RTT != nil {
		parts = append(parts, "RTT "+words.Duration(*st.RTT))
	}
	switch {
	case st.ResetBy != nil && *st.ResetBy == analyze.ClientToServer:
		parts = append(parts, "reset by "+st.Client.String())
	case st.ResetBy != nil:
		parts = append(parts, "reset by "+st.Server.String())
	case st.Closed == "open":
		parts = append(parts, "still open")
	case st.Closed == "fin":
		parts = append(parts, "closed")
	}
	if st.OneSided {
		parts = append(parts, "one side captured")
	}
	return strings.Join(parts, " · ")
}

func (t *textReport) chart(st *analyze.Stream, dir analyze.Dir, tl *chart.Timeline) {
	if tl == nil {
		return
	}
	held, thinned := tl.Points(st.ID)
	d := &st.Dirs[dir]
	margin := labelWidth + 3
	cols := t.Width - margin - 1
	from, to := t.r.Begin+int64(t.From), int64(math.MaxInt64)
	if t.To > 0 {
		to = t.r.Begin + int64(t.To)
	}
	c := newDrawing(held, dir, d, t.r.Begin, from, to, cols, min(max(t.Width/10, 8), 16))
	if c == nil {
		return
	}
	t.blank()
	for _, l := range c.lines(margin) {
		t.line(l)
	}
	t.list(margin, c.legend(d))
	if thinned && t.Verbose {
		t.section("", "the chart is thinned: of the points that share a column, the extremes are kept")
	}
	t.blank()
}

// list writes short texts side by side, as many as a line holds.
func (t *textReport) list(margin int, parts []string) {
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
