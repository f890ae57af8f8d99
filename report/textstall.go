package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"winwatch/analyze"
)

// maxStalls is how many stalls are told of one by one, the longest ones, and
// maxGaps how many gaps between probes are listed.
const (
	maxStalls = 4
	maxGaps   = 12
)

// stalls writes the stalls of a direction in the order of time.
func (t *textReport) stalls(st *analyze.Stream, d *analyze.Direction) {
	var in []*analyze.Stall
	for i := range d.Stalls {
		if t.inRange(&d.Stalls[i]) {
			in = append(in, &d.Stalls[i])
		}
	}
	shown := in
	if !t.Verbose && len(in) > maxStalls {
		shown = longest(in, maxStalls)
	}
	for _, s := range shown {
		t.stall(s)
		if t.Wireshark {
			t.verbatim("Wireshark: ", stallFilter(st.ID, s))
		}
	}
	if more := d.StallCount - int64(len(shown)); more > 0 {
		t.section("", fmt.Sprintf("%s in this direction, %s in all; the longest are listed",
			counted(d.StallCount, "stall"), inTime(d.StallTime)))
	}
}

func (t *textReport) inRange(s *analyze.Stall) bool {
	if t.To > 0 && since(t.r.Begin, s.Begin) > t.To {
		return false
	}
	return since(t.r.Begin, s.End) >= t.From
}

// longest returns the n longest of the stalls, in the order of time.
func longest(stalls []*analyze.Stall, n int) []*analyze.Stall {
	var out []*analyze.Stall
	for _, s := range stalls {
		longer := 0
		for _, o := range stalls {
			if o.Duration > s.Duration || o.Duration == s.Duration && o.Begin < s.Begin {
				longer++
			}
		}
		if longer < n {
			out = append(out, s)
		}
	}
	return out
}

func (t *textReport) stall(s *analyze.Stall) {
	t.section(heading("Stall"), t.stallSpan(s))
	facts := ""
	if unread := estimated(&s.Unread, inBytes); unread != "" {
		facts = unread + " unread when it began"
	}
	if s.WindowAtBegin != nil && *s.WindowAtBegin > 0 {
		facts = join(facts, "the window was still "+inBytes(*s.WindowAtBegin)+", too small to send into")
	}
	if s.Released != nil {
		facts = join(facts, inBytes(*s.Released)+" came out after it")
	}
	if facts != "" {
		t.section("", facts)
	}
	t.probes(s)
	if s.Blame != "" {
		t.section("", s.Blame)
	}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// stallSpan says when a stall was, and how it ended.
func (t *textReport) stallSpan(s *analyze.Stall) string {
	from := fmt.Sprintf("from %s (frame %d)", t.elapsed(s.Begin), s.BeginFrame)
	if s.BeganBeforeCapture {
		from = "since before the capture"
	}
	if s.EndedBy == analyze.EndCaptureEnded {
		return fmt.Sprintf("%s for at least %s: still on when the capture ended", from, inTime(s.Duration))
	}
	long := "for "
	if s.BeganBeforeCapture {
		long = "for at least "
	}
	return fmt.Sprintf("%s %s%s: %s", from, long, inTime(s.Duration), stallEnd(s))
}

func stallEnd(s *analyze.Stall) string {
	how := map[analyze.StallEnd]string{
		analyze.EndWindowUpdate: "a window update ended it", analyze.EndProbeAnswer: "the answer to a probe ended it",
		analyze.EndDataAccepted: "data sent all the same was accepted", analyze.EndResetByReceiver: "the receiver reset the stream",
		analyze.EndResetBySender: "the sender reset the stream", analyze.EndFIN: "the sender closed the stream",
		analyze.EndGaveUp: "the sender gave up",
	}[s.EndedBy]
	if s.EndFrame == 0 {
		return how
	}
	return fmt.Sprintf("%s (frame %d)", how, s.EndFrame)
}

// probes writes the gaps of a stall's probes on one line or, if verbose, each
// probe on its own.
func (t *textReport) probes(s *analyze.Stall) {
	if s.ProbeCount == 0 {
		return
	}
	text := fmt.Sprintf("%s (%s), gaps %s", counted(s.ProbeCount, "probe"), forms(s.Probes), gaps(s))
	if s.Backoff > 0 {
		text += ", each " + strconv.FormatFloat(s.Backoff, 'f', 2, 64) + " × the one before"
	}
	t.section("", text)
	if silent := silences(s.Probes); silent != "" {
		t.section("", silent)
	}
	if s.NextProbeDue != nil {
		t.section("", fmt.Sprintf("next probe due at %s: so long would the wait be if the window update got lost", t.elapsed(*s.NextProbeDue)))
	}
	if t.Verbose {
		t.probeTable(s)
	}
}

func forms(probes []analyze.Probe) string {
	var names []string
	seen := map[analyze.ProbeForm]bool{}
	for i := range probes {
		if f := probes[i].Form; !seen[f] {
			seen[f] = true
			names = append(names, string(f))
		}
	}
	return strings.Join(names, ", ")
}

func gaps(s *analyze.Stall) string {
	var out []string
	for i := range s.Probes {
		if len(s.Probes) > maxGaps && i == maxGaps/2 {
			out = append(out, "…")
		}
		if len(s.Probes) > maxGaps && i >= maxGaps/2 && i < len(s.Probes)-maxGaps/2 {
			continue
		}
		out = append(out, inSeconds(s.Probes[i].Gap))
	}
	return strings.Join(out, " ") + " s"
}

// silences says which probes had no answer, and why.
func silences(probes []analyze.Probe) string {
	why := map[string]string{
		"rate-limited": "fits a receiver that answers at most once in 500 ms",
		"peer-silent":  "the receiver is silent", "one-sided": "the receiver's side was not captured",
	}
	var order []string
	frames := map[string][]string{}
	for i := range probes {
		p := &probes[i]
		if p.AnswerFrame != 0 {
			continue
		}
		if frames[p.Silence] == nil {
			order = append(order, p.Silence)
		}
		frames[p.Silence] = append(frames[p.Silence], strconv.FormatUint(p.Frame, 10))
	}
	var out []string
	for _, silence := range order {
		list := frames[silence]
		word := "frame "
		if len(list) > 1 {
			word = "frames "
		}
		if len(list) > 6 {
			list = append(list[:6:6], "…")
		}
		text := "no answer to " + word + strings.Join(list, ", ")
		if why[silence] != "" {
			text += ": " + why[silence]
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func (t *textReport) probeTable(s *analyze.Stall) {
	rows := make([][]string, len(s.Probes))
	for i := range s.Probes {
		p := &s.Probes[i]
		answer, after := "none", p.Silence
		if p.AnswerFrame != 0 {
			answer, after = strconv.FormatUint(p.AnswerFrame, 10), inTime(time.Duration(p.AnswerTime-p.Time))
		}
		rows[i] = []string{strconv.FormatUint(p.Frame, 10), t.elapsed(p.Time), inSeconds(p.Gap) + " s",
			string(p.Form), groupDigits(int64(p.Len)), answer, after}
	}
	header := []string{"frame", "time", "gap", "form", "bytes", "answer", "after"}
	t.indented(plainTable(header, rows, 3).Render())
}

// indented writes lines behind the margin.
func (t *textReport) indented(lines string) {
	for l := range strings.Lines(lines) {
		t.line(strings.Repeat(" ", labelWidth) + strings.TrimRight(l, "\n"))
	}
}
