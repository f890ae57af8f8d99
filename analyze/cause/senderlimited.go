package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// SenderLimited: a fixed amount in flight below the window, without loss.
const SenderLimited Code = "sender-limited"

var senderLimited = cause{
	code: SenderLimited, party: SendingHost,
	clause:   "a fixed amount in flight, below the window",
	needs:    "the same amount in flight in round trip after round trip, far below the window, and new data as soon as an ACK comes",
	excludes: "loss, a queue on the path, a window without room, a peer that answers each request, an application that writes at its own pace",
	cure:     "a larger send buffer (tcp_wmem, SO_SNDBUF) or congestion window",
	settle:   "ss -ti on the sender: sndbuf_limited means the send buffer, a cwnd that does not grow the congestion window",
	claim: func(x *Case) Claim {
		if x.tooShort() || x.sendsFreely() != "" {
			return Claim{}
		}
		c := Claim{Time: x.take(Flight)}
		c.Severity = x.limited(c.Time)
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		d, p := x.D, &x.D.Pace
		out.Sentence = fmt.Sprintf("%s kept %s in flight for %s: its send buffer or its congestion window is fixed at that",
			d.Sender, words.Bytes(p.Steady), words.Duration(c.Time))
		out.say(p.SteadyAt, "about %s in flight, %s in a row", words.Bytes(p.Steady), words.Counted(p.SteadyRounds, "round trip"))
		out.say(p.MostAt, "room for twice that in %s of %s", words.Count(p.SteadyRoomy), words.Counted(p.SteadyRounds, "round trip"))
		if d.DataRetransmissions == 0 {
			out.not("loss: no data was sent again")
		} else {
			out.not("loss: after %s, as much was in flight as before", words.Counted(d.DataRetransmissions, "retransmission"))
		}
		out.not("a queue: the mean round trip was %s, the smallest %s", words.Duration(p.MeanRTT), words.Duration(d.RTT))
		out.sure(Medium, "packets cannot tell which")
		out.ask(d.Sender, d.Receiver)
	},
	fell: func(x *Case) string {
		if x.tooShort() {
			return ""
		}
		return x.sendsFreely()
	},
}

// sendsFreely says why no fixed limit of the sender explains what was in flight, or
// returns "".
func (x *Case) sendsFreely() string {
	l, d, p := x.Limits, x.D, &x.D.Pace
	switch {
	case d.NearReceiver:
		return "captured near the receiver: what is in flight does not show"
	case p.Rounds < l.Rounds || p.SteadyRounds < l.Rounds:
		return fmt.Sprintf("no amount was in flight for more than %s in a row", words.Counted(p.SteadyRounds, "round trip"))
	case d.lost() != 0 && p.LossCuts > 0 || d.DataRetransmissions >= l.LossCount && d.DataRetransmissions*l.LossOneIn >= d.DataSegments:
		return words.Counted(d.DataRetransmissions, "retransmission") + " of data: losses limit the sender"
	case !share(p.SteadyRounds, p.Rounds, l.SteadyShare):
		return fmt.Sprintf("what was in flight changed: the same for %d of %d round trips", p.SteadyRounds, p.Rounds)
	case d.MeanSegment < d.MSS/2:
		return fmt.Sprintf("its segments are small, %s on average: its application sets the pace", words.Bytes(d.MeanSegment))
	case p.Steady < 2*d.MaxSegment:
		return fmt.Sprintf("a message at a time was in flight: %s", words.Bytes(p.Steady))
	case !share(p.SteadyRoomy, p.SteadyRounds, l.RoomyShare):
		return "the window had no room for twice as much"
	case !share(p.Clocked, p.Next, l.ClockedShare):
		return fmt.Sprintf("in only %d of %d round trips new data came as soon as the ACK: its application sets the pace", p.Clocked, p.Next)
	case share(int64(x.O.DataSegments), p.Rounds, l.AnswerShare):
		return "the receiver answers: its application may wait for the answers"
	case share(int64(d.Spent[Idle]), int64(d.Spent[Flight]), l.LimitedShare):
		return "it had nothing to send in between"
	case share(int64(p.MeanRTT), int64(d.RTT), l.QueueRise):
		return fmt.Sprintf("the round trip grew to %s: the path has a queue", words.Duration(p.MeanRTT))
	}
	return ""
}
