package cause

import (
	"fmt"
	"time"

	"winwatch/analyze/words"
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
		if x.D.Bytes > 0 && float64(c.Time) > x.Limits.LimitedShare*float64(x.Facts.Total) {
			c.Severity = Note
		}
		return c
	},
	tell: tellWindowLimited,
	fell: func(x *Case) string {
		if x.tooShort() {
			return ""
		}
		return "the window was never full while data was in flight"
	},
}

func tellWindowLimited(x *Case, c *Claim, out *Finding) {
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
	case d.Captured.Missing > 0:
		out.also("the capture lacks " + words.Bytes(d.Captured.Missing))
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
