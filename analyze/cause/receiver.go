package cause

import (
	"fmt"
	"strings"

	"winwatch/analyze/words"
)

// The receiving application reads nothing, or reads slower than data arrives.
const (
	ReceiverNotReading Code = "receiver-not-reading"
	ReceiverSlow       Code = "receiver-slow"
)

var stalled = cause{
	codes:   []Code{ReceiverNotReading, ReceiverSlow},
	judge:   judgeStalled,
	explain: explainStalled,
}

func judgeStalled(l *Limits, f *Facts) (Judgement, bool) {
	d := &f.Flows[f.Main()]
	if d.StallTime < l.Notice {
		return Judgement{}, false
	}
	out := Judgement{Severity: l.severity(d.StallTime), Code: ReceiverSlow, Wait: d.StallTime}
	if !d.readBetween(l) && (d.LongestOpen || d.Longest >= l.Grave) {
		out.Code = ReceiverNotReading
	}
	return out, true
}

// readBetween reports whether the receiver read between its stalls, but not enough:
// no single stall dominates, or the one that does let data through bit by bit.
func (d *Flow) readBetween(l *Limits) bool {
	return d.LongestByTimer || d.Stalls > 1 && float64(d.Longest) < l.SlowShare*float64(d.StallTime)
}

func explainStalled(l *Limits, out *Finding, f *Facts, stall *Stall) {
	d := &f.Flows[f.Main()]
	out.ask(d.Receiver, d.Sender)
	if stall == nil { // only stalls that cost nothing are still listed
		out.Sentence = fmt.Sprintf("the window of %s kept the sender waiting %s, for %s in all",
			d.Receiver, words.Times(d.Stalls), words.Duration(d.StallTime))
		out.Confidence, out.Because = Low, "none of these stalls was kept: there were too many others"
		return
	}
	out.Sentence = d.stallSentence(d.readBetween(l), stall)
	out.Confidence, out.Because = stall.confidence(f.OneSided)
	out.Frames = stall.Frames
}

func (d *Flow) stallSentence(slow bool, w *Stall) string {
	var b strings.Builder
	fmt.Fprintf(&b, "the application behind %s ", d.Receiver)
	longest := words.Duration(d.Longest)
	if d.LongestOpen || w.BeganBefore {
		longest = "at least " + longest
	}
	switch {
	case slow && d.Stalls == 1:
		fmt.Fprintf(&b, "read too slowly: its window was too small for a full segment, which kept the sender waiting for %s", longest)
	case slow:
		fmt.Fprintf(&b, "read too slowly: its window kept the sender waiting %s, for %s in all, the longest for %s",
			words.Times(d.Stalls), words.Duration(d.StallTime), longest)
	case d.Stalls > 1:
		fmt.Fprintf(&b, "did not read for %s (the longest of %d stalls, %s in all)", longest, d.Stalls, words.Duration(d.StallTime))
	default:
		fmt.Fprintf(&b, "did not read for %s", longest)
	}
	probes := uint64(w.Probes)
	if slow {
		probes = d.Probes
	} else if w.Unread != nil && *w.Unread > 0 {
		fmt.Fprintf(&b, "; %s waited in its receive queue", words.Bytes(*w.Unread))
	}
	if probes > 0 {
		fmt.Fprintf(&b, "; the sender probed %s", words.Times(probes))
	}
	b.WriteString(w.outcome(d.LongestOpen))
	return b.String()
}

// outcome returns how the stall ended or, if it is still on, when the next probe is
// due.
func (w *Stall) outcome(open bool) string {
	switch {
	case w.ResetByReceiver:
		return "; then the receiver reset the connection"
	case w.ResetBySender:
		return "; then the sender reset the connection"
	case w.GaveUp:
		return "; nobody answered, and the sender gave up"
	case open && w.NextProbe > 0:
		return fmt.Sprintf("; the next probe is due %s after the last", words.Duration(w.NextProbe))
	case open:
		return "; it was still waiting when the capture ended"
	}
	return ""
}

// confidence returns how sure it is that the window made the sender wait, and why.
func (w *Stall) confidence(oneSided bool) (Confidence, string) {
	switch {
	case oneSided:
		return Low, "only one direction was captured"
	case w.Probes > 0:
		return High, "the receiver advertised a zero window, and the sender's probes show that it had data"
	case w.ByTimer, !w.Waiting && !w.WasZero:
		return Medium, "the window was open, but too small for the next segment"
	case w.Waiting:
		return High, "data came as soon as the window opened"
	}
	return Medium, "the receiver advertised a zero window, but only the filled window suggests that the sender had data"
}
