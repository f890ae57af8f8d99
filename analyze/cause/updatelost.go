package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
)

// UpdateLost: the window opened, and the sender never learned of it.
const UpdateLost Code = "update-lost"

var updateLost = cause{
	code: UpdateLost, party: Path,
	clause:   "window updates are lost",
	needs:    "a window update in the capture, and a sender that goes on probing after it",
	excludes: "a probe that was on its way when the window opened",
	cure:     "find where packets are lost: one lost update costs all this time",
	settle:   "a capture at the sender: does the window update arrive there?",
	claim: func(x *Case) Claim {
		return x.takeEnds(Unaware, func(w *Stall) time.Duration { return w.Unaware })
	},
	tell: tellUpdateLost,
}

func tellUpdateLost(x *Case, c *Claim, out *Finding) {
	w := c.Longest
	out.Sentence = fmt.Sprintf("the window of %s was open again, but %s did not know for %s: the window update was lost on the path",
		x.D.Receiver, x.D.Sender, words.Duration(c.Time))
	if w == nil {
		out.sure(Low, "the stall before it is no longer listed")
		return
	}
	out.say(w.End, "%s opened its window", x.D.Receiver)
	out.say(w.LastProbe, "%s still probed, %s later", x.D.Sender, words.Duration(time.Duration(w.LastProbe.Time-w.End.Time)))
	if x.D.DataRetransmissions == 0 {
		out.not("heavy loss: no data was sent again")
	}
	out.not("the receiving application: it had read")
	switch {
	case c.Stalls > 1:
		out.sure(Medium, fmt.Sprintf("it happened %s: the sender's stack may ignore window updates", words.Times(c.Stalls)))
	default:
		out.sure(High, "the window update was captured, and the sender's probes after it show that it did not get it")
	}
	out.Frames = w.Frames
	out.ask(x.D.Sender, x.D.Receiver)
}
