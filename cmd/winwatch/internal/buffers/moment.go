package buffers

import (
	"time"

	"winwatch/capture/kernel"
)

const (
	// noticed is how long a call must last to be called waiting: the time of one
	// picture. A call that only copies data takes microseconds.
	noticed = 50 * time.Millisecond
	// lately is what counts as "now" for things that happen again and again, such
	// as reads: longer than the pauses between them in most experiments.
	lately = 250 * time.Millisecond
	// news is how long something that has happened once is told: the time it takes
	// to read a line.
	news = time.Second
)

// moment is one sample as the narrator sees it: the ends by their roles, and what has
// happened recently.
type moment struct {
	*kernel.Sample
	sender   kernel.End
	elapsed  time.Duration // since the first sample
	from, to *kernel.SocketState
	// inFlight is sent and not yet acknowledged, travelling the part of it that the
	// receiver does not have yet; both in bytes.
	inFlight, travelling int64
	// blocked and waiting are how long send() and recv() have not returned.
	blocked, waiting time.Duration
	// The rest is filled in by history.
	//
	// sending and reading: calls have moved bytes lately; flooding: send() took a whole
	// segment or more since the last moment.
	sending, flooding, reading bool
	// refused and nothing: send() and recv() have said EAGAIN.
	refused, nothing bool
	// opened: the closed window has opened; stepwise: for the second time.
	opened, stepwise bool
	// resent: segments were sent again, and not for the first time; draining: the send
	// buffer has lost bytes.
	resent, draining bool
}

func newMoment(s *kernel.Sample, sender kernel.End) *moment {
	m := &moment{Sample: s, sender: sender, from: &s.Client, to: &s.Server}
	if sender == kernel.ServerEnd {
		m.from, m.to = m.to, m.from
	}
	m.inFlight, m.travelling = kernel.Unknown, kernel.Unknown
	if m.from.SendQueueBytes >= 0 && m.from.NotSentBytes >= 0 {
		// Read one after the other, between which send() may have added some.
		m.inFlight = max(m.from.SendQueueBytes-m.from.NotSentBytes, 0)
	}
	if m.inFlight >= 0 && m.from.BytesAcked >= 0 && m.to.BytesReceived >= 0 {
		acked := m.from.BytesAcked
		if sender == kernel.ClientEnd {
			acked-- // the SYN
		}
		m.travelling = max(acked+m.inFlight-m.to.BytesReceived, 0)
	}
	m.blocked = pending(s.Send.Pending, s.Time)
	m.waiting = pending(s.Recv.Pending, s.Time)
	return m
}

// pending returns how long a call that was made at since has lasted.
func pending(since, now int64) time.Duration {
	if since == 0 {
		return 0
	}
	return max(time.Duration(now-since), 0)
}

// closed reports whether the receiver's window is known to be 0.
func (m *moment) closed() bool { return m.from.SndWnd == 0 && m.from.State != "" }

// history remembers when things last happened (Unix, ns; 0: never).
type history struct {
	sent, read, refused, nothing, drained int64
	// resent and opened are each the last two times at which segments were sent again,
	// and at which a closed window opened.
	resent, opened [2]int64
	last           *moment
}

// add completes m with what has happened since the earlier moments.
func (h *history) add(m *moment) {
	if h.last != nil {
		h.compare(h.last, m)
		m.flooding = m.Send.Bytes-h.last.Send.Bytes >= m.from.SndMSS
	}
	h.last = m
	since := func(t int64, limit time.Duration) bool { return t != 0 && m.Time-t < int64(limit) }
	m.sending, m.reading = since(h.sent, lately), since(h.read, lately)
	m.refused, m.nothing = since(h.refused, news), since(h.nothing, news)
	m.draining = since(h.drained, lately)
	m.opened = since(h.opened[0], lately)
	m.stepwise = since(h.opened[0], news) && since(h.opened[1], 2*news)
	m.resent = since(h.resent[0], news) && since(h.resent[1], 2*news)
}

// compare notes what happened between two moments.
func (h *history) compare(a, b *moment) {
	note := func(happened bool, at *int64) {
		if happened {
			*at = b.Time
		}
	}
	again := func(happened bool, at *[2]int64) {
		if happened {
			at[0], at[1] = b.Time, at[0]
		}
	}
	note(b.Send.Bytes > a.Send.Bytes, &h.sent)
	// recv() frees memory, which may open the window, before it returns.
	note(b.Recv.Bytes > a.Recv.Bytes || b.to.UnreadBytes < a.to.UnreadBytes, &h.read)
	note(b.Send.WouldBlock > a.Send.WouldBlock, &h.refused)
	note(b.Recv.WouldBlock > a.Recv.WouldBlock, &h.nothing)
	note(b.from.SendQueueBytes < a.from.SendQueueBytes, &h.drained)
	again(a.from.TotalRetrans >= 0 && b.from.TotalRetrans > a.from.TotalRetrans, &h.resent)
	again(a.closed() && b.from.SndWnd > 0, &h.opened)
}
