package buffers

import (
	"strings"
	"testing"
	"time"

	"winwatch/capture/kernel"
)

const (
	kib = int64(1) << 10
	mss = 32 * kib
)

// began is the time of the first sample (Unix, ns).
const began = int64(1_700_000_000_000_000_000)

// ms is a time since the first sample, in milliseconds.
func ms(n int64) int64 { return began + n*int64(time.Millisecond) }

// quietSample returns a sample of an open connection on which nothing happens.
func quietSample() kernel.Sample {
	end := kernel.SocketState{State: "ESTABLISHED", RcvBuf: 128 * kib, SndBuf: 4096 * kib,
		SndWnd: 64 * kib, RcvWnd: 64 * kib, SndMSS: mss, RcvMSS: mss}
	s := kernel.Sample{Time: began, Client: end, Server: end}
	s.Client.BytesAcked = 1 // the SYN
	return s
}

// A moment of a story: what changes, and what is said then. "" is the sentence before.
type turn struct {
	ms     int64
	change func(s *kernel.Sample)
	want   string
}

// tellStory checks the sentences of a story of the sender.
func tellStory(t *testing.T, sender kernel.End, turns []turn) {
	t.Helper()
	f, s, want := Follower{Sender: sender}, quietSample(), ""
	for _, turn := range turns {
		if turn.change != nil {
			turn.change(&s)
		}
		s.Time = ms(turn.ms)
		if turn.want != "" {
			want = turn.want
		}
		if got := f.Add(s).Now.Text; got != want {
			t.Errorf("after %d ms: %q, want %q", turn.ms, got, want)
		}
	}
}

// fill makes the sender write and the kernel queue so much, of which so much is in flight.
func fill(s *kernel.Sample, written, queued, inFlight int64) {
	s.Send.Calls, s.Send.Bytes = written/10, written
	s.Client.SendQueueBytes, s.Client.NotSentBytes, s.Client.WmemQueued = queued, queued-inFlight, queued
}

// arrive makes so much lie unread.
func arrive(s *kernel.Sample, unread int64) {
	s.Server.UnreadBytes, s.Server.RmemAlloc = unread, unread
	s.Server.BytesReceived = s.Recv.Bytes + unread
}

func window(s *kernel.Sample, n int64) { s.Client.SndWnd, s.Server.RcvWnd = n, n }

// probed sets the count of the probes, and that the next one is due in so many ms.
func probed(s *kernel.Sample, n, at, due int64) {
	s.Probes, s.NextProbe, s.Client.Backoff = n, ms(at+due), n
}

// blockedFlood fills both buffers at 500 ms.
var blockedFlood = []turn{
	{0, nil, "the connection is open; nothing was sent yet"},
	{10, func(s *kernel.Sample) { fill(s, 80*kib, 0, 0); arrive(s, 80*kib) },
		"send() accepts data: it moves through the send buffer into the server's receive buffer"},
	{320, func(s *kernel.Sample) { fill(s, 800*kib, 690*kib, 0); arrive(s, 110*kib); window(s, 11*kib) },
		"the window is smaller than one packet: the client waits, and send() fills the send buffer"},
	{630, func(s *kernel.Sample) { fill(s, 2000*kib, 1875*kib, 0); arrive(s, 125*kib); window(s, 0) },
		"the server's receive buffer is full: its window is 0. send() still fills the send buffer"},
	{900, func(s *kernel.Sample) { fill(s, 4221*kib, 4096*kib, 0); s.Send.Pending = ms(900) }, ""},
	{960, nil, "send() has just blocked: both buffers are full"},
}

func TestFlood(t *testing.T) {
	tellStory(t, kernel.ClientEnd, append(blockedFlood, []turn{
		{1800, func(s *kernel.Sample) { probed(s, 2, 1800, 800) }, ""},
		{1899, nil, ""},
		{1900, nil, "send() is still blocked, for 1.0 s; the client asks (probes) whether the window has opened: 2 probes so far, the next in 0.7 s"},
		{2610, nil, "send() is still blocked, for 1.7 s; the client asks (probes) whether the window has opened: 2 probes so far"},
		{3000, func(s *kernel.Sample) { s.Recv.Bytes = 4 * kib; arrive(s, 121*kib) },
			"send() is still blocked: the server reads, but has not freed enough yet to open the window"},
		{3310, func(s *kernel.Sample) {
			s.Recv.Bytes = 64 * kib
			arrive(s, 61*kib)
			window(s, 64*kib)
			fill(s, 4221*kib, 4096*kib, 64*kib)
			s.Client.Backoff, s.NextProbe = 0, 0
		}, "the server reads: the window opens, and what waited in the send buffer leaves"},
		{3620, func(s *kernel.Sample) {
			s.Recv.Bytes = 2000 * kib
			arrive(s, 10*kib)
			fill(s, 4221*kib, 2200*kib, 20*kib)
			s.Send.Pending = 0
		}, "the send buffer drains: the server reads what arrives"},
		{3950, func(s *kernel.Sample) { s.Recv.Bytes = 4221 * kib; arrive(s, 0); fill(s, 4221*kib, 0, 0) },
			"what send() took has arrived, and recv() has returned it"},
		{4300, nil, "all was sent, received and read"},
		{4310, func(s *kernel.Sample) { s.Client.State, s.Server.State = "FIN-WAIT-2", "CLOSE-WAIT" },
			"the client has closed its direction: after what is still to be read, recv() returns 0"},
		{4700, func(s *kernel.Sample) { s.Recv.EOFs = 1 }, "recv() has returned 0: the client has closed its direction, and everything was read"},
		{5100, func(s *kernel.Sample) { s.Client.State, s.Server.State = "", "CLOSED" }, "the connection is closed"},
	}...))
}

