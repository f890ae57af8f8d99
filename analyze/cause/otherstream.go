package cause

import (
	"fmt"
	"strings"

	"winwatch/capture/words"
)

// WaitsForOtherStream: the receiver passes on what it reads, and does not read because the
// stream that it sends is held back itself.
const WaitsForOtherStream Code = "waits-for-other-stream"

var waitsForOther = cause{
	code: WaitsForOtherStream, party: ReceivingApplication,
	clause:   "its application does not read while a stream that it sends is held back",
	needs:    "a stream that the receiver sends and that was held back first, all the time, and went on just before",
	excludes: "another stream that fits as well, and both directions of one stream",
	cure:     "look at the receiver of the other stream: it is the one to blame",
	settle:   "ss -tinmp for that application: unread bytes (Recv-Q) in one socket, bytes waiting to be sent (Send-Q) in another",
	claim: func(x *Case) Claim {
		b := x.D.Behind
		if b == nil {
			return Claim{}
		}
		c := x.takeStalls(b.has)
		if c.Stalls == int64(len(x.D.Stalls)) && c.Stalls > 0 {
			x.takeUnlisted(&c)
			c.Time += x.take(Held, Closed, Small)
			c.Severity = x.Limits.severity(c.Time)
		}
		return c
	},
	tell: tellWaitsForOther,
}

func tellWaitsForOther(x *Case, c *Claim, out *Finding) {
	b := x.D.Behind
	origin := b.Origin()
	out.Origin = &origin.Stream
	var s strings.Builder
	if c.Stalls == 1 {
		fmt.Fprintf(&s, "the application behind %s did not read for %s", x.D.Receiver, c.Longest.length())
	} else {
		fmt.Fprintf(&s, "the application behind %s kept the sender waiting %s, for %s in all", x.D.Receiver, words.Times(c.Stalls), words.Duration(c.Time))
	}
	for i := range b.Hops {
		lead := "because it"
		if i > 0 {
			lead = "which"
		}
		fmt.Fprintf(&s, ", %s was itself waiting for %s (stream %d)", lead, b.Hops[i].Receiver, b.Hops[i].Stream)
	}
	s.WriteString(": that is where to look")
	out.Sentence = s.String()
	out.sure(b.sure, b.because())
	if x.Facts.OneSided {
		out.atMost(Low, "only one direction was captured")
	}
	out.Frames = c.Longest.Frames
	out.ask(origin.Receiver, origin.Sender)
	b.prove(x, out)
}

// because gives the reason for the confidence.
func (b *Behind) because() string {
	switch {
	case b.End.Frame == 0:
		return "both were still waiting when the capture ended, so it does not show whether they go on together"
	case b.Times == 0:
		return "it went on after that stream, but not so soon that it cannot be chance"
	case b.sure == High:
		return fmt.Sprintf("it stopped and resumed with that stream %s, and as much went out as came in", words.Times(b.Times))
	case !b.Alone:
		return "several streams that the application sends were held back at the same time"
	case b.OneHost:
		return fmt.Sprintf("it stopped and resumed with that stream %s, but other applications have the same address", words.Times(b.Times))
	case b.Times == 1:
		return "it stopped and resumed with that stream, but only once"
	case !b.Follows:
		return "it stopped and resumed with that stream, but not as much went out as came in"
	case len(b.Hops) > 1:
		return "the chain is no surer than the weakest of its links"
	}
	return fmt.Sprintf("it stopped and resumed with that stream %s", words.Times(b.Times))
}

// prove adds the evidence.
func (b *Behind) prove(x *Case, out *Finding) {
	next := &b.Hops[0]
	out.say(b.Began, "stream %d to %s had been held back for %s when this one was", next.Stream, next.Receiver, words.Duration(b.Before))
	if b.End.Frame != 0 {
		out.say(b.End, "it went on %s after stream %d did", words.Duration(b.After), next.Stream)
	}
	if b.Follows && b.Times > 0 {
		out.say(Mark{}, "%s came in, %s went out", words.Bytes(b.In), words.Bytes(b.Out))
	}
	if b.Alone {
		out.not("another stream: no other that %s sends was held back like this one", x.D.Receiver.Addr())
	}
}
