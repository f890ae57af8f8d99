package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// Deadlock: each application waits for the other to read.
const Deadlock Code = "deadlock"

var deadlock = cause{
	code: Deadlock, party: BothApplications,
	clause:   "each waits for the other to read",
	needs:    "closed windows in both directions at the same time, both senders probing, and neither window opens again",
	excludes: "windows that open again: then each application only read slowly",
	cure:     "let one side read while it writes: non-blocking or two threads",
	settle:   "ss on both hosts: Recv-Q and Send-Q are full on both",
	claim: func(x *Case) Claim {
		if !anyStall(x.O, locked) {
			return Claim{}
		}
		return x.takeStalls(locked)
	},
	tell: tellDeadlock,
}

// locked reports whether a stall with a closed window in the other direction never ended
// with an open window, although the sender had data.
func locked(w *Stall) bool {
	return w.Mutual > 0 && w.Waiting && w.Probes > 0 && !w.Early && (w.Open || w.ResetByReceiver || w.ResetBySender || w.GaveUp)
}

func anyStall(d *Flow, is func(*Stall) bool) bool {
	for i := range d.Stalls {
		if is(&d.Stalls[i]) {
			return true
		}
	}
	return false
}

func tellDeadlock(x *Case, c *Claim, out *Finding) {
	w := c.Longest
	out.Sentence = fmt.Sprintf("%s and %s wait for each other to read: both windows are closed, and both have data to send, for %s%s",
		x.D.Sender, x.D.Receiver, w.length(), w.outcome())
	out.say(w.Zero, "the window of %s closed", x.D.Receiver)
	for i := range x.O.Stalls {
		if o := &x.O.Stalls[i]; locked(o) {
			out.say(o.Zero, "the window of %s closed", x.O.Receiver)
			break
		}
	}
	out.say(w.End, "both have been closed for %s, and both senders probed", words.Duration(w.Mutual))
	out.not("one slow application: neither window opened again")
	out.sure(High, "both senders probe, so both have data, and neither application reads")
	if w.Mutual < x.Limits.Grave {
		out.sure(Medium, "both windows were closed for a short time only")
	}
	out.Frames = w.Frames
	out.ask(x.D.Receiver, x.D.Sender)
}
