package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// The codes of streams with lost packets.
const (
	// PathLoss: so much data was sent again that loss is the first suspect.
	PathLoss Code = "path-loss"
	// Retransmissions: a few retransmissions, which cost little.
	Retransmissions Code = "retransmissions"
)

var pathLoss = cause{
	codes: []Code{PathLoss},
	judge: func(l *Limits, f *Facts) (Judgement, bool) {
		d := &f.Flows[f.Main()]
		return Judgement{Severity: Warning, Code: PathLoss},
			d.DataSegments > 0 && d.DataRetransmissions >= l.LossCount && d.DataRetransmissions*l.LossOneIn >= d.DataSegments
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		d := &f.Flows[f.Main()]
		out.Sentence = fmt.Sprintf("%d of %d data segments from %s were retransmissions: packets were lost on the path or in the capture, so this says nothing about the receiver",
			d.DataRetransmissions, d.DataSegments, d.Sender)
		out.Confidence, out.Because = Medium, "the window never held the sender back, but because of the loss it was never tested"
		out.ask(d.Sender, d.Receiver)
	},
}

var resent = cause{
	codes: []Code{Retransmissions},
	judge: func(_ *Limits, f *Facts) (Judgement, bool) {
		d := &f.Flows[f.Main()]
		return Judgement{Severity: Note, Code: Retransmissions}, d.Bytes > 0 && d.Retransmissions > 0
	},
	explain: func(_ *Limits, out *Finding, f *Facts, _ *Stall) {
		d := &f.Flows[f.Main()]
		out.Sentence = fmt.Sprintf("the window never stopped %s; %s", d.Sender, words.Counted(d.Retransmissions, "retransmission"))
		if d.DataRetransmissions == 0 {
			out.Sentence += " of the SYN or FIN, none of data"
		}
		out.Confidence = High
	},
}
