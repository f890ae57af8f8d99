package cause

import (
	"fmt"
	"strings"
	"time"

	"winwatch/capture/words"
)

// PeerGone: probes that were due an answer got none.
const PeerGone Code = "peer-gone"

var gone = cause{
	code: PeerGone, party: ReceivingHostOrPath,
	clause:   "it no longer answers",
	needs:    "probes or retransmissions that were due an answer and got none, one after the other, until the stall ended",
	excludes: "one missing answer, answers that were not due (rate limit, capture end), a window of 0 from the start",
	cure:     "check the receiver's host, and firewalls and NATs on the path",
	settle:   "a capture at the receiver: do the probes arrive, and does it answer?",
	claim: func(x *Case) Claim {
		return x.takeEnds(Silent, func(w *Stall) time.Duration { return w.Silent })
	},
	tell: tellGone,
	fell: func(x *Case) string {
		for i := range x.D.Stalls {
			if w := &x.D.Stalls[i]; w.Unanswered > 0 && w.Silent == 0 {
				return fmt.Sprintf("%s got no answer, which can be a lost packet", words.Counted(w.Unanswered, "probe"))
			}
		}
		return ""
	},
}

func tellGone(x *Case, c *Claim, out *Finding) {
	w := c.Longest
	if n := x.D.Silence.Unanswered; n > 0 {
		tellUnanswered(x, n, out)
		return
	}
	if w == nil {
		out.Sentence = fmt.Sprintf("nothing came from %s for %s", x.D.Receiver, words.Duration(c.Time))
		out.sure(Low, "the stall in which that was is no longer listed")
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "nothing came from %s for at least %s, although %s due an answer: its host or the path is gone",
		x.D.Receiver, words.Duration(w.Silent), was(w.Unanswered, "probe"))
	switch {
	case w.GaveUp, w.ResetBySender:
		b.WriteString("; then the sender gave up")
	default:
		b.WriteString("; if it stays silent, the sender gives up (ETIMEDOUT)")
	}
	out.Sentence = b.String()
	switch {
	case w.Unanswered < x.Limits.SureSilence:
		out.sure(Medium, fmt.Sprintf("only %s due an answer", was(w.Unanswered, "probe")))
	case x.D.ProbeAnswers == 0:
		out.sure(Medium, "it never answered a probe, so it may answer none")
	default:
		out.sure(High, "it answered probes before, and so many answers are not lost by chance")
	}
	out.say(w.Heard, "the last sign of life, a window of 0")
	out.say(w.End, "since then, %s got no answer", words.Counted(w.Unanswered, "probe"))
	out.not("the application: nothing is known of it since then")
	out.Frames = w.Frames
	out.ask(x.D.Receiver, x.D.Sender)
}

// tellUnanswered tells of data that nobody acknowledged, sent n times.
func tellUnanswered(x *Case, n int64, out *Finding) {
	d := x.D
	out.Sentence = fmt.Sprintf("nothing came from %s for at least %s, although data was sent again and again: its host or the path is gone; if it stays silent, the sender gives up (ETIMEDOUT)",
		d.Receiver, words.Duration(d.Silence.Duration))
	out.say(d.Silence.Since, "data was sent that was never acknowledged")
	out.say(x.Facts.Last, "since then, %s with it got no answer", words.Counted(n, "segment"))
	out.not("the window: it was open")
	out.sure(High, "every receiver acknowledges data, even data that it has already")
	if n < x.Limits.SureSilence {
		out.sure(Medium, fmt.Sprintf("only %s due an answer", was(n, "segment")))
	}
	out.ask(d.Receiver, d.Sender)
}

// was counts something that was due.
func was(n int64, what string) string {
	if n == 1 {
		return "1 " + what + " was"
	}
	return words.Counted(n, what) + " were"
}

// silent is how long the receiver was silent in stalls that are of a kind.
func (x *Case) silent(is func(*Stall) bool) (sum time.Duration) {
	for i := range x.D.Stalls {
		if w := &x.D.Stalls[i]; is(w) {
			sum += w.Silent
		}
	}
	return sum
}