// TestBlockedVariants: what is said of a blocked send() depends on what is full.
func TestBlockedVariants(t *testing.T) {
	const blocked = "send() has just blocked: "
	for _, tt := range []struct {
		name   string
		change func(s *kernel.Sample)
		want   string
	}{
		{"the send buffer was enlarged", func(s *kernel.Sample) { s.Client.SndBuf += 100 * kib },
			blocked + "both buffers were full. It returns when a third of the send buffer is free"},
		{"the receive buffer is not full", func(s *kernel.Sample) { s.Server.RcvBuf *= 2 },
			blocked + "the send buffer is full and the window is 0"},
		{"the window is open", func(s *kernel.Sample) { window(s, 64*kib); fill(s, 4221*kib, 4096*kib, 10*kib); s.Recv.Bytes++ },
			"the server reads: the window opens, and what waited in the send buffer leaves"},
		{"recv() has not returned yet", func(s *kernel.Sample) { window(s, 64*kib); arrive(s, 60*kib) },
			"the server reads: the window opens, and what waited in the send buffer leaves"},
		{"the window opened only at the server", func(s *kernel.Sample) { s.Server.RcvWnd = 64 * kib },
			"the server has opened its window, but the client does not know it yet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			story := append([]turn(nil), blockedFlood[:len(blockedFlood)-1]...)
			tellStory(t, kernel.ClientEnd, append(story, turn{960, tt.change, tt.want}))
		})
	}
}

// TestPath: what a path with delay and loss makes the sender wait for.
func TestPath(t *testing.T) {
	long := func(s *kernel.Sample) {
		s.Client.SndMSS = 1448
		fill(s, 5000*kib, 4096*kib, 20*kib)
		s.Send.Pending = ms(0)
	}
	lost := func(n int64) func(*kernel.Sample) {
		return func(s *kernel.Sample) { long(s); s.Client.TotalRetrans = n }
	}
	tellStory(t, kernel.ClientEnd, []turn{
		{0, nil, "the connection is open; nothing was sent yet"},
		{60, long, "send() is blocked: it returns when acknowledgments have freed a third of the send buffer"},
		{400, func(s *kernel.Sample) { long(s); fill(s, 5000*kib, 4096*kib, 64*kib) },
			"send() is blocked: as much is in flight as the window allows, and the rest waits in the send buffer"},
		{700, func(s *kernel.Sample) { long(s); fill(s, 5000*kib, 4096*kib, 0); window(s, kib) },
			"send() is blocked: the window is smaller than one packet, and the client waits for a larger one"},
		{1100, func(s *kernel.Sample) { lost(1)(s); window(s, 64*kib) }, "send() is blocked: it returns when acknowledgments have freed a third of the send buffer"},
		{1500, lost(3), "acknowledgments are late or missing: the client sends again what may have been lost"},
		{2600, nil, "send() is blocked: it returns when acknowledgments have freed a third of the send buffer"},
		{3000, func(s *kernel.Sample) { s.Client.Unacked, s.Client.Backoff = 20, 2 },
			"no acknowledgment comes: the client sends the same packet again, each time after twice as long"},
	})
}

// TestRecv: the server sends, and the client waits in recv().
func TestRecv(t *testing.T) {
	tellStory(t, kernel.ServerEnd, []turn{
		{0, func(s *kernel.Sample) { s.Client.BytesAcked = 1 }, "the connection is open; nothing was sent yet"},
		{20, func(s *kernel.Sample) { s.Recv.Pending = ms(0) }, ""},
		{60, nil, "recv() waits: the receive buffer is empty"},
		{400, func(s *kernel.Sample) {
			s.Send.Calls, s.Send.Bytes, s.Recv.Bytes, s.Recv.Pending = 1, 10, 10, ms(399)
			s.Server.BytesAcked, s.Client.BytesReceived = 10, 10
		}, "what send() took has arrived, and recv() has returned it"},
		{800, nil, "recv() waits: the receive buffer is empty"},
		{1200, func(s *kernel.Sample) { s.Recv.Pending, s.Recv.WouldBlock = 0, 1 },
			"recv() returns EAGAIN instead of waiting: the receive buffer is empty"},
		{1600, func(s *kernel.Sample) {
			s.Send.Calls, s.Send.Bytes, s.Server.BytesAcked = 2, 20, 20
			s.Client.UnreadBytes, s.Client.BytesReceived = 10, 20
		}, "send() accepts data: it moves through the send buffer into the client's receive buffer"},
		{2000, nil, "data waits in the receive buffer: the client does not read it"},
	})
}

