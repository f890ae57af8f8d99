package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
)

// No connection came about.
const (
	Refused    Code = "refused"
	Unanswered Code = "unanswered"
)

var refused = cause{
	code: Refused, party: ReceivingHostOrPath,
	clause:   "connections are refused",
	needs:    "an RST that answers a SYN",
	excludes: "data",
	cure:     "start what should listen there, or let the firewall pass it",
	claim:    func(x *Case) Claim { return x.noConnection(x.Facts.Refused) },
	tell: func(x *Case, _ *Claim, out *Finding) {
		out.Sentence = fmt.Sprintf("%s refused the connection", x.Facts.Server)
		out.say(x.Facts.First, "the SYN")
		out.say(x.Facts.RefusedAt, "an RST answered it")
		out.not("a lost SYN: it was answered")
	},
}

var unanswered = cause{
	code: Unanswered, party: ReceivingHostOrPath,
	clause:   "SYNs are not answered",
	needs:    "a SYN that nothing answered",
	excludes: "any segment from the server",
	cure:     "find where the SYN is lost: a firewall, a route, a dead host",
	settle:   "a capture at the server: does the SYN arrive there, and is it answered?",
	claim:    func(x *Case) Claim { return x.noConnection(x.Facts.Unanswered) },
	tell: func(x *Case, _ *Claim, out *Finding) {
		out.Sentence = fmt.Sprintf("%s did not answer the SYN", x.Facts.Server)
		out.say(x.Facts.First, "the SYN")
		if again := x.D.Retransmissions; again > 0 {
			out.say(x.Facts.Last, "by then, it had been sent again %s", words.Times(again))
		}
		out.not("a closed port: no RST came")
		switch n := x.Facts.Flows[0].Segments; {
		case n < 2:
			out.sure(Low, "the SYN was sent once: its answer may have come later, or not have been captured")
		case n < uint64(x.Limits.SureSilence):
			out.sure(Medium, "the SYN was repeated only once: its answer may have been lost")
		}
	},
}

// NoConnection is the verdict on a stream of that duration in which no connection came
// about and nothing else happened: what Judge would return.
func NoConnection(wasRefused bool, total time.Duration) Judgement {
	c := &unanswered
	if wasRefused {
		c = &refused
	}
	return Judgement{Severity: Note, Code: c.code, Party: c.party, Wait: total}
}

// noConnection takes all time of a stream that never carried data.
func (x *Case) noConnection(is bool) Claim {
	if !is || x.Dir != 0 {
		return Claim{}
	}
	c := Claim{Severity: Note, Stands: true}
	for k := range Kinds {
		c.Time += x.take(k)
	}
	return c
}
