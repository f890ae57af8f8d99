package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// PathLoss: the path lost data, and recovering it took time.
const PathLoss Code = "path-loss"

var pathLoss = cause{
	code: PathLoss, party: Path,
	clause:   "the path loses packets",
	needs:    "data that was sent again, and time spent recovering it",
	excludes: "packets that only the capture lost, copies that the receiver did not need, and data that it refused",
	cure:     "find the link that loses packets: error counters of interfaces, queues that overflow, a duplex mismatch",
	settle:   "captures at both ends: what left one and never reached the other was lost on the path",
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
		return words.Counted(d.DataRetransmissions, "retransmission") + " of data"
	},
}

// lost is the number of recoveries in which something was lost, -1 if it is unknown.
func (d *Flow) lost() int64 {
	if d.Pace.Recoveries == 0 {
		return -1
	}
	return d.Pace.Recoveries - d.Pace.Spurious
}

func tellPathLoss(x *Case, c *Claim, out *Finding) {
	d, p := x.D, &x.D.Pace
	out.Sentence = fmt.Sprintf("%d of %d data segments from %s were retransmissions: packets were lost on the path or in the capture",
		d.DataRetransmissions, d.DataSegments, d.Sender)
	if c.Time > 0 {
		out.Sentence += fmt.Sprintf(", and recovering them took %s", words.Duration(c.Time))
	}
	out.ask(d.Sender, d.Receiver)
	if n := d.lost(); n > 0 {
		out.say(p.FirstLoss, "data was lost for the first time, of %s; a timer noticed it %s", words.Times(n), words.Times(min(p.ByTimer, n)))
		out.say(p.LastLoss, "data was lost for the last time")
	}
	if p.Spurious > 0 {
		out.not("counted: %s of data that had arrived (D-SACK or time stamp)", words.Counted(p.Spurious, "retransmission"))
	}
	if d.Limited() == 0 {
		out.not("the window: it always had room")
	}
	out.sure(Medium, "data was sent again that the receiver asked for, but only a capture at its end shows where it was lost")
	if m := &d.Captured; m.Missing > 0 {
		out.say(m.FirstGap, "the capture misses %s that were acknowledged: it lost packets itself", words.Bytes(m.Missing))
		out.sure(Low, "packets that the capture lost look like packets that the path lost")
	}
}
