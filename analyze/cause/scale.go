package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
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
	// Time is from the last ACK before each loss until all of it was taken.
	Time time.Duration
}

// NoScale is the scale in a SYN without the window scale option.
const NoScale = -1

// Rewrite is a change of the window scale in a SYN or SYN-ACK between two points of its
// way, both of which the capture shows.
type Rewrite struct {
	From, To      int  // scales, or NoScale
	Before, After Mark // Before is zero if it is not known any more
}

// Misread is a window that its receiver scales although neither side should.
type Misread struct {
	// SYN is the window in the SYN, Field the first one after it: SYN shifted by Shift.
	SYN, Field int64
	Shift      uint8
	Mark
}

// explain says why the window is small, or returns otherwise.
func (m *Misread) explain(otherwise string) string {
	if m.Shift == 0 {
		return otherwise
	}
	return fmt.Sprintf("after the SYN it fell from %s to %s, as if only one side scaled it", words.Bytes(m.SYN), words.Bytes(m.Field))
}

// remark adds to a finding about the window that its receiver scales it and its sender
// does not.
func (m *Misread) remark(out *Finding) {
	if m.Shift == 0 {
		return
	}
	out.Cure = "find the device that removes the window scale option from a SYN"
	out.say(m.Mark, "%s is about %s shifted by %d, as if one SYN had lost its scale option",
		words.Count(m.Field), words.Count(m.SYN), m.Shift)
}

var scaled = cause{
	code: MiddleboxScale, party: Middlebox,
	clause:   "a device on the way mistakes the window scale",
	needs:    "losses that begin with the first segment past the bare window field and spare all that lies within it, a SYN that a device changed, or a window that one side scales and the other does not",
	excludes: "data past the bare field that arrives, losses within it, duplicate ACKs",
	cure:     "update the device; until then, net.ipv4.tcp_window_scaling=0",
	settle:   "captures on both sides of each device on the path",
	claim: func(x *Case) Claim {
		if syn := &x.O.Rewrite; syn.After.Frame != 0 && x.Facts.Unanswered {
			return x.noConnection(true)
		}
		if x.misled() {
			return overruns.claim(x)
		}
		if x.unaware() {
			return x.takeUnaware()
		}
		if x.bare() {
			return x.takeBare()
		}
		b := &x.D.BareLoss
		if b.Lost < x.Limits.LossCount {
			return Claim{Stands: x.D.Rewrite.After.Frame != 0, Severity: Note}
		}
		c := Claim{Time: x.takeSome(b.Time, Recovering, Flight, Full, Held, Silent)}
		c.Severity = x.Limits.severity(c.Time)
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		switch {
		case x.Facts.Unanswered:
			tellRewrite(x.O, out)
			out.Sentence += "; nothing answered it"
			out.sure(Medium, "what the device did is certain, but not that it is why nothing answered")
		case x.misled():
			tellMisled(x, c, out)
		case x.unaware():
			tellUnaware(x, c, out)
		case x.bare():
			tellBare(x, c, out)
		case x.D.BareLoss.Lost >= x.Limits.LossCount:
			tellBareLoss(x, c, out)
		default:
			tellRewrite(x.D, out)
			out.sure(Medium, "what it cost does not show")
		}
	},
}

// misled reports whether the sender went past the right edge because it scales the
// receiver's window, as it does its own, although neither side should.
func (x *Case) misled() bool {
	return x.D.Overrun.Bytes != 0 && x.Facts.HalfScaled && x.O.Misread.Shift != 0
}

func tellMisled(x *Case, c *Claim, out *Finding) {
	d, o := x.D, &x.D.Overrun
	out.Sentence = fmt.Sprintf("%s sent past the right edge of %s, since one side scales windows and the other does not, as if a device removed the window scale option from one SYN: sending again what did not fit took %s",
		d.Sender, d.Receiver, words.Duration(c.Time))
	out.say(o.Mark, "the data went %s past the furthest right edge that %s had ever advertised", words.Bytes(o.Bytes), d.Receiver)
	x.O.Misread.remark(out)
	out.sure(Medium, "the device itself does not show")
}

// unaware reports whether the receiver scales its window and the sender does not know: the
// receiver's SYN has lost the option on its way. One field that is the SYN's window shifted
// may be chance, and a receiver that never moves it may mean it; but none that means so
// little goes on to offer a little more (RFC 9293 3.8.6.2.2).
func (x *Case) unaware() bool {
	m := &x.D.Misread
	return m.Shift != 0 && x.Facts.HalfScaled && x.D.UsualWindow > m.Field
}

