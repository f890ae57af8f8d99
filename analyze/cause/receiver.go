package cause

import (
	"fmt"
	"strings"
	"time"

	"winwatch/capture/words"
)

// The receiving application: it takes nothing, or less than comes.
const (
	ReceiverNotReading Code = "receiver-not-reading"
	ReceiverSlow       Code = "receiver-slow"
)

var notReading = cause{
	code: ReceiverNotReading, party: ReceivingApplication,
	clause:   "its application does not read",
	needs:    "a window that was closed, and a sender with data",
	excludes: "reading in between, a receiver that took no data at all, a peer that no longer answers",
	cure:     "find what blocks the application: a thread, a queue, a breakpoint",
	settle:   "the receiver's Recv-Q (ss): bytes in it were not read",
	claim: func(x *Case) Claim {
		if w := x.longest(); w == nil || !w.WasZero || x.readBetween() {
			return Claim{}
		}
		c := x.takeStalls(func(w *Stall) bool { return w.WasZero })
		x.takeUnlisted(&c)
		return c
	},
	tell: tellNotReading,
}

var slow = cause{
	code: ReceiverSlow, party: ReceivingApplication,
	clause:   "its application reads too slowly",
	needs:    "windows that were closed or too small again and again, for longer than a round trip, and opened in between",
	excludes: "windows that are full for one round trip at a time",
	cure:     "read more often or more at a time; a larger buffer does not help",
	settle:   "Recv-Q of the receiver's socket (ss), several times: it stays full",
	claim: func(x *Case) Claim {
		c := x.takeStalls(func(*Stall) bool { return true })
		x.takeUnlisted(&c)
		held, waits := x.take(Held, Closed), c.Stalls+x.D.Pace.HeldWaits
		if x.squeezed() {
			held += x.take(Full, Small)
			waits += x.D.Pace.FullWaits
		}
		if held > 0 {
			c.Time += held
			c.Severity = x.Limits.severity(c.Time)
		}
		if c.Time < x.Limits.HostTime*time.Duration(waits) {
			// Two hosts that pass data on as fast as they can wait for each other all the time.
			c.Severity = min(x.limited(c.Time), Note)
		}
		return c
	},
	tell: tellSlow,
}

// squeezed reports whether the window was full again and again because it had become small:
// most of the buffer is filled with unread data. Short waits are those of hosts, and a
// window that a device changed was never large.
func (x *Case) squeezed() bool {
	p, full := &x.D.Pace, x.D.Spent.Sum(Full, Small)
	return p.FullWaits >= x.Limits.SureWaits && share(p.Squeezed, p.FullWaits, x.Limits.MostShare) &&
		full >= x.Limits.HostTime*time.Duration(p.FullWaits) && x.D.Misread.Shift == 0 &&
		share(int64(full), int64(x.busy()), x.Limits.LimitedShare)
}

// readBetween reports whether the receiver read between several waits: the longest stall
// is less than Limits.SlowShare of the time in which its window held the sender back for
// longer than a round trip.
func (x *Case) readBetween() bool {
	w := x.longest()
	return w != nil && (w.ByTimer || float64(w.Duration) < x.Limits.SlowShare*float64(max(x.D.StallTime, x.Left(Closed, Small, Held))))
}

func tellNotReading(x *Case, c *Claim, out *Finding) {
	w := c.Longest
	var b strings.Builder
	fmt.Fprintf(&b, "the application behind %s did not read for %s", x.D.Receiver, w.length())
	if c.Stalls > 1 {
		fmt.Fprintf(&b, " (the longest of %d stalls, %s in all)", c.Stalls, words.Duration(c.StallTime))
	}
	b.WriteString(w.queued())
	if w.Probes > 0 {
		fmt.Fprintf(&b, "; the sender probed %s", words.Times(w.Probes))
	}
	b.WriteString(w.outcome())
	out.Sentence = b.String()
	out.sure(x.confidence(w))
	x.doubtAsked(w, out)
	x.doubtScale(out)
	out.Frames = w.Frames
	out.ask(x.D.Receiver, x.D.Sender)
	x.sayStall(w, out)
}

