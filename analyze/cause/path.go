package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// PathLoss: the path lost data, and recovering it took time.
const PathLoss Code = "path-loss"

var pathLoss = cause{
	code: PathLoss, party: Path,
	clause:   "packets are lost",
	needs:    "data that was sent again, and time spent recovering it",
	excludes: "packets that only the capture lost, and data that the receiver refused",
	cure:     "find the link that loses packets: error counters of interfaces, queues that overflow, a duplex mismatch",
	settle:   "captures at both ends: what left one and never reached the other was lost on the path",
	claim: func(x *Case) Claim {
		l, d := x.Limits, x.D
		if d.DataSegments == 0 || d.DataRetransmissions < l.LossCount || d.DataRetransmissions*l.LossOneIn < d.DataSegments {
			return Claim{}
		}
		return Claim{Time: x.take(Recovering), Severity: Warning, Stands: true}
	},
	tell: func(x *Case, _ *Claim, out *Finding) {
		d := x.D
		out.Sentence = fmt.Sprintf("%d of %d data segments from %s were retransmissions: packets were lost on the path or in the capture, so this says nothing about the receiver",
			d.DataRetransmissions, d.DataSegments, d.Sender)
		out.sure(Medium, "the window never held the sender back, but because of the loss it was never tested")
		if m := &d.Captured; m.Missing > 0 {
			out.say(m.FirstGap, "the capture misses %s that were acknowledged: it lost packets itself", words.Bytes(m.Missing))
			out.sure(Low, "packets that the capture lost look like packets that the path lost")
		}
		out.ask(d.Sender, d.Receiver)
	},
	fell: func(x *Case) string { return fmt.Sprintf("%d retransmissions of data", x.D.DataRetransmissions) },
}
