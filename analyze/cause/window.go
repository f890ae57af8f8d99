package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// WindowLimited: the window is full in each round trip, so that it sets the pace.
const WindowLimited Code = "window-limited"

var windowLimited = cause{
	codes: []Code{WindowLimited},
	judge: func(l *Limits, f *Facts) (Judgement, bool) {
		d := &f.Flows[f.Main()]
		return Judgement{Severity: Note, Code: WindowLimited},
			d.Bytes > 0 && d.Limited >= l.Notice && float64(d.Limited) > l.LimitedShare*float64(d.Total)
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		d := &f.Flows[f.Main()]
		out.Sentence = fmt.Sprintf("the window of %s was full for %s of %s, a round trip at a time: a larger receive buffer would let the sender continue",
			d.Receiver, words.Duration(d.Limited), words.Duration(d.Total))
		out.Confidence = Medium
	},
}
