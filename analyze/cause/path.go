package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// PathLoss: the path lost data, and recovering it took time.
const PathLoss Code = "path-loss"

var pathLoss = cause{
	code: PathLoss, party: Path,
	clause:   "the path loses packets",
	needs:    "data that was sent again, and time spent recovering it",
	excludes: "packets that only the capture lost, copies that the receiver did not need, and data that it refused",
	cure:     "find the link that drops: interface errors, full queues, duplex",
	settle:   "captures at both ends, to see what never arrived",
	claim: func(x *Case) Claim {
		l, d := x.Limits, x.D
		c := Claim{Time: x.take(Recovering)}
		many := d.DataSegments > 0 && d.DataRetransmissions >= l.LossCount && d.DataRetransmissions*l.LossOneIn >= d.DataSegments
		switch {
		case many && x.D.Refused.Copies == 0 && d.lost() != 0:
			c.Severity, c.Stands = Warning, true
		case c.Time >= l.Grave:
			c.Severity = Warning
		case share(int64(c.Time), int64(x.Facts.Total), l.LimitedShare):
			c.Severity = Note
		}
		return c
	},
	tell: tellPathLoss,
	fell: func(x *Case) string {
		d := x.D
		if n := d.Pace.Spurious; n > 0 && d.lost() == 0 {
			return fmt.Sprintf("%s of data, but %s of the originals had arrived", words.Counted(d.DataRetransmissions, "retransmission"), words.Count(n))
		}
		why := words.Counted(d.DataRetransmissions, "retransmission") + " of data"
		if d.DataRetransmissions > 0 {
			why += ", which cost no time"
		}
		return why
	},
}

// lost is the number of recoveries in which something was lost, -1 if it is unknown.
func (d *Flow) lost() int64 {
	if d.Pace.Recoveries == 0 {
		return -1
	}
	return d.Pace.Recoveries - d.Pace.Spurious
}

// sayLosses adds the first and the last of n losses.
func (x *Case) sayLosses(n int64, out *Finding) {
	p := &x.D.Pace
	if n == 1 {
		out.say(p.FirstLoss, "the only loss")
		return
	}
	byTimer := ""
	if p.ByTimer > 0 {
		byTimer = fmt.Sprintf("; a timer noticed %s of them", words.Count(min(p.ByTimer, n)))
	}
	out.say(p.FirstLoss, "the first of %s losses%s", words.Count(n), byTimer)
	out.say(p.LastLoss, "the last of them")
}

func tellPathLoss(x *Case, c *Claim, out *Finding) {
	d, p := x.D, &x.D.Pace
	if d.DataRetransmissions == 0 {
		x.tellSYNLoss(c, out)
		return
	}
	verb := "were retransmissions"
	if d.DataRetransmissions == 1 {
		verb = "was a retransmission"
	}
	out.Sentence = fmt.Sprintf("%s of %s from %s %s: packets were lost on the path or in the capture",
		words.Count(d.DataRetransmissions), words.Counted(d.DataSegments, "data segment"), d.Sender, verb)
	if c.Time > 0 {
		out.Sentence += fmt.Sprintf(", and recovering them took %s", words.Duration(c.Time))
	}
	out.ask(d.Sender, d.Receiver)
	if n := d.lost(); n > 0 {
		x.sayLosses(n, out)
	}
	if p.Spurious > 0 {
		out.not("counted: %s of data that had arrived (D-SACK or time stamp)", words.Counted(p.Spurious, "retransmission"))
	}
	if d.Limited() == 0 && d.Spent[Unjudged] == 0 {
		out.not("the window: it always had room")
	}
	out.sure(Medium, "only a capture at the receiver shows where it was lost")
	if m := &d.Captured; m.Missing > 0 {
		out.say(m.FirstGap, "%s that were acknowledged are not in the capture: it lost packets itself", words.Bytes(m.Missing))
		out.sure(Low, "packets that the capture lost look like packets that the path lost")
	}
}

// tellSYNLoss tells of a connection that took long to come about.
func (x *Case) tellSYNLoss(c *Claim, out *Finding) {
	d := x.D
	out.Sentence = fmt.Sprintf("%s had to send its SYN again, %s, which took %s: it or its answer was lost, or %s did not answer at once",
		d.Sender, words.Times(int64(d.Retransmissions)), words.Duration(c.Time), d.Receiver)
	out.not("the loss of data: none was sent again")
	out.ask(d.Receiver, d.Sender)
	out.sure(Low, "a server whose queue of new connections is full does not answer either")
	out.Settle = "a capture at the server, or nstat -az TcpExtListenOverflows there: SYNs that found its queue full"
}
