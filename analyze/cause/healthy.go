package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// Healthy: nobody waited in a way that a person could notice.
const Healthy Code = "ok"

var healthy = cause{
	code: Healthy, party: Nobody,
	clause:   "nobody waits in a way that a person could notice",
	needs:    "nothing",
	excludes: "any cause that a person could notice",
	cure:     "",
	claim: func(x *Case) Claim {
		var c Claim
		for k := range Kinds {
			c.Time += x.take(k)
		}
		return c
	},
	tell: tellHealthy,
}

func tellHealthy(x *Case, _ *Claim, out *Finding) {
	d := x.D
	if d.Doubtful >= x.Limits.Notice {
		out.atMost(Medium, fmt.Sprintf("for %s, the sender probed a closed window for something that it never sent: after keep-alives, that is probably its FIN",
			words.Duration(d.Doubtful)))
	}
	if d.Captured.Missing > x.Limits.Packet {
		out.atMost(Medium, fmt.Sprintf("the capture misses %s that %s acknowledged: a window of 0 may be among what it misses", words.Bytes(d.Captured.Missing), d.Receiver))
	}
	if f := d.Spent[Flight]; f >= x.Limits.Grave && share(int64(f), int64(x.busy()), x.Limits.MostShare) {
		x.doubtPace(out)
	}
	again := ""
	if d.Bytes > 0 && d.Retransmissions > 0 {
		again = "; " + words.Counted(d.Retransmissions, "retransmission")
		if d.DataRetransmissions == 0 {
			again += " of the SYN or FIN, none of data"
		}
	}
	switch limited := d.Limited(); {
	case d.Bytes == 0:
		out.Sentence = "no data"
	case d.StallTime > 0:
		out.Sentence = fmt.Sprintf("nobody waited in a way that a person could notice: the window of %s kept the sender waiting for %s",
			d.Receiver, words.Duration(d.StallTime))
	case float64(limited) > x.Limits.LimitedShare*float64(x.Facts.Total):
		out.Sentence = fmt.Sprintf("nobody waited in a way that a person could notice: the window of %s was full for %s",
			d.Receiver, words.Duration(limited))
	case d.Spent[Flight]+d.Spent[Recovering] > d.Spent[Idle]:
		out.Sentence = fmt.Sprintf("the window never stopped %s; data was on its way most of the time%s", d.Sender, again)
	default:
		out.Sentence = fmt.Sprintf("the window never stopped %s; it had nothing to send for most of the time%s", d.Sender, again)
	}
}

// doubtPace lowers the confidence where data was on its way most of the time and something
// that does not show may have kept the sender from sending faster.
func (x *Case) doubtPace(out *Finding) {
	d, p := x.D, &x.D.Pace
	if x.away() && d.inPipe(x.busy()) >= float64(x.Limits.Packet) {
		out.atMost(Low, fmt.Sprintf("the packets were captured %s from the sender: what kept it from sending faster does not show", words.Duration(d.ToSender)))
		out.Settle = "a capture at the sender: it shows what was in flight, and what it waited for"
		return
	}
	if p.Rounds >= x.Limits.Rounds && share(p.Clocked, p.Next, x.Limits.ClockedShare) {
		out.atMost(Medium, "new data came as soon as an ACK did: something limited what is in flight, and it does not show what")
		out.Settle = "ss -ti on the sender: cwnd, and the time under rwnd_limited and sndbuf_limited"
	}
}
