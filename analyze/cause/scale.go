package cause

import (
	"fmt"
	"time"

	"winwatch/analyze/words"
)

// MiddleboxScale: a device on the way strips, rewrites or ignores the window scale.
const MiddleboxScale Code = "middlebox-scale"

// BareLoss is the loss of all data past the bare window field, from the segment on that
// first went past it.
type BareLoss struct {
	// Field is the bare window field, Shift the scale that it should be shifted by.
	Field int64
	Shift uint8
	// Lost is how many segments were lost, all of which went past Field. First is when
	// the first of them was sent again.
	Lost  uint64
	First Mark
	// Time is from the last ACK before that until all of them were taken.
	Time time.Duration
}

var scaled = cause{
	code: MiddleboxScale, party: Middlebox,
	needs:    "losses that begin with the first segment past the bare window field and spare all that lies within it, or a SYN that a device changed",
	excludes: "data past the bare field that arrives, losses within it, duplicate ACKs",
	cure:     "update the firewall or switch off its tracking of TCP windows; until then, net.ipv4.tcp_window_scaling=0 on either host",
	settle:   "captures on both sides of each device on the way: the one that does not pass the segments past the bare field is it",
	claim: func(x *Case) Claim {
		b := &x.D.BareLoss
		if b.Lost < x.Limits.LossCount {
			return Claim{}
		}
		c := Claim{Time: x.takeSome(b.Time, Recovering, Flight, Full, Held)}
		c.Severity = x.Limits.severity(c.Time)
		return c
	},
	tell: tellScaled,
}

func tellScaled(x *Case, c *Claim, out *Finding) {
	d, b := x.D, &x.D.BareLoss
	out.Sentence = fmt.Sprintf("a device on the way from %s to %s ignores the window scale: it takes the bare window field, %s, for the window and drops what lies past it, which kept the sender waiting for %s",
		d.Sender, d.Receiver, words.Bytes(b.Field), words.Duration(c.Time))
	out.say(b.First, "the loss begins with exactly the segment that is the first to go past the bare field of %s (the window is %s: shift %d)",
		words.Bytes(b.Field), words.Bytes(b.Field<<b.Shift), b.Shift)
	out.say(Mark{}, "%s were lost, all of them past the bare field; none within it was", words.Counted(b.Lost, "segment"))
	out.not("not an ordinary loss: no data past the bare field arrived before it was sent again within it, and no duplicate ACK came")
	out.sure(Medium, "a queue that overflows at just this point would look the same")
}