// TestSmallWrites: what waits for an acknowledgment.
func TestSmallWrites(t *testing.T) {
	tellStory(t, kernel.ClientEnd, []turn{
		{0, nil, "the connection is open; nothing was sent yet"},
		{10, func(s *kernel.Sample) { fill(s, 10, 10, 10); s.Recv.Bytes = 10; arrive(s, 0) },
			"all was received and read; the client waits for the acknowledgment"},
		{320, func(s *kernel.Sample) { fill(s, 90, 80, 10) },
			"a small write waits in the send buffer until what is in flight is acknowledged (Nagle)"},
		// The first bytes of a flood look the same, but more follow.
		{630, func(s *kernel.Sample) { fill(s, 90+2*mss, mss/2, 10); arrive(s, 3*mss/2) },
			"send() accepts data: it moves through the send buffer into the server's receive buffer"},
	})
}

func TestSlowReader(t *testing.T) {
	read := func(n, open int64) func(*kernel.Sample) {
		return func(s *kernel.Sample) { s.Recv.Bytes = n * kib; window(s, open*kib) }
	}
	steps := "the server reads little by little: the window opens only in steps. send() returns when a third of the send buffer is free"
	tellStory(t, kernel.ClientEnd, append(blockedFlood, []turn{
		{1300, read(60, 64), "the server reads: the window opens, and what waited in the send buffer leaves"},
		{1400, read(64, 0), ""},
		{1610, read(120, 64), steps},
		{1700, read(124, 0), ""},
		{2200, read(170, 0), ""},
		{2700, read(200, 0), "send() is still blocked: the server reads, but has not freed enough yet to open the window"},
	}...))
}

func TestNonblocking(t *testing.T) {
	refused := func(n int64) func(*kernel.Sample) {
		return func(s *kernel.Sample) { s.Send.Pending, s.Send.WouldBlock = 0, n }
	}
	story := append([]turn(nil), blockedFlood[:len(blockedFlood)-1]...)
	tellStory(t, kernel.ClientEnd, append(story, []turn{
		{960, refused(1), "send() returns EAGAIN instead of blocking: both buffers are full"},
		{2000, func(s *kernel.Sample) { probed(s, 1, 2000, 400) },
			"the window is 0; the client asks (probes) whether the window has opened: 1 probe so far, the next in 0.4 s"},
		{2400, func(s *kernel.Sample) { s.Send.Errors, s.Send.LastError = 1, "ECONNRESET" },
			"send() has failed with ECONNRESET: the connection is gone"},
	}...))
}

// TestHold: a sentence stays until it could be read, and is said with its first words.
func TestHold(t *testing.T) {
	f, s := Follower{}, quietSample()
	at := func(n int64, change func()) Sentence {
		change()
		s.Time = ms(n)
		return f.Add(s).Now
	}
	first := at(0, func() {})
	flows := at(10, func() { fill(&s, 10, 0, 0); arrive(&s, 10) })
	if !first.Dull || flows.Dull || flows.Kind == first.Kind || flows.At != 10*time.Millisecond {
		t.Fatalf("a dull sentence was not replaced at once: %+v, then %+v", first, flows)
	}
	if got := at(309, func() { window(&s, 0) }); got != flows {
		t.Errorf("replaced after 299 ms by %+v", got)
	}
	if got := at(310, func() {}); got.Kind == flows.Kind {
		t.Errorf("not replaced after %v: %+v", hold, got)
	}
}

// TestRemarks: every sentence fits into its lines, and is in words a reader knows.
func TestRemarks(t *testing.T) {
	s := quietSample()
	s.Probes, s.NextProbe, s.Send.LastError = 15, s.Time+int64(2*time.Minute), "ECONNRESET" // tcp_retries2, TCP_RTO_MAX
	s.Send.Pending = s.Time - int64(20*time.Minute)
	for _, sender := range []kernel.End{kernel.ClientEnd, kernel.ServerEnd} {
		m := newMoment(&s, sender)
		for _, r := range append(append([]remark(nil), remarks...), idle...) {
			text := named(r.text(m), sender)
			for _, width := range []int{minWidth, pipeWidth} {
				p, most := painter{width: width - 1}, narrowLines
				if width == pipeWidth {
					most = sentenceLines
				}
				if got := p.said(time.Minute, text, ""); len(got) > most {
					t.Errorf("%q takes %d lines of %d columns", text, len(got), width)
				}
			}
			if strings.Contains(" "+text+" ", " S ") || strings.Contains(" "+text, " R") {
				t.Errorf("an end has no name: %q", text)
			}
		}
	}
}
