package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// CannotTell: the evidence is missing.
const CannotTell Code = "cannot-tell"

var cannotTell = cause{
	code: CannotTell, party: Capture,
	clause:   "who made the sender wait cannot be told",
	needs:    "time that the capture does not show enough of",
	excludes: "nothing",
	cure:     "capture again, from before the connection opens, both directions, without a small snaplen or drops",
	settle:   "a capture that begins before the connection opens and has both directions",
	claim: func(x *Case) Claim {
		c := Claim{Time: x.take(Unjudged, Silent), Stands: x.Facts.OneSided && x.D.Segments > 0}
		if c.Stands || x.D.Bytes > 0 && float64(c.Time) > x.Limits.UnjudgedShare*float64(x.Facts.Total) {
			c.Severity = Note
		}
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		out.Confidence = Low
		if x.Facts.OneSided {
			out.Sentence = fmt.Sprintf("only the packets from %s were captured: waiting times are unknown", x.D.Sender)
			return
		}
		out.Sentence = fmt.Sprintf("who made %s wait cannot be told for %s of %s", x.D.Sender, words.Duration(c.Time), words.Duration(x.Facts.Total))
	},
}
