package cause

import (
	"fmt"
	"strings"

	"winwatch/analyze/words"
)

// WindowNeverOpen: the window was 0 before the receiver had taken any data.
const WindowNeverOpen Code = "window-never-open"

var neverOpen = cause{
	code: WindowNeverOpen, party: ReceivingHost,
	clause:   "its window stays at 0 from the start",
	needs:    "a window of 0 from the SYN-ACK on",
	excludes: "data that the receiver has taken",
	cure:     "find out what answered: a proxy whose server is not there, a firewall's SYN proxy, a tarpit, or a host that was not ready",
	settle:   "a capture at the server: it shows whether the SYN arrived there, and what answered it",
	claim: func(x *Case) Claim {
		early := func(w *Stall) bool { return w.Early }
		c := x.takeStalls(early)
		c.Time += x.takeSome(x.silent(early), Silent)
		c.Severity = x.Limits.severity(c.Time)
		return c
	},
	tell: tellNeverOpen,
}

func tellNeverOpen(x *Case, c *Claim, out *Finding) {
	w := c.Longest
	var b strings.Builder
	fmt.Fprintf(&b, "%s kept its window at 0 from the start for %s", x.D.Receiver, w.lengthWith(w.Silent))
	b.WriteString(": its host was not ready, or a proxy, a firewall or a tarpit answered for it")
	if w.Probes > 0 {
		fmt.Fprintf(&b, "; the sender probed %s", words.Times(w.Probes))
	}
	b.WriteString(w.outcome())
	out.Sentence = b.String()
	out.sure(Medium, "nothing was acknowledged before, so no application can have left data unread; which of these it was, packets do not show")
	if x.Facts.OneSided || w.Probes == 0 && !w.Waiting {
		out.sure(Low, "nothing shows that the sender had data")
	}
	out.Frames = w.Frames
	out.ask(x.D.Receiver, x.D.Sender)
	out.say(w.Begin, "the window was 0 before %s had taken any data", x.D.Receiver)
}
