package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
)

// ReceiverRefuses: the receiver drops data that lies within its window.
const ReceiverRefuses Code = "receiver-refuses-data"

// Refusal is data within the window that arrived, and that its receiver dropped.
type Refusal struct {
	// Copies is how many copies of it were answered by a repeated ACK. Stale counts those
	// whose time stamp was older than the one that the receiver last took (RFC 7323 5.3).
	Copies, Stale uint32
	// First and Last are the first and the last of these ACKs; they came after Soonest
	// to Latest.
	First, Last     Mark
	Soonest, Latest time.Duration
	// Open is the time from the first refused copy until the data was taken or the stream
	// ended, without that in which the window was 0.
	Open time.Duration
}

// Add adds the refusals of a later episode.
func (r *Refusal) Add(o *Refusal) {
	if r.Copies == 0 {
		*r = *o
		return
	}
	r.Copies, r.Stale, r.Last = r.Copies+o.Copies, r.Stale+o.Stale, o.Last
	r.Soonest, r.Latest = min(r.Soonest, o.Soonest), max(r.Latest, o.Latest)
	r.Open += o.Open
}

var refuses = cause{
	code: ReceiverRefuses, party: ReceivingHost,
	clause:   "it refuses data that lies within its window",
	needs:    "copies of the same data, each answered at once by an ACK that repeats the last one",
	excludes: "a copy that moves the ACK, or that the receiver had already (D-SACK): those were lost or late",
	cure:     "free memory at the receiver; look for rewritten time stamps",
	settle:   "nstat -az on the receiver, twice: the counter that grows names the reason",
	claim: func(x *Case) Claim {
		if x.D.Refused.Copies == 0 {
			return Claim{}
		}
		c := Claim{Time: x.takeSome(x.D.Refused.Open, Refusing)}
		c.Severity = x.Limits.severity(c.Time)
		return c
	},
	tell: tellRefuses,
}

func tellRefuses(x *Case, c *Claim, out *Finding) {
	d, r := x.D, &x.D.Refused
	out.Sentence = fmt.Sprintf("%s got %d copies of the same data, which lay within its window, and refused each of them: the sender waited for %s",
		d.Receiver, r.Copies, words.Duration(c.Time))
	if r.Stale > 0 {
		out.Sentence += "; their time stamps were older than what it had taken (RFC 7323 5.3)"
	}
	after := words.Duration(r.Soonest)
	if latest := words.Duration(r.Latest); latest != after {
		after += " to " + latest
	}
	out.say(r.First, "%s after each of %s copies, an ACK came that repeats the last one", after, words.Count(r.Copies))
	out.say(r.Last, "the last copy was refused, too")
	out.not("loss: a lost copy gets no answer")
	out.not("the window: the data lay within it")
	out.sure(High, "each copy reached the receiver, which answered at once that it still lacks the data")
	if r.Copies < x.Limits.SureCopies {
		out.sure(Medium, fmt.Sprintf("only %d copies were answered so", r.Copies))
	}
	out.ask(d.Receiver, d.Sender)
	out.Command = "nstat -az"
}
