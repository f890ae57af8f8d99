package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// CongestionWindow: what is in flight grows, and is cut after loss or delay.
const CongestionWindow Code = "congestion-window"

var congestion = cause{
	code: CongestionWindow, party: Path,
	clause:   "the congestion window sets the pace",
	needs:    "an amount in flight that grows round trip by round trip and is cut again, with new data as soon as an ACK comes",
	excludes: "a window without room, a fixed amount in flight, an application that writes at its own pace",
	cure:     "less loss on the path, or a congestion control such as BBR",
	settle:   "ss -ti on the sender: cwnd and ssthresh, several times",
	claim: func(x *Case) Claim {
		if x.tooShort() || x.notCongested() != "" {
			return Claim{}
		}
		c := Claim{Time: x.take(Flight)}
		c.Severity = x.pacing(c.Time)
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		d, p := x.D, &x.D.Pace
		out.Sentence = fmt.Sprintf("the congestion window of %s set the pace for %s: what was in flight grew, and was cut %s",
			d.Sender, words.Duration(c.Time), words.Times(p.Cuts))
		switch {
		case p.LossCuts == p.Cuts:
			out.Sentence += ", each time after a loss"
		case p.LossCuts > 0:
			out.Sentence += fmt.Sprintf(", %s of them after a loss", words.Count(p.LossCuts))
		}
		out.say(p.CutAt, "the last cut, from %s in flight", words.Bytes(p.CutFrom))
		out.say(p.MostAt, "the most in flight, %s", words.Bytes(p.Most))
		out.not("the window: it had room for twice as much in %d of %d round trips", p.Roomy, p.Rounds)
		out.sure(Medium, "the congestion window is not in the packets")
		out.ask(d.Sender, d.Receiver)
	},
	fell: func(x *Case) string {
		if x.tooShort() {
			return ""
		}
		return x.notCongested()
	},
}

// notCongested says why the congestion window does not explain what was in flight, or
// returns "".
func (x *Case) notCongested() string {
	l, p := x.Limits, &x.D.Pace
	switch {
	case x.D.NearReceiver:
		return "captured near the receiver: what is in flight does not show"
	case p.Rounds < l.Rounds:
		return "too few round trips"
	case p.Cuts < 2 || p.Grew < p.Cuts:
		return fmt.Sprintf("what was in flight grew %s and was cut %s", words.Times(p.Grew), words.Times(p.Cuts))
	case p.LossCuts == 0:
		return fmt.Sprintf("what was in flight was cut %s without a loss: its application may set the pace", words.Times(p.Cuts))
	case !share(p.Clocked, p.Next, l.ClockedShare):
		return fmt.Sprintf("in only %d of %d round trips new data came as soon as the ACK: its application sets the pace", p.Clocked, p.Next)
	case share(int64(x.D.Spent[Idle]), int64(x.D.Spent[Flight]), 1):
		return "it had nothing to send most of the time"
	}
	return ""
}
