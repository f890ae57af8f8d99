package cause

import (
	"fmt"

	"winwatch/capture/words"
)

// ReceiverMemory: the window was closed or shrunk for lack of memory, not by payload.
const ReceiverMemory Code = "receiver-memory"

// Withdrawal is the largest step of the right edge back, in bytes, and how many there
// were.
type Withdrawal struct {
	Bytes int64
	Times uint64
	Mark
}

var memory = cause{
	code: ReceiverMemory, party: ReceivingHost,
	clause:   "its memory runs out",
	needs:    "a window that closed although the receiver had taken much less payload than it had offered, or data within the window that it refused while closing it",
	excludes: "a receiver that took all that it had offered: its application does not read",
	cure:     "more memory (SO_RCVBUF, net.ipv4.tcp_rmem), or larger writes",
	settle:   "skmem in ss -tinm on the receiver: rmem_alloc against rcv_buf; TCPRcvQDrop in nstat -az",
	claim: func(x *Case) Claim {
		c := x.takeStalls(x.outOfMemory)
		c.Time += x.takeSome(x.D.RefusedShut.Open, Refusing)
		c.Severity = x.Limits.severity(c.Time)
		return c
	},
	tell: tellMemory,
	fell: func(x *Case) string {
		w := x.longest()
		if w == nil || w.Offered == 0 {
			return ""
		}
		return fmt.Sprintf("when the window closed, the receiver took back %s of %s that it had offered", words.Bytes(w.TakenBack), words.Bytes(w.Offered))
	},
}

// outOfMemory reports whether the window closed for lack of memory rather than by
// payload.
func (x *Case) outOfMemory(w *Stall) bool {
	return float64(w.TakenBack) > x.Limits.MemoryShare*float64(w.Offered)
}

func tellMemory(x *Case, c *Claim, out *Finding) {
	d, r := x.D, &x.D.RefusedShut
	out.ask(d.Receiver, d.Sender)
	w := c.Longest
	if w == nil {
		out.Sentence = fmt.Sprintf("%s ran out of memory: it closed its window and refused data that had lain within it, and the sender waited for %s",
			d.Receiver, words.Duration(c.Time))
		tellRefused(x, r, out)
		return
	}
	verb := "closed its window"
	if !w.WasZero {
		verb = "shrank its window"
	}
	least := ""
	if d.Captured.ScaleUnknown {
		least = "at least "
	}
	out.Sentence = fmt.Sprintf("%s ran out of memory: it %s when it had taken %s of the %s%s that it had offered; the sender waited for %s",
		d.Receiver, verb, words.Bytes(max(w.Offered-w.TakenBack, 0)), least, words.Bytes(w.Offered), words.Duration(c.Time))
	out.Sentence += w.outcome()
	out.Frames = w.Frames
	out.say(w.Begin, "the right edge was %s behind the furthest one", words.Bytes(w.TakenBack))
	if d.Withdrawn.Bytes > 0 {
		out.say(d.Withdrawn.Mark, "it moved back %s, here by %s", words.Times(d.Withdrawn.Times), words.Bytes(d.Withdrawn.Bytes))
	}
	if d.LargestWindow > w.Offered {
		out.say(Mark{}, "in its SYN it had offered %s", words.Bytes(d.LargestWindow))
	}
	out.say(Mark{}, "%s carried data, %s each on average: a kernel counts the memory of a packet, some 800 bytes and more, not its payload",
		words.Counted(d.DataSegments, "segment"), words.Bytes(d.MeanSegment))
	out.not("the application alone: unread payload moves no right edge back")
	out.sure(High, "it took back most of the window that it had offered, which unread payload cannot do")
	switch {
	case d.Withdrawn.Times < x.Limits.MemorySteps && r.Copies == 0:
		out.sure(Medium, "the window closed at once: a proxy, a tarpit or a host that closes it on purpose would look the same")
	case x.Facts.OneSided:
		out.sure(Low, "only one direction was captured")
	case w.Probes == 0 && !w.Waiting:
		out.sure(Medium, "nothing shows that the sender had data all the time")
	}
	if r.Copies > 0 {
		tellRefused(x, r, out)
	}
}

// tellRefused adds what was refused while the window was closed.
func tellRefused(x *Case, r *Refusal, out *Finding) {
	out.say(r.First, "data in flight was refused %s: each time, an ACK came that repeats the last one", words.Times(r.Copies))
	out.not("loss: a lost copy gets no answer")
}
