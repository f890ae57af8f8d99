package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// SenderIdle: the sender had nothing to send.
const SenderIdle Code = "sender-idle"

var idle = cause{
	code: SenderIdle, party: SendingApplication,
	clause:   "its application has nothing to send",
	needs:    "nothing in flight, a window with room, and no data",
	excludes: "data that the capture missed, a sender that does not go on although it has data",
	cure:     "nothing to cure in TCP: ask why the sending application has no data",
	settle:   "the send queue of the sender's socket (Send-Q in ss): empty means that the application gave it nothing",
	claim: func(x *Case) Claim {
		return Claim{Time: x.take(Idle)}
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		out.Sentence = fmt.Sprintf("%s had nothing to send for %s", x.D.Sender, words.Duration(c.Time))
	},
}
