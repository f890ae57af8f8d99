package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// Healthy: no window held a sender back.
const Healthy Code = "ok"

// healthy always applies.
var healthy = cause{
	codes: []Code{Healthy},
	judge: func(*Limits, *Facts) (Judgement, bool) { return Judgement{Code: Healthy}, true },
	explain: func(l *Limits, out *Finding, f *Facts, _ *Stall) {
		d := &f.Flows[f.Main()]
		out.Confidence = High
		switch {
		case d.Bytes == 0:
			out.Sentence = "no data"
		case d.StallTime > 0:
			out.Sentence = fmt.Sprintf("nobody waited in a way that a person could notice: the window of %s kept the sender waiting for %s",
				d.Receiver, words.Duration(d.StallTime))
		case float64(d.Limited) > l.LimitedShare*float64(d.Total):
			out.Sentence = fmt.Sprintf("nobody waited in a way that a person could notice: the window of %s was full for %s",
				d.Receiver, words.Duration(d.Limited))
		case d.Total > 0 && d.Network > d.Idle:
			out.Sentence = fmt.Sprintf("the window never stopped %s; the path set the pace", d.Sender)
		default:
			out.Sentence = fmt.Sprintf("the window never stopped %s; it had nothing to send for most of the time", d.Sender)
		}
	},
}