func tellSlow(x *Case, c *Claim, out *Finding) {
	out.ask(x.D.Receiver, x.D.Sender)
	w := c.Longest
	if p := &x.D.Pace; p.HeldWaits > 1 && (w == nil || c.Stalls == 1 && !w.ByTimer) {
		x.tellHeld(c, out)
		return
	}
	if x.squeezed() && w == nil {
		x.tellSqueezed(c, out)
		return
	}
	if w == nil {
		out.Sentence = fmt.Sprintf("the application behind %s read too slowly: its window kept the sender waiting for %s in all",
			x.D.Receiver, words.Duration(c.Time))
		out.sure(Low, "none of these waits was kept: there were too many others, or each was short")
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the application behind %s ", x.D.Receiver)
	switch {
	case c.Stalls > 1:
		waits := c.Stalls
		if x.squeezed() {
			waits += x.D.Pace.FullWaits
		}
		fmt.Fprintf(&b, "read too slowly: its window kept the sender waiting %s, %s in all, the longest %s",
			words.Times(waits), words.Duration(c.Time), w.length())
	case w.ByTimer:
		fmt.Fprintf(&b, "read too slowly: its window was too small for a full segment, which kept the sender waiting for %s", w.length())
	case c.Time > w.Duration:
		fmt.Fprintf(&b, "read too slowly: its window kept the sender waiting for %s in all, once for %s", words.Duration(c.Time), w.length())
	default:
		fmt.Fprintf(&b, "did not read for %s", w.length())
		b.WriteString(w.queued())
	}
	if x.D.Probes > 0 {
		fmt.Fprintf(&b, "; the sender probed %s", words.Times(x.D.Probes))
	}
	b.WriteString(w.outcome())
	out.Sentence = b.String()
	out.sure(x.confidence(w))
	x.doubtAsked(w, out)
	x.doubtScale(out)
	out.Frames = w.Frames
	x.sayStall(w, out)
}

// sayStall adds what shows that the window kept the sender waiting, and what else it was
// not.
func (x *Case) sayStall(w *Stall, out *Finding) {
	d := x.D
	switch {
	case !w.WasZero:
		out.say(w.Begin, "the window became too small for the next segment")
	case w.BeganBefore:
		out.say(w.Zero, "the window was 0 in the first segment captured")
	default:
		out.say(w.Zero, "the window was 0")
	}
	if w.Heard.Frame > w.Zero.Frame && !(w.ResetByReceiver && w.Heard.Frame == w.End.Frame) { // the window of an RST means nothing
		out.say(w.Heard, "it was still 0, %s later", words.Duration(time.Duration(w.Heard.Time-w.Zero.Time)))
	}
	switch {
	case w.OpenedTo > 0 && w.Asked:
		out.say(w.End, "it opened to %s when the sender asked", words.Bytes(w.OpenedTo))
	case w.OpenedTo > 0:
		out.say(w.End, "it opened to %s", words.Bytes(w.OpenedTo))
	case w.ByTimer:
		out.say(w.End, "the sender's timer sent what fits")
	case w.ResetByReceiver:
		out.say(w.End, "the receiver reset the connection")
	}
	if d.DataSegments > 0 && d.DataRetransmissions == 0 {
		out.not("loss: no data was sent again")
	}
	if d.ProbeAnswers > 0 {
		out.not("a host or path that is gone: %s answered", was(int64(d.ProbeAnswers), "probe"))
	}
}

// doubtAsked lowers the confidence if the longest stall, or half of all, ended when the
// sender asked: the window may have been open before.
func (x *Case) doubtAsked(longest *Stall, out *Finding) {
	n, opened := x.unannounced()
	if n > 0 && 2*n >= opened || x.unannouncedBy(longest) {
		out.atMost(Medium, fmt.Sprintf("%d of %d stalls ended with the whole window at once when the sender asked: it may have been open before, and its update lost or never sent",
			n, opened))
	}
}

// doubtScale lowers the confidence if the scale of the window is unknown: a window that
// closes by lack of memory shows by how much less was taken than it had offered.
func (x *Case) doubtScale(out *Finding) {
	if x.D.Captured.ScaleUnknown {
		out.atMost(Medium, "the scale is unknown, and lack of memory would look the same")
	}
}

// tellSqueezed tells of short waits for a window that was large before.
func (x *Case) tellSqueezed(c *Claim, out *Finding) {
	d, p := x.D, &x.D.Pace
	out.Sentence = fmt.Sprintf("the application behind %s read too slowly: its window became small and kept the sender waiting %s, %s in all",
		d.Receiver, words.Times(p.FullWaits), words.Duration(c.Time))
	out.say(p.FirstFull, "it was full; in %d of %d waits below half of the %s offered before",
		p.Squeezed, p.FullWaits, words.Bytes(d.UsualWindow))
	out.not("the size of the buffer: unread data fills it")
	if d.DataRetransmissions == 0 {
		out.not("loss: no data was sent again")
	}
	out.sure(Medium, "a buffer that was made smaller later would look the same")
}

// tellHeld tells of waits that were each too short, or too small a part of all, to be
// stalls of their own.
func (x *Case) tellHeld(c *Claim, out *Finding) {
	d, p := x.D, &x.D.Pace
	waits, longest, zero := p.HeldWaits, p.LongestHeld, int64(0)
	if c.Longest != nil {
		waits, longest, zero = waits+c.Stalls, max(longest, c.Longest.Duration), c.Stalls
		out.Frames = c.Longest.Frames
	}
	out.Sentence = fmt.Sprintf("the application behind %s read too slowly: its window kept the sender waiting %s, %s in all, the longest %s",
		d.Receiver, words.Times(waits), words.Duration(c.Time), words.Duration(longest))
	out.say(p.FirstHeld, "the window had no room: a round trip takes %s, the waits %s on average",
		words.Duration(d.RTT), words.Duration(c.Time/time.Duration(waits)))
	if zero > 0 {
		out.say(c.Longest.Begin, "the window was 0, %s", words.Times(zero))
	}
	out.not("the size of the buffer: that costs a round trip at a time")
	if d.DataRetransmissions == 0 {
		out.not("loss: no data was sent again")
	}
	switch {
	case waits < x.Limits.FewWaits:
		out.sure(Medium, "it happened only "+words.Times(waits))
	case x.away():
		out.sure(Medium, x.fromAfar())
	case zero == 0:
		out.sure(Medium, "the window was never 0: its host may be late to announce what was read")
	default:
		out.sure(High, "everything was acknowledged, and data came as soon as the window opened, each time")
	}
}

// length says how long a stall lasted, as far as the window is known to have been closed.
func (w *Stall) length() string { return w.lengthWith(0) }

// lengthWith says how long a stall lasted with some time after that.
func (w *Stall) lengthWith(more time.Duration) string {
	d := words.Duration(w.Duration + more)
	if w.Open || w.BeganBefore || w.Silent > more {
		return "at least " + d
	}
	return d
}

// outcome says how a stall ended, unless the window opened.
func (w *Stall) outcome() string {
	switch {
	case w.Silent > 0 && !w.Early:
		return "; after that, nothing came from the receiver"
	case w.ResetByReceiver:
		return "; then the receiver reset the connection"
	case w.ResetBySender:
		return "; then the sender reset the connection"
	case w.GaveUp:
		return "; nobody answered, and the sender gave up"
	case w.Open && w.NextProbe > 0:
		return fmt.Sprintf("; the next probe is due %s after the last", words.Duration(w.NextProbe))
	case w.Open:
		return "; it was still waiting when the capture ended"
	}
	return ""
}

// confidence says how sure it is that the sender waited for the window.
func (x *Case) confidence(w *Stall) (Confidence, string) {
	switch {
	case x.Facts.OneSided:
		return Low, "only one direction was captured"
	case w.AfterKeepAlives && w.OpenedTo == 0:
		return Low, "before its probes the sender had nothing to send, only keep-alives: what it probes for may be no data, but a FIN"
	case w.Even:
		return Low, "the sender's segments are too evenly spaced for probes: they may be keep-alives of a sender that had nothing to send"
	case w.BeganBefore && (w.OpenedTo == 0 || w.Asked):
		return Medium, "the window was closed when the capture began: what closed it was not seen"
	case w.Offered == 0 && w.OpenedTo == 0 && w.Zero.Frame > 0 && float64(x.D.Acked) < x.Limits.MemoryShare*float64(x.D.LargestWindow):
		return Medium, "the window closed with the first ACK, long before all was taken that the SYN had offered: a proxy, a tarpit or a lack of memory would look the same"
	case w.Probes > 0 && w.Open && w.Zero.Frame > 0 && w.Heard == w.Zero:
		return Medium, "nothing came from the receiver since it closed its window: it may be gone"
	case w.Probes > 0 && w.Open && w.Unanswered > 0 && w.Silent == 0:
		return Medium, "its last probes got no answer: the receiver may be gone since"
	case w.Probes > 0 && w.Open && w.Mutual > 0:
		return Medium, "the window of the sender is closed, too: each may wait for the other to read"
	case w.Probes > 0:
		return High, "the receiver advertised a zero window, and the sender's probes show that it had data"
	case !w.Waiting && w.KeepAlives > 1:
		return Low, "the sender's segments are evenly spaced: they may be keep-alives of a sender that had nothing to send, or probes"
	case w.ByTimer, !w.Waiting && !w.WasZero:
		return Medium, "the window was open, but too small for the next segment"
	case w.Waiting:
		return High, "data came as soon as the window opened"
	}
	return Medium, "the receiver advertised a zero window, but only the filled window suggests that the sender had data"
}

// queued says how much the application had not read when the window closed.
func (w *Stall) queued() string {
	switch {
	case w.Unread == 0:
		return ""
	case w.UnreadAtMost:
		return fmt.Sprintf("; at most %s waited in its receive queue", words.Bytes(w.Unread))
	}
	return fmt.Sprintf("; %s waited in its receive queue", words.Bytes(w.Unread))
}
