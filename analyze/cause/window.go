package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
)

// WindowLimited: the window was full for about a round trip at a time, again and again.
const WindowLimited Code = "window-limited"

var windowLimited = cause{
	code: WindowLimited, party: ReceiveBuffer,
	clause:   "its receive window is full each round trip",
	needs:    "a window that is full in round trip after round trip",
	excludes: "waits that are much longer than a round trip",
	cure:     "a larger receive buffer (net.ipv4.tcp_rmem), or no SO_RCVBUF",
	settle:   "Recv-Q of the receiver's socket (ss): if it stays empty, the buffer is too small",
	claim: func(x *Case) Claim {
		c := Claim{Time: x.take(Full, Small)}
		if p := &x.D.Pace; x.fullPipe() {
			full := min(x.D.inPipe(x.busy())/float64(x.D.UsualWindow), 1)
			c.Time += x.takeSome(time.Duration(full*float64(c.Time+x.Left(Flight)))-c.Time, Flight)
			c.Severity = x.limited(c.Time)
		} else if x.D.Bytes > 0 {
			c.Severity = x.limited(c.Time)
			if c.Time < x.Limits.HostTime*time.Duration(p.FullWaits+p.HeldWaits) {
				c.Severity = min(c.Severity, Note)
			}
		}
		return c
	},
	tell: tellWindowLimited,
	fell: func(x *Case) string {
		if x.tooShort() || x.D.Spent.Sum(Full, Small) > 0 {
			return "" // what it was full for, another cause explains
		}
		return "the window was never full for a round trip"
	},
}

// fullPipe reports whether the window was full although it does not show, because the
// packets were captured away from the sender: what comes in a round trip fills it.
func (x *Case) fullPipe() bool {
	d := x.D
	return x.away() && d.UsualWindow > 0 && d.Pace.Rounds >= x.Limits.Rounds && d.inPipe(x.busy()) >= x.Limits.PipeShare*float64(d.UsualWindow)
}

// inPipe is how much was in flight on average in the time busy, at the least: the rate
// times the smallest round trip (Little's law).
func (d *Flow) inPipe(busy time.Duration) float64 {
	return float64(d.Acked) * float64(d.RTT) / float64(max(busy, 1))
}

// away reports whether the capture point is so far from the sender that what is in flight
// there does not show.
func (x *Case) away() bool {
	return x.D.ToSender >= x.Limits.HostTime && share(int64(x.D.ToSender), int64(x.D.RTT), x.Limits.LimitedShare)
}

// fromAfar says that what the sender knew of the window is reckoned.
func (x *Case) fromAfar() string {
	return fmt.Sprintf("the packets were captured %s from the sender: which window it knew when it sent is reckoned from that", words.Duration(x.D.ToSender))
}

// tellFullPipe tells of a window that must have been full by the rate.
func (x *Case) tellFullPipe(c *Claim, out *Finding) {
	d := x.D
	out.Sentence = fmt.Sprintf("the window of %s limited %s for %s of %s: it was full nearly all the time", d.Receiver, d.Sender, words.Duration(c.Time), words.Duration(x.Facts.Total))
	out.say(Mark{}, "%s in %s, at a round trip of %s, mean that %s were in flight on average; the largest window was %s",
		words.Bytes(d.Acked), words.Duration(x.busy()), words.Duration(d.RTT), words.Bytes(int64(d.inPipe(x.busy()))), words.Bytes(d.UsualWindow))
	out.not("the path or the sender: a full window lets neither go faster")
	out.ask(d.Receiver, d.Sender)
	out.sure(Medium, "the packets were captured away from the sender, where the full window does not show")
}

func tellWindowLimited(x *Case, c *Claim, out *Finding) {
	if x.fullPipe() {
		x.tellFullPipe(c, out)
		return
	}
	d, p := x.D, &x.D.Pace
	out.Sentence = fmt.Sprintf("the window of %s was full for %s of %s, a round trip at a time: %s",
		d.Receiver, words.Duration(c.Time), words.Duration(x.Facts.Total), d.Misread.explain("a larger receive buffer would let the sender continue"))
	out.ask(d.Receiver, d.Sender)
	out.sure(Medium, "")
	if p.FullWaits == 0 {
		return
	}
	waits := p.FullWaits + p.HeldWaits
	each := c.Time / time.Duration(waits)
	out.say(p.FirstFull, "the first of %s, %s on average", words.Counted(waits, "wait"), words.Duration(each))
	d.Misread.remark(out)
	x.sayCeiling(out)
	if d.DataRetransmissions == 0 {
		out.not("loss: no data was sent again")
	}
	if p.HeldWaits == 0 {
		out.not("the application: once all was acknowledged, the window had room")
	}
	switch {
	case d.RTT > 0 && each > 3*d.RTT:
		out.Sentence = fmt.Sprintf("the window of %s was full for %s of %s, for %s at a time", d.Receiver, words.Duration(c.Time), words.Duration(x.Facts.Total), words.Duration(each))
		out.also(fmt.Sprintf("the ACKs came %s after the window was full, much later than a round trip of %s", words.Duration(each), words.Duration(d.RTT)))
	case each < x.Limits.HostTime:
		out.also("each wait is as short as hosts need: they may pass data on as fast as they can")
	case d.Captured.Missing > 0:
		out.also("the capture lacks " + words.Bytes(d.Captured.Missing))
	case x.away():
		out.also(x.fromAfar())
	case p.FullWaits < x.Limits.SureWaits:
		out.also("it happened only " + words.Times(p.FullWaits))
	default:
		out.sure(High, "the sender went on as soon as an ACK made room, each time")
	}
}

// sayCeiling says what rate the window allows, and what window a higher rate needs.
func (x *Case) sayCeiling(out *Finding) {
	d := x.D
	window := d.UsualWindow
	if d.RTT <= 0 || window <= 0 {
		return
	}
	ceiling := float64(window) / d.RTT.Seconds()
	text := fmt.Sprintf("%s in a round trip of %s are at most %s", words.Bytes(window), words.Duration(d.RTT), words.Rate(int64(ceiling)))
	if fastest := float64(d.Pace.Fastest); fastest > 1.2*ceiling {
		text += fmt.Sprintf("; the %s that the path showed need %s", words.Rate(int64(fastest)), words.Bytes(int64(fastest*d.RTT.Seconds())))
	} else {
		text += fmt.Sprintf("; twice that needs %s", words.Bytes(2*window))
	}
	out.say(d.Pace.FirstFull, "%s", text)
}
