package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// ReceiverNoUpdate: the receiver opens its window only when it is probed.
const ReceiverNoUpdate Code = "receiver-no-update"

var noUpdate = cause{
	code: ReceiverNoUpdate, party: ReceivingHost,
	clause:   "it opens its window only when it is probed",
	needs:    "stall after stall that ends only with the answer to a probe or to what a timer sent, with half of the largest window or more at once",
	excludes: "window updates of the receiver's own accord, windows that open little by little",
	cure:     "update or fix the receiver's TCP stack (RFC 9293 3.8.6.2.2)",
	settle:   "a capture at the receiver: are updates lost, or never sent?",
	claim: func(x *Case) Claim {
		if n, opened := x.unannounced(); n < x.Limits.NoUpdateStalls || !share(int64(n), int64(opened), x.Limits.SureShare) {
			return Claim{}
		}
		return x.takeStalls(x.unannouncedBy)
	},
	tell: tellNoUpdate,
	fell: func(x *Case) string {
		if n, opened := x.unannounced(); n > 0 {
			return fmt.Sprintf("%d of %d stalls ended only with the answer to a probe or to what a timer sent", n, opened)
		}
		return ""
	},
}

// unannouncedBy reports whether the window had opened by at least half of the largest
// without an update: the receiver must announce that (RFC 9293 3.8.6.2.2).
func (x *Case) unannouncedBy(w *Stall) bool {
	return w.Asked && !w.Early && w.OpenedTo > 0 && 2*w.OpenedTo >= x.D.LargestWindow
}

// unannounced counts the stalls that ended with a window that was not announced, and
// all that ended with an open window.
func (x *Case) unannounced() (n, opened int) {
	for i := range x.D.Stalls {
		w := &x.D.Stalls[i]
		if w.OpenedTo > 0 {
			opened++
		}
		if x.unannouncedBy(w) {
			n++
		}
	}
	return n, opened
}

func tellNoUpdate(x *Case, c *Claim, out *Finding) {
	w := c.Longest
	_, opened := x.unannounced()
	out.Sentence = fmt.Sprintf("%s did not announce that its window was open: %d of %d stalls, %s in all, ended only when the sender asked",
		x.D.Receiver, c.Stalls, opened, words.Duration(c.Time))
	out.say(w.Begin, "the longest stall, %s, begins", words.Duration(w.Duration))
	out.say(w.End, "the answer to what a timer sent opens the window to %s", words.Bytes(w.OpenedTo))
	out.not("an application that does not read: the window was free")
	out.sure(Medium, "not one window update was seen, but a path that drops them looks the same")
	if x.D.DataRetransmissions > 0 {
		out.sure(Low, "not one window update was seen, but other packets were lost, too")
	}
	out.Frames = w.Frames
	out.ask(x.D.Receiver, x.D.Sender)
}
