package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
)

// SenderOverruns: the sender goes past the right edge.
const SenderOverruns Code = "sender-overruns"

// Overrun is data that was sent past the furthest right edge that its receiver ever
// advertised, some of which had to be sent again.
type Overrun struct {
	// Bytes is how far it went past the edge at most, Mark when. At that time, InFlight
	// bytes were in flight, and the receiver had last advertised a window of Window.
	Bytes, InFlight, Window int64
	Mark
	// Answers counts the ACKs that repeated the last one with the edge where it was, and
	// Resent the segments with data that were sent again until all of it was taken.
	Answers, Resent int64
	// Time is from the first segment past the edge until all of the data was taken.
	Time time.Duration
}

// Add adds a later overrun.
func (o *Overrun) Add(p *Overrun) {
	sum := *o
	if p.Bytes > o.Bytes {
		sum = *p
	}
	sum.Answers, sum.Resent, sum.Time = o.Answers+p.Answers, o.Resent+p.Resent, o.Time+p.Time
	*o = sum
}

var overruns = cause{
	code: SenderOverruns, party: SendingHost,
	clause:   "it sends past the right edge",
	needs:    "data past the furthest right edge that the receiver ever advertised, at a known scale, and ACKs that show the edge where it was",
	excludes: "probes, a right edge that moved back, ACKs that the capture missed",
	cure:     "update the sender's stack, or find a device that alters windows",
	settle:   "a capture at the sender: which window and scale was it told?",
	claim: func(x *Case) Claim {
		o := &x.D.Overrun
		if o.Bytes == 0 {
			return Claim{}
		}
		c := Claim{Time: x.takeSome(o.Time, Recovering, Flight, Full, Held)}
		c.Severity = x.Limits.severity(c.Time)
		return c
	},
	tell: tellOverruns,
}

func tellOverruns(x *Case, c *Claim, out *Finding) {
	d, o := x.D, &x.D.Overrun
	out.Sentence = fmt.Sprintf("%s sent past the right edge of %s: %s were in flight in a window of %s; sending again what did not fit took %s",
		d.Sender, d.Receiver, words.Bytes(o.InFlight), words.Bytes(o.Window), words.Duration(c.Time))
	out.say(o.Mark, "%s past the right edge", words.Bytes(o.Bytes))
	out.say(Mark{}, "%s that left the right edge where it was", words.Counted(o.Answers, "duplicate ACK"))
	out.say(Mark{}, "%s with data had to be sent again", words.Counted(o.Resent, "segment"))
	out.not("the path: a receiver drops what lies past its edge")
	out.not("the receiver: its edge had not moved back")
	out.sure(High, "the scale is known, and later ACKs show that the window was no larger")
	switch {
	case x.Facts.HalfScaled && !x.O.Unscaled:
		out.sure(Medium, "only one SYN carried the window scale option: a device that removes it from the other would look the same")
	case o.Answers < 2:
		out.sure(Medium, "only one ACK shows where the right edge was")
	}
	if x.Facts.HalfScaled && x.O.Unscaled {
		out.not("a removed scale option: the sender does not scale its own window")
	}
	out.ask(d.Sender, d.Receiver)
}
