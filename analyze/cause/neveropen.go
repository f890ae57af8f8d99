package cause

import (
	"fmt"
	"strings"
	"time"

	"winwatch/capture/words"
)

// WindowNeverOpen: the window was 0 before the receiver had taken any data.
const WindowNeverOpen Code = "window-never-open"

var neverOpen = cause{
	code: WindowNeverOpen, party: ReceivingHost,
	clause:   "its window stays at 0 from the start",
	needs:    "a window of 0 from the SYN-ACK on",
	excludes: "data that the receiver has taken",
	cure:     "find out what answered: a SYN proxy, a tarpit, a host not ready",
	settle:   "a capture at the server: did the SYN arrive there?",
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
	b.WriteString(": its host was not ready, or a proxy, firewall or tarpit answered")
	if w.Probes > 0 {
		fmt.Fprintf(&b, "; the sender probed %s", words.Times(w.Probes))
	}
	b.WriteString(w.outcome())
	out.Sentence = b.String()
	out.sure(Medium, "it had taken no data, so none was left unread; which of these it was does not show")
	if x.Facts.OneSided || w.Probes == 0 && !w.Waiting {
		out.sure(Low, "nothing shows that the sender had data")
	}
	out.Frames = w.Frames
	out.ask(x.D.Receiver, x.D.Sender)
	out.say(w.Begin, "the window was 0 before any data")
	switch {
	case w.Heard.Frame > w.Begin.Frame:
		out.say(w.Heard, "it was still 0, %s later", words.Duration(time.Duration(w.Heard.Time-w.Begin.Time)))
	case w.Probes > 0:
		out.say(w.LastProbe, "the last probe, without an answer")
	}
}
