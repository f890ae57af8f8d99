package cause

import (
	"fmt"
	"time"

	"winwatch/capture/words"
)

// SenderNotResuming: the sender does not go on although the window is open.
const SenderNotResuming Code = "sender-not-resuming"

var notResuming = cause{
	code: SenderNotResuming, party: SendingHost,
	clause:   "it does not go on although the window is open",
	needs:    "a sender that probed a closed window, and then, with the window open, sends neither data nor another probe",
	excludes: "a sender that had nothing to send, a window update that was lost (it would go on probing), a window that is still too small",
	cure:     "update or fix the sender's TCP stack (RFC 9293 3.8.6)",
	settle:   "Send-Q of the sender's socket (ss): data there clears the application",
	claim: func(x *Case) Claim {
		return x.takeEnds(Stuck, func(w *Stall) time.Duration { return w.Stuck })
	},
	tell: tellNotResuming,
}

func tellNotResuming(x *Case, c *Claim, out *Finding) {
	w := c.Longest
	out.Sentence = fmt.Sprintf("%s had data and sent nothing for %s, although the window of %s was open: its TCP stack does not go on",
		x.D.Sender, words.Duration(c.Time), x.D.Receiver)
	if w == nil {
		out.sure(Low, "the stall before it is no longer listed")
		return
	}
	out.say(w.End, "the window opened%s", opened(w.OpenedTo))
	out.say(w.LastProbe, "before that, the sender probed %s, so it had something to send", words.Times(w.Probes))
	out.not("the receiver: its window was open")
	out.not("a lost window update: the next probe was due, and did not come")
	switch {
	case w.DataProbed:
		out.sure(High, "its last probe carried data that was not accepted, so data was waiting")
	case w.Probes > 1:
		out.sure(Medium, "its probes show that something was waiting, but not that it was data")
	default:
		out.sure(Low, "one probe shows little of what was waiting")
	}
	out.Frames = w.Frames
	out.ask(x.D.Sender, x.D.Receiver)
}

// opened says how far a window opened, if that is known.
func opened(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return " to " + words.Bytes(bytes)
}
