package buffers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// A remark is a sentence about what is happening now. "S" stands for the sender and
// "R" for the receiver.
type remark struct {
	holds func(*moment) bool
	text  func(*moment) string
}

// say returns a sentence without numbers.
func say(sentence string) func(*moment) string {
	return func(*moment) string { return sentence }
}

// remarks are the sentences, the most telling first: the first that holds is said.
var remarks = []remark{
	{func(m *moment) bool { return gone(m.from.State) && gone(m.to.State) }, say("the connection is closed")},
	{func(m *moment) bool { return m.Send.Errors > 0 }, func(m *moment) string {
		return "send() has failed with " + m.Send.LastError + ": the connection is gone"
	}},
	{func(m *moment) bool { return m.Recv.EOFs > 0 }, say("recv() has returned 0: the S has closed its direction, and everything was read")},
	{func(m *moment) bool { return finSent(m.from.State) }, say("the S has closed its direction: after what is still to be read, recv() returns 0")},

	{func(m *moment) bool { return m.stepwise && m.reading && m.blocked >= noticed },
		say("the R reads little by little: the window opens only in steps. send() returns when a third of the send buffer is free")},
	{func(m *moment) bool { return m.stepwise && m.reading }, say("the R reads little by little: the window opens only in steps, and the S fills each at once")},
	{func(m *moment) bool { return m.opened && (m.from.SendQueueBytes > 0 || m.draining) }, (*moment).opens},

	{func(m *moment) bool { return m.closed() && m.to.RcvWnd > 0 && m.from.SendQueueBytes > 0 },
		say("the R has opened its window, but the S does not know it yet")},
	{func(m *moment) bool { return m.stuck() && m.reading }, say("send() is still blocked: the R reads, but has not freed enough yet to open the window")},
	{func(m *moment) bool { return m.stuck() && m.blocked < news }, (*moment).justBlocked},
	{func(m *moment) bool { return m.stuck() && m.Probes > 0 }, func(m *moment) string {
		return fmt.Sprintf("send() is still blocked, for %s; %s", seconds(m.blocked), m.asks())
	}},
	{func(m *moment) bool { return m.stuck() }, func(m *moment) string {
		return fmt.Sprintf("send() is still blocked, for %s; the S will soon ask (probe) whether the window has opened", seconds(m.blocked))
	}},
	{func(m *moment) bool { return m.from.Unacked > 0 && m.from.Backoff > 0 },
		say("no acknowledgment comes: the S sends the same packet again, each time after twice as long")},
	{func(m *moment) bool { return m.resent && m.inFlight > 0 }, say("acknowledgments are late or missing: the S sends again what may have been lost")},
	{func(m *moment) bool { return m.blocked >= noticed && m.windowFull() },
		say("send() is blocked: as much is in flight as the window allows, and the rest waits in the send buffer")},
	{func(m *moment) bool { return m.blocked >= noticed && m.tinyWindow() },
		say("send() is blocked: the window is smaller than one packet, and the S waits for a larger one")},
	{func(m *moment) bool { return m.blocked >= noticed },
		say("send() is blocked: it returns when acknowledgments have freed a third of the send buffer")},

	{func(m *moment) bool { return m.closed() && m.refused }, say("send() returns EAGAIN instead of blocking: both buffers are full")},
	{func(m *moment) bool { return m.closed() && m.sending },
		func(m *moment) string { return m.noRoom() + ". send() still fills the send buffer" }},
	{func(m *moment) bool { return m.closed() && m.from.SendQueueBytes > 0 && m.Probes > 0 }, func(m *moment) string {
		return "the window is 0; " + m.asks()
	}},
	{func(m *moment) bool { return m.closed() }, (*moment).noRoom},
	{func(m *moment) bool { return m.refused && m.from.NotSentBytes > 0 }, say("send() returns EAGAIN instead of blocking: the send buffer is full")},
	{(*moment).tinyWindow, say("the window is smaller than one packet: the S waits, and send() fills the send buffer")},
	{(*moment).nagle, say("a small write waits in the send buffer until what is in flight is acknowledged (Nagle)")},
	{func(m *moment) bool { return m.windowFull() && m.from.NotSentBytes > 0 },
		say("as much is in flight as the window allows: the rest waits in the send buffer")},
	{func(m *moment) bool { return m.sending && m.from.NotSentBytes > m.from.SndMSS },
		say("send() accepts data faster than it leaves: the rest waits in the send buffer")},
	{func(m *moment) bool { return m.draining && m.reading && m.from.NotSentBytes > m.from.SndMSS },
		say("the send buffer drains: the R reads what arrives")},

	{func(m *moment) bool {
		return m.inFlight > 0 && m.from.NotSentBytes == 0 && m.travelling == 0 && m.to.UnreadBytes == 0
	},
		say("all was received and read; the S waits for the acknowledgment")},
	{func(m *moment) bool { return m.reading && m.empty() }, say("what send() took has arrived, and recv() has returned it")},
	{func(m *moment) bool { return m.sending && m.reading }, say("data flows: send() puts in, recv() takes out")},
	{func(m *moment) bool { return m.sending }, say("send() accepts data: it moves through the send buffer into the R's receive buffer")},
	{func(m *moment) bool { return m.reading && m.to.UnreadBytes > 0 }, say("the R reads what is in the receive buffer")},
	{func(m *moment) bool { return m.to.UnreadBytes > 0 }, say("data waits in the receive buffer: the R does not read it")},
	{func(m *moment) bool { return m.inFlight > 0 }, say("data is on its way to the R")},
	{func(m *moment) bool { return m.nothing }, say("recv() returns EAGAIN instead of waiting: the receive buffer is empty")},
	{func(m *moment) bool { return m.waiting >= noticed }, say("recv() waits: the receive buffer is empty")},
}

