package cause

import (
	"fmt"

	"winwatch/analyze/words"
)

// WindowLimited: the window was full for about a round trip at a time, again and again.
const WindowLimited Code = "window-limited"

var windowLimited = cause{
	code: WindowLimited, party: ReceiveBuffer,
	clause:   "its window is too small for the path",
	needs:    "a window that is full in round trip after round trip",
	excludes: "waits that are much longer than a round trip",
	cure:     "a larger receive buffer: raise net.ipv4.tcp_rmem or remove the application's SO_RCVBUF",
	settle:   "the receive queue of the receiver's socket (Recv-Q in ss): if it stays empty, the buffer is too small, not the application too slow",
	claim: func(x *Case) Claim {
		c := Claim{Time: x.take(Full)}
		if x.D.Bytes > 0 && float64(c.Time) > x.Limits.LimitedShare*float64(x.Facts.Total) {
			c.Severity = Note
		}
		return c
	},
	tell: func(x *Case, c *Claim, out *Finding) {
		out.Sentence = fmt.Sprintf("the window of %s was full for %s of %s, a round trip at a time: %s",
			x.D.Receiver, words.Duration(c.Time), words.Duration(x.Facts.Total), x.D.Misread.explain("a larger receive buffer would let the sender continue"))
		out.sure(Medium, "")
		x.D.Misread.remark(out)
	},
}
