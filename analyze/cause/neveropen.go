package cause

import (
	"fmt"
	"strings"

	"winwatch/analyze/words"
)

// WindowNeverOpen: the window was 0 before the receiver took any data.
const WindowNeverOpen Code = "window-never-open"

var neverOpen = cause{
	codes: []Code{WindowNeverOpen},
	judge: func(l *Limits, f *Facts) (Judgement, bool) {
		d := &f.Flows[f.Main()]
		return Judgement{Severity: l.severity(d.StallTime), Code: WindowNeverOpen, Wait: d.StallTime},
			d.StallTime >= l.Notice && d.Early && !d.readBetween(l)
	},
	explain: explainNeverOpen,
}

func explainNeverOpen(_ *Limits, out *Finding, f *Facts, stall *Stall) {
	d := &f.Flows[f.Main()]
	var b strings.Builder
	fmt.Fprintf(&b, "%s kept its window at 0 from the start for ", d.Receiver)
	if d.LongestOpen {
		b.WriteString("at least ")
	}
	b.WriteString(words.Duration(d.Longest))
	b.WriteString(": its host was not ready, or a proxy, a firewall or a tarpit answered for it")
	if stall.Probes > 0 {
		fmt.Fprintf(&b, "; the sender probed %s", words.Times(stall.Probes))
	}
	b.WriteString(stall.outcome(d.LongestOpen))
	out.Sentence = b.String()
	out.Confidence, out.Because = Medium, "nothing was acknowledged before, so no application can have left data unread; which of these it was, packets do not show"
	if f.OneSided || stall.Probes == 0 && !stall.Waiting {
		out.Confidence, out.Because = Low, "nothing shows that the sender had data"
	}
	out.Frames = stall.Frames
	out.ask(d.Receiver, d.Sender)
}