// idle are the sentences for when nothing happens, in the same way. The last one holds
// always.
var idle = []remark{
	{func(m *moment) bool { return m.Send.Calls == 0 }, say("the connection is open; nothing was sent yet")},
	{func(*moment) bool { return true }, say("all was sent, received and read")},
}

// gone reports whether a socket in this state takes no more part.
func gone(state string) bool { return state == "" || state == "CLOSED" || state == "TIME-WAIT" }

// finSent reports whether a socket in this state has sent its FIN.
func finSent(state string) bool {
	switch state {
	case "FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "LAST-ACK":
		return true
	}
	return false
}

// empty reports whether nothing is on its way between the two programs.
func (m *moment) empty() bool { return m.from.SendQueueBytes == 0 && m.to.UnreadBytes == 0 }

// stuck reports whether send() waits for a closed window to open.
func (m *moment) stuck() bool { return m.blocked >= noticed && m.closed() }

// windowFull reports whether the window has no room for one more packet.
func (m *moment) windowFull() bool {
	return m.inFlight > 0 && m.from.SndWnd > 0 && m.inFlight+m.from.SndMSS > m.from.SndWnd
}

// tinyWindow reports whether the sender leaves a window unused that is smaller than a
// segment (RFC 9293 3.8.6.2.1).
func (m *moment) tinyWindow() bool {
	return m.from.SndWnd > 0 && m.from.SndWnd < m.from.SndMSS && m.inFlight == 0 && m.from.NotSentBytes > m.from.SndWnd
}

// nagle reports whether less than a segment waits, although the window has room and
// no stream of writes fills the segment (RFC 9293 3.7.4).
func (m *moment) nagle() bool {
	return m.inFlight > 0 && !m.flooding && m.from.NotSentBytes > 0 && m.from.NotSentBytes < m.from.SndMSS &&
		m.inFlight+m.from.NotSentBytes <= m.from.SndWnd
}

// full reports whether the receive buffer has no memory for one more segment.
func (m *moment) full() bool { return m.to.RmemAlloc+m.to.RcvMSS > m.to.RcvBuf }

// noRoom says why the window is closed.
func (m *moment) noRoom() string {
	if m.full() {
		return "the R's receive buffer is full: its window is 0"
	}
	return "the R's window is 0: it offers nothing rather than less than a packet"
}

// justBlocked says why send() does not return.
func (m *moment) justBlocked() string {
	are, were, also := "both buffers are full", "both buffers were full", ""
	if !m.full() {
		are, were, also = "the send buffer is full", "the send buffer was full", " and the window is 0"
	}
	if m.from.WmemQueued >= m.from.SndBuf {
		return "send() has just blocked: " + are + also
	}
	// Linux has enlarged the buffer since (tcp_new_space), but that is not enough
	// (sk_stream_is_writeable).
	return "send() has just blocked: " + were + also + ". It returns when a third of the send buffer is free"
}

// opens says why data leaves again.
func (m *moment) opens() string {
	if m.reading {
		return "the R reads: the window opens, and what waited in the send buffer leaves"
	}
	return "the window has opened: what waited in the send buffer leaves"
}

// asks says how the sender probes the closed window.
func (m *moment) asks() string {
	s := fmt.Sprintf("the S asks (probes) whether the window has opened: %s so far", words.Counted(m.Probes, "probe"))
	// Until the timer has run out and shown the next probe, it is just due.
	if left := time.Duration(m.NextProbe - m.Time); m.NextProbe != 0 && left > 0 {
		s += ", the next in " + seconds(left)
	}
	return s
}

// seconds writes a time so that it does not change at every picture.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// hold is how long a sentence stays at least: a shorter one could not be read.
const hold = 300 * time.Millisecond

// narrator says what is happening.
type narrator struct {
	history history
	now     Sentence
}

// choose returns the remark to make, and its place among all.
func choose(m *moment) (kind int, r remark) {
	for kind, r = range slices.Concat(remarks, idle) {
		if r.holds(m) {
			break
		}
	}
	return kind, r
}

// tell returns the sentence for m.
func (n *narrator) tell(m *moment) Sentence {
	n.history.add(m)
	kind, said := choose(m)
	began := n.now.Text != ""
	if began && kind != n.now.Kind && !n.now.Dull && m.elapsed-n.now.At < hold {
		return n.now
	}
	text := named(said.text(m), m.sender)
	if !began || kind != n.now.Kind {
		n.now = Sentence{Kind: kind, At: m.elapsed, First: text, Dull: kind >= len(remarks)}
	}
	n.now.Text = text
	return n.now
}

// named replaces the letters of the two ends by their names.
func named(sentence string, sender kernel.End) string {
	fields := strings.Split(sentence, " ")
	for i, w := range fields {
		switch {
		case w == "S":
			fields[i] = sender.String()
		case w == "R" || strings.HasPrefix(w, "R'"):
			fields[i] = sender.Peer().String() + w[1:]
		}
	}
	return strings.Join(fields, " ")
}
