package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
)

// SenderIdle: the sender had nothing to send.
const SenderIdle Code = "sender-idle"

var idle = cause{
	code: SenderIdle, party: SendingApplication,
	clause:   "its application has nothing to send",
	needs:    "nothing in flight, a window with room, and no data",
	excludes: "data that the capture missed, a sender that does not go on although it has data",
	cure:     "none in TCP: ask why the application has no data to send",
	settle:   "Send-Q of the sender's socket (ss): empty means that there was nothing to send",
	claim: func(x *Case) Claim {
		return Claim{Time: x.take(Idle), Stands: x.paced()}
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		p := &x.D.Pace
		out.Sentence = fmt.Sprintf("%s had nothing to send for %s", x.D.Sender, words.Duration(c.Time))
		if c.Stands {
			out.Sentence = fmt.Sprintf("nobody waited for TCP: the application behind %s set the pace, and had nothing to send for %s of %s",
				x.D.Sender, words.Duration(c.Time), words.Duration(x.Facts.Total))
			out.say(p.MostAt, "no more than %s were ever in flight, and the window had room", words.Bytes(p.Most))
			out.not("the network: in %d of %d round trips, the next data came long after the ACK", p.Next-p.Clocked, p.Next)
		}
	},
}

// paced reports whether the sending application set the pace of a transfer: the sender was
// idle for most of the time, and again and again it went on only after a pause.
func (x *Case) paced() bool {
	l, p := x.Limits, &x.D.Pace
	idle := p.Next - p.Clocked
	return p.Rounds >= l.Rounds && share(idle, p.Next, l.SteadyShare) &&
		2*x.D.Spent[Idle] > x.Facts.Total && x.D.Spent[Idle] >= time.Duration(idle)*l.Notice
}
