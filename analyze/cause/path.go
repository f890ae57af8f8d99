package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// The path, or the capture, lost packets.
const (
	// PathLoss: so many that loss is the first suspect.
	PathLoss Code = "path-loss"
	// Retransmissions: a few, which cost little.
	Retransmissions Code = "retransmissions"
)

var pathLoss = cause{
	codes: []Code{PathLoss},
	judge: func(l *Limits, f *Facts) (Finding, bool) {
		d := &f.Flows[f.Main()]
		return Finding{Severity: Warning, Code: PathLoss},
			d.DataSegments > 0 && d.Retransmissions >= l.LossCount && d.Retransmissions*l.LossOneIn >= d.DataSegments
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		d := &f.Flows[f.Main()]
		out.Sentence = fmt.Sprintf("%d of %d data segments from %s were retransmissions: the path, or the capture, lost packets; the receiver is untested, not healthy",
			d.Retransmissions, d.DataSegments, d.Sender)
		out.Confidence, out.Because = Medium, "the window never held the sender back, but loss kept it from being tested"
		out.ask(d.Sender, d.Receiver)
	},
}

var resent = cause{
	codes: []Code{Retransmissions},
	judge: func(_ *Limits, f *Facts) (Finding, bool) {
		d := &f.Flows[f.Main()]
		return Finding{Severity: Note, Code: Retransmissions}, d.Bytes > 0 && d.Retransmissions > 0
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		d := &f.Flows[f.Main()]
		out.Sentence = fmt.Sprintf("the window never stopped %s; %s", d.Sender, words.Counted(d.Retransmissions, "retransmission"))
		out.Confidence = High
	},
}
