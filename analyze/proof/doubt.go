package proof

import (
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/capture/kernel"
)

// doubt is the time of which packets at the sender can't tell whether its kernel counts it as
// limited by the window, and as busy.
type doubt struct {
	// most is all time in which the kernel may have waited for the window, less the part of
	// it in which it may have waited for something else.
	most, less time.Duration
	// deferred, again and buffer say where that comes from (why).
	deferred, again, buffer time.Duration
	// opening is the time for which the sender's SYN was in flight, alone.
	opening time.Duration
	// waits is set if in the end the sender has data that does not fit the window.
	waits bool
}

const (
	// deferShare is the share of the window or of the congestion window that a sender uses at
	// once, however little it is (net.ipv4.tcp_tso_win_divisor).
	deferShare = 3
	// deferMost is the most that Linux sends at once (GSO_LEGACY_MAX_SIZE).
	deferMost = 64 << 10
)

// newDoubt follows the window, as the sender sees it, from the packets in tl to the kernel's
// reading at the end.
//
//   - A sender that has room for a segment, but not for all that it would send at once,
//     may wait for an ACK (tcp_tso_should_defer), which the kernel counts.
//   - A sender that sends again what a closed window did not take has a congestion window
//     of one segment, and that is what the kernel counts then (tcp_cwnd_test comes first).
//   - A send buffer that is no larger than what is in flight holds nothing that waits for
//     the window.
//   - The SYN is not yet in the queue whose time is busy (tcp_connect_queue_skb).
func newDoubt(st *analyze.Stream, dir analyze.Dir, w *kernel.Witness, tl *chart.Timeline, end *kernel.Reading) (x doubt) {
	if tl == nil {
		return x
	}
	points, thinned := tl.Points(st.ID)
	if thinned || len(points) == 0 {
		return x
	}
	d := &st.Dirs[dir]
	segment := max(d.MaxSegment, 1)
	if d.MSS > 0 {
		segment = min(segment, int64(d.MSS))
	}
	s := sight{segment: segment, sndbuf: w.SndBufAsked}
	last := points[0].Time
	for i := range points {
		p := &points[i]
		if p.Time > end.Time {
			break
		}
		s.spend(&x, time.Duration(p.Time-last))
		last = p.Time
		s.see(p, p.Dir == dir)
	}
	backlog := end.AcceptedBytes - max(s.una-1, 0) // the SYN is not payload
	x.waits = s.knows() && s.room() < segment && backlog > s.flight()
	if x.waits {
		s.spend(&x, time.Duration(end.Time-last))
	}
	return x
}

// why says what is not certain, for people.
func (x *doubt) why() (text string) {
	if x.deferred > 0 {
		text += "; a sender may wait although there is room for a segment, to send more at once"
	}
	if x.again > 0 {
		text += "; what is sent again into a closed window waits for the congestion window"
	}
	if x.buffer > 0 {
		text += "; all that the send buffer holds may have been in flight"
	}
	return text
}

// sight is what a sender sees of the window: relative sequence numbers, and bytes.
type sight struct {
	segment, sndbuf     int64
	una, nxt, edge, wnd int64
	known               bool // edge and wnd
	syn, answered       bool
	again               bool
}

// knows reports whether the window and all that was sent are known.
func (s *sight) knows() bool   { return s.known && s.flight() >= 0 }
func (s *sight) room() int64   { return s.edge - s.nxt }
func (s *sight) flight() int64 { return s.nxt - s.una }

// see follows one segment; sent is set if the sender sent it.
func (s *sight) see(p *analyze.Point, sent bool) {
	switch {
	case p.Flags.Has(capture.RST):
	case sent:
		s.syn = s.syn || p.Flags.Has(capture.SYN) && p.SeqEnd <= 1
		s.nxt = max(s.nxt, p.SeqEnd)
		s.again = s.again || p.Events.Has(analyze.EventRetransmission)
	default:
		if p.Ack > s.una {
			s.una, s.again = p.Ack, false
		}
		s.answered = s.answered || p.Ack > 0
		if p.RightEdge != analyze.Unknown && p.Window != analyze.Unknown {
			s.edge, s.wnd, s.known = p.RightEdge, p.Window, true
		}
	}
}

// spend adds the time d, during which nothing changed.
func (s *sight) spend(x *doubt, d time.Duration) {
	d = max(d, 0)
	switch room := s.room(); {
	case s.syn && !s.answered:
		x.opening += d
	case !s.knows():
	case room < s.segment:
		x.most += d
		switch {
		case s.flight() == 0:
		case s.again && s.wnd == 0:
			x.again += d
			x.less += d
		case s.sndbuf > 0 && s.flight() >= s.sndbuf:
			x.buffer += d
			x.less += d
		}
	case s.flight() > 0 && room < min(max(2*s.segment, s.wnd/deferShare), deferMost):
		x.most += d
		x.deferred += d
	}
}
