package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
)

const (
	// PathRate: the sender keeps the bottleneck of the path busy.
	PathRate Code = "path-rate"
	// PathQueue: data waits in a queue on the path.
	PathQueue Code = "path-queue"
)

var queue = cause{
	code: PathQueue, party: Path,
	clause:   "a queue on the path fills",
	needs:    "round trips that grow with what is in flight, to several times the smallest",
	excludes: "delayed ACKs, receivers that are slow to answer, losses",
	cure:     "queue management at the bottleneck (fq_codel, cake), or BBR",
	settle:   "ping while the stream sends and while it does not: is it slow only then?",
	claim: func(x *Case) Claim {
		l, d, p := x.Limits, x.D, &x.D.Pace
		if x.tooShort() || x.noQueue() != "" || !share(int64(p.MeanRTT), int64(d.RTT), l.BloatRise) || p.MeanRTT-d.RTT < l.BloatTime {
			return Claim{}
		}
		waited := 1 - float64(d.RTT)/float64(p.MeanRTT)
		c := Claim{Time: x.takeSome(time.Duration(waited*float64(x.Left(Flight))), Flight)}
		c.Severity = min(x.limited(c.Time), Note)
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		d, p := x.D, &x.D.Pace
		out.Sentence = fmt.Sprintf("a queue on the path to %s made the mean round trip %s instead of %s: %s in all",
			d.Receiver, words.Duration(p.MeanRTT), words.Duration(d.RTT), words.Duration(c.Time))
		x.sayQueue(out)
	},
	fell: func(x *Case) string {
		if x.tooShort() {
			return ""
		}
		if why := x.noQueue(); why != "" {
			return why
		}
		return fmt.Sprintf("the mean round trip was only %s, the smallest %s", words.Duration(x.D.Pace.MeanRTT), words.Duration(x.D.RTT))
	},
}

var rate = cause{
	code: PathRate, party: Path,
	clause:   "the path is busy",
	needs:    "round trips that grow with what is in flight: more in flight only makes a queue longer",
	excludes: "a window or a sender that sets the amount in flight",
	cure:     "a faster link at the bottleneck, or less other traffic there",
	settle:   "the rate of the slowest link, and what else uses it",
	claim: func(x *Case) Claim {
		if x.tooShort() || x.noQueue() != "" {
			return Claim{}
		}
		c := Claim{Time: x.take(Flight)}
		c.Severity = x.pacing(c.Time)
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		d, p := x.D, &x.D.Pace
		out.Sentence = fmt.Sprintf("the path from %s carried all that it could for %s, about %s", d.Sender, words.Duration(c.Time), words.Rate(p.Rate))
		x.sayQueue(out)
	},
}

// noQueue says why the stream did not fill a queue on the path, or returns "".
func (x *Case) noQueue() string {
	l, d, p := x.Limits, x.D, &x.D.Pace
	switch {
	case d.NearReceiver:
		return "captured near the receiver: what is in flight does not show"
	case p.Rounds < l.Rounds || d.RTT <= 0:
		return "too few round trips"
	case p.QueueGrowth < l.QueueLink:
		return fmt.Sprintf("the round trips do not depend on what is in flight (correlation %.2f)", p.QueueGrowth)
	case !share(int64(p.MeanRTT), int64(d.RTT), l.QueueRise):
		return fmt.Sprintf("the mean round trip was %s, close to the smallest, %s", words.Duration(p.MeanRTT), words.Duration(d.RTT))
	case !share(p.Clocked, p.Next, l.ClockedShare):
		return fmt.Sprintf("in only %d of %d round trips new data came as soon as the ACK: its application sets the pace", p.Clocked, p.Next)
	}
	return ""
}

func (x *Case) sayQueue(out *Finding) {
	d, p := x.D, &x.D.Pace
	out.say(p.MostAt, "the most in flight, %s; the round trip grew with it, to %s (correlation %.2f)",
		words.Bytes(p.Most), words.Duration(p.LongestRTT), p.QueueGrowth)
	out.not("the window: it had room for twice as much in %d of %d round trips", p.Roomy, p.Rounds)
	out.sure(Medium, "the queue could also be in the sending host")
	out.ask(d.Sender, d.Receiver)
}
