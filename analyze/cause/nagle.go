package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// DelayedACK: small writes wait for an acknowledgment that is delayed.
const DelayedACK Code = "delayed-ack"

var delayedACK = cause{
	code: DelayedACK, party: BothHosts,
	clause:   "small writes wait for delayed acknowledgments",
	needs:    "small segments that leave as soon as an ACK comes that is late by the delay of a delayed ACK, again and again",
	excludes: "a full window, an answer from the receiver's application, full segments, waits that happened once or twice",
	cure:     "write each message at once (writev), or set TCP_NODELAY",
	settle:   "set TCP_NODELAY at the sender: the waits disappear",
	claim: func(x *Case) Claim {
		c := Claim{Time: x.take(Delayed)}
		c.Severity = max(x.limited(c.Time), Note) // whoever waits for an answer loses all of it
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		d, p := x.D, &x.D.Pace
		out.Sentence = fmt.Sprintf("%s held small segments back %s until %s acknowledged the one before (Nagle), and %s delayed these ACKs: %s in all, up to %s each",
			d.Sender, words.Times(p.Delays), d.Receiver, d.Receiver, words.Duration(c.Time), words.Duration(p.LongestDelay))
		out.say(p.FirstDelay, "a small segment left as soon as the ACK came")
		out.say(p.LastDelay, "the last time that this happened")
		if d.DataRetransmissions == 0 {
			out.not("loss: no data was sent again")
		}
		out.not("the window: it had room for the segment")
		out.ask(d.Sender, d.Receiver)
		out.sure(Medium, "an application that writes at the same moments by chance would look the same")
		if p.Delays >= x.Limits.SureWaits && share(p.Delays, p.Delays+p.OtherDelays, x.Limits.SureShare) {
			out.sure(High, fmt.Sprintf("%s of %s late ACKs were followed by such a segment at once", words.Count(p.Delays), words.Count(p.Delays+p.OtherDelays)))
		}
	},
	fell: func(x *Case) string {
		if p := &x.D.Pace; p.Delays+p.OtherDelays > 0 {
			return fmt.Sprintf("%s of %s late ACKs were followed by a small segment at once", words.Count(p.Delays), words.Count(p.Delays+p.OtherDelays))
		}
		return ""
	},
}
