package text

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// maxStalls is the number of stalls listed by default: the longest ones.
const maxStalls = 6

// stalls writes the stalls of a direction in order of time: a single one in words, several
// as a table with the longest in words. Those in which nobody waited are only counted,
// unless there are no others.
func (t *writer) stalls(st *analyze.Stream, d *analyze.Direction) {
	var stalls, idle []*analyze.Stall
	for i := range d.Stalls {
		switch s := &d.Stalls[i]; {
		case !t.inRange(s):
		case s.SenderWaiting != nil && !*s.SenderWaiting:
			idle = append(idle, s)
		default:
			stalls = append(stalls, s)
		}
	}
	others := len(idle)
	if len(stalls) == 0 {
		stalls, others = idle, 0
	}
	if len(stalls) == 0 {
		return
	}
	slices.SortStableFunc(stalls, func(a, b *analyze.Stall) int { return cmp.Compare(b.Duration, a.Duration) })
	worst := stalls[0]
	if len(stalls) > 1 {
		if !t.Verbose {
			stalls = stalls[:min(len(stalls), maxStalls)]
		}
		slices.SortStableFunc(stalls, func(a, b *analyze.Stall) int { return cmp.Compare(a.Begin, b.Begin) })
		t.stallTable(d, stalls)
	}
	t.stall(worst, len(stalls) > 1)
	for _, s := range stalls {
		if t.Verbose {
			t.probeTable(s)
		}
		if t.Wireshark {
			t.verbatim("Wireshark: ", report.StallFilter(st.ID, s))
		}
	}
	if others > 0 {
		t.section("", "the window was also closed "+words.Times(others)+" while the sender had nothing to send")
	}
}

func (t *writer) inRange(s *analyze.Stall) bool {
	if t.To > 0 && report.Since(t.m.Result.Begin, s.Begin) > t.To {
		return false
	}
	return report.Since(t.m.Result.Begin, s.End) >= t.From
}

func (t *writer) stallTable(d *analyze.Direction, stalls []*analyze.Stall) {
	text := fmt.Sprintf("%s, %s in all", words.Counted(d.StallCount, "stall"), words.Duration(d.StallTime))
	if d.StallCount == 0 {
		text = "the window was closed " + words.Times(len(stalls)) + ", but the sender had nothing to send"
	}
	if int64(len(stalls)) < d.StallCount {
		text += fmt.Sprintf("; showing the %d longest", len(stalls))
	}
	t.section(heading("Stalls"), text)
	rows := make([][]string, len(stalls))
	for i, s := range stalls {
		released := "–"
		if s.Released != nil {
			released = words.Count(*s.Released)
		}
		rows[i] = []string{t.elapsed(s.Begin), words.Duration(s.Duration), brief(&s.Unread), released,
			words.Count(s.ProbeCount), strconv.FormatUint(s.BeginFrame, 10), report.Clean(string(s.EndedBy))}
	}
	t.table([]string{"from", "for", "unread", "came out", "probes", "frame", "ended by"}, rows, 6)
}

// stall describes one stall in words.
func (t *writer) stall(s *analyze.Stall, amongOthers bool) {
	label := "Stall"
	if amongOthers {
		label = "Longest"
	}
	t.section(heading(label), t.stallSpan(s))
	var facts []string
	if unread := report.Estimated(&s.Unread, words.Bytes); unread != "" {
		facts = append(facts, unread+" unread when it began")
	}
	if s.WindowAtBegin != nil && *s.WindowAtBegin > 0 {
		facts = append(facts, "the window was still "+words.Bytes(*s.WindowAtBegin)+", too small for the next segment")
	}
	if s.Released != nil {
		facts = append(facts, words.Bytes(*s.Released)+" came out afterwards")
	}
	if s.KeepAlives > 0 {
		facts = append(facts, words.Counted(s.KeepAlives, "keep-alive")+", which are not probes")
	}
	if s.Silent > 0 {
		facts = append(facts, fmt.Sprintf("nothing came from the receiver after %s (frame %d), for %s: its window is not known after that",
			t.elapsed(s.Heard), s.HeardFrame, words.Duration(s.Silent)))
	}
	t.sentence(facts)
	t.probes(s)
	if s.Blame != "" {
		t.section("", "who could have ended it sooner: "+s.Blame)
	}
}

// stallSpan describes when a stall was and how it ended.
func (t *writer) stallSpan(s *analyze.Stall) string {
	from := fmt.Sprintf("from %s (frame %d)", t.elapsed(s.Begin), s.BeginFrame)
	long := "for "
	if s.BeganBeforeCapture {
		from = "since before the capture"
	}
	if s.BeganBeforeCapture || s.EndedBy == analyze.EndCaptureEnded {
		long = "for at least "
	}
	return from + " " + long + words.Duration(s.Duration) + ": " + stallEnd(s)
}

// stallEnds puts the ends of stalls into words.
var stallEnds = map[analyze.StallEnd]string{
	analyze.EndWindowUpdate:    "a window update ended it",
	analyze.EndProbeAnswer:     "the answer to a probe ended it",
	analyze.EndDataAccepted:    "data sent into the closed window was accepted",
	analyze.EndSenderTimer:     "the sender's timer sent what fits",
	analyze.EndResetByReceiver: "the receiver reset the stream",
	analyze.EndResetBySender:   "the sender reset the stream",
	analyze.EndFIN:             "the sender closed the stream",
	analyze.EndGaveUp:          "the sender gave up",
	analyze.EndCaptureEnded:    "still on when the capture ended",
}

func stallEnd(s *analyze.Stall) string {
	how := stallEnds[s.EndedBy]
	if s.EndedBy == analyze.EndDataAccepted && s.ZeroFrame == 0 {
		how = "the ACK of what the sender's timer sent opened the window"
	}
	if s.EndFrame == 0 || s.EndedBy == analyze.EndCaptureEnded {
		return how
	}
	return fmt.Sprintf("%s (frame %d)", how, s.EndFrame)
}

// brief returns an inferred number of bytes in as few characters as possible.
func brief(e *analyze.Estimate) string {
	value, low, high := e.Value(), e.Low(), e.High()
	switch {
	case value != nil && (low == nil || *low == *value) && (high == nil || *high == *value):
		return words.Count(*value)
	case low != nil && high != nil:
		return words.Count(*low) + "–" + words.Count(*high)
	case low != nil:
		return "≥ " + words.Count(*low)
	case high != nil:
		return "≤ " + words.Count(*high)
	case value != nil:
		return words.Count(*value)
	default:
		return "unknown"
	}
}

// probeTable lists each probe of a stall.
func (t *writer) probeTable(s *analyze.Stall) {
	if len(s.Probes) == 0 {
		return
	}
	rows := make([][]string, len(s.Probes))
	for i := range s.Probes {
		p := &s.Probes[i]
		answer, after := "none", report.Clean(p.Silence)
		if p.AnswerFrame != 0 {
			answer, after = strconv.FormatUint(p.AnswerFrame, 10), words.Duration(time.Duration(p.AnswerTime-p.Time))
		}
		rows[i] = []string{strconv.FormatUint(p.Frame, 10), t.elapsed(p.Time), words.Seconds(p.Gap) + " s",
			report.Clean(string(p.Form)), words.Count(int64(p.Len)), answer, after}
	}
	t.table([]string{"probe", "at", "gap", "form", "bytes", "answer", "after"}, rows, 3, 6)
}