// takeUnaware explains the time in which the window was open, and small only because the
// sender does not scale it.
func (x *Case) takeUnaware() Claim {
	c := x.takeStalls(func(w *Stall) bool { return !w.WasZero })
	c.Time += x.take(Full, Small, Held)
	c.Severity = x.Limits.severity(c.Time)
	return c
}

func tellUnaware(x *Case, c *Claim, out *Finding) {
	d := x.D
	out.Sentence = fmt.Sprintf("%s scales its window, and %s does not know, as if a device had removed the window scale option from a SYN: the sender waited for %s",
		d.Receiver, d.Sender, words.Duration(c.Time))
	d.Misread.remark(out)
	if d.LargestWindow > 0 && d.UsualWindow > 0 {
		out.say(Mark{}, "the largest field was %s: scaled, %s", words.Count(d.UsualWindow), words.Bytes(d.UsualWindow<<d.Misread.Shift))
	}
	if d.Spent[Closed] == 0 {
		out.not("the receiving application: the window was never 0, and all that was sent was taken")
	}
	out.sure(Medium, "the device itself does not show")
	out.ask(d.Receiver, d.Sender)
}

// bare reports whether the sender sends just what the bare window field says, a fraction of
// its largest segment, again and again: it never got the option that both SYNs have here. An
// application that writes messages of that very length by chance looks the same; one that
// waits for answers is told by them.
func (x *Case) bare() bool {
	p := &x.D.Pace
	return p.BareRounds >= x.Limits.BareRounds && 4*p.BareField <= x.D.MaxSegment &&
		!share(int64(x.O.DataSegments), p.Rounds, x.Limits.AnswerShare)
}

// takeBare explains the time until the last of these round trips: a sender that did not get
// the option has never scaled the window.
func (x *Case) takeBare() Claim {
	until := time.Duration(x.D.Pace.BareTo.Time - x.Facts.First.Time)
	c := Claim{Time: x.takeSome(until, Full, Small, Held, Flight, Idle)}
	c.Severity = x.Limits.severity(c.Time)
	return c
}

func tellBare(x *Case, c *Claim, out *Finding) {
	d, p := x.D, &x.D.Pace
	out.Sentence = fmt.Sprintf("%s sent just what the bare window field of %s says, as if a device had removed the window scale option from a SYN: for %s",
		d.Sender, d.Receiver, words.Duration(c.Time))
	out.say(p.BareFrom, "the first of %s with %s in flight, where the field is %s", words.Counted(p.BareRounds, "round trip"), words.Bytes(p.BareField), words.Count(p.BareField))
	out.say(p.BareTo, "the last; segments had up to %s", words.Bytes(d.MaxSegment))
	out.not("the receiving application: its window had room")
	out.Cure = "find the device that removes the window scale option from a SYN"
	out.sure(Medium, "an application may write messages of that length by chance")
	out.ask(d.Sender, d.Receiver)
}

// tellRewrite tells of the window of d's receiver that a device changed its scale.
func tellRewrite(d *Flow, out *Finding) {
	w := &d.Rewrite
	out.Sentence = fmt.Sprintf("a device on the way from %s to %s changed the SYN: it left with %s and arrived with %s",
		d.Receiver, d.Sender, scaleName(w.From), scaleName(w.To))
	if w.Before.Frame != 0 {
		out.say(w.Before, "the SYN left with %s", scaleName(w.From))
	}
	out.say(w.After, "the same packet was captured again on its way, with %s", scaleName(w.To))
	out.not("a new SYN: it comes too soon, and with the same numbers")
}

// scaleName returns a scale in words.
func scaleName(scale int) string {
	if scale == NoScale {
		return "no window scale"
	}
	return fmt.Sprintf("a window scale of %d", scale)
}

func tellBareLoss(x *Case, c *Claim, out *Finding) {
	d, b := x.D, &x.D.BareLoss
	out.Sentence = fmt.Sprintf("a device on the way from %s to %s ignores the window scale and drops what lies past the bare window field, %s: the sender waited for %s",
		d.Sender, d.Receiver, words.Bytes(b.Field), words.Duration(c.Time))
	out.say(b.First, "the first segment past the bare field is the first to be lost; scaled by %d, the window is %s",
		b.Shift, words.Bytes(b.Field<<b.Shift))
	out.say(Mark{}, "%s past it were lost, and none within it", words.Counted(b.Lost, "segment"))
	out.not("ordinary loss: nothing past the bare field arrived, and no duplicate ACK came")
	out.sure(Medium, "a queue that overflows at just this point would look the same")
}
