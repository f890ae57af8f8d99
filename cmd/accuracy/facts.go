package main

// A factKind is a kind of number that labels may state.
type factKind struct {
	// said returns what winwatch says of it.
	said func(s *streamAnswer, d *directionAnswer) estimate
	// near is how far from the truth a best estimate may be, as a share of it, where
	// the bounds of the label are those of the truth itself.
	near float64
	// interval: bounds are judged on their own too.
	interval bool
	// peers returns what another tool counts, nil if it has no such number.
	peers func(t *toolCounts, direction string) *int64
}

// factKinds are the facts by their names in labels, as docs/labels.md has them.
var factKinds = map[string]factKind{
	"wait_ns": {said: func(s *streamAnswer, _ *directionAnswer) estimate { return exactly(s.Verdict.Wait) }},
	"rwnd_limited_ns": {said: func(_ *streamAnswer, d *directionAnswer) estimate {
		return exactly(d.Budget.ReceiverLimited)
	}},
	"sndbuf_limited_ns": {said: func(s *streamAnswer, d *directionAnswer) estimate {
		return exactly(s.explainedBy("sender-limited", d.Direction))
	}},
	"unread_bytes": {said: func(_ *streamAnswer, d *directionAnswer) estimate { return d.unread() }, near: 0.02},
	"rcvbuf_bytes": {said: func(_ *streamAnswer, d *directionAnswer) estimate { return d.Buffer.RcvBuf }, near: 0.15, interval: true},
	"probes": {said: func(s *streamAnswer, _ *directionAnswer) estimate {
		return exactly(s.both(func(d *directionAnswer) int64 { return d.Probes }))
	}, peers: func(t *toolCounts, _ string) *int64 { return t.Probes }},
	"keep_alives": {said: func(s *streamAnswer, _ *directionAnswer) estimate {
		return exactly(s.both(func(d *directionAnswer) int64 { return d.KeepAlives }))
	}, peers: func(t *toolCounts, _ string) *int64 { return t.KeepAlives }},
	"zero_window_segments": {said: func(s *streamAnswer, _ *directionAnswer) estimate {
		return exactly(s.both(func(d *directionAnswer) int64 { return d.Window.ZeroSegments }))
	}, peers: func(t *toolCounts, _ string) *int64 { return t.ZeroWindows }},
	"retransmissions": {said: func(_ *streamAnswer, d *directionAnswer) estimate {
		return exactly(d.DataRetransmissions)
	}, peers: func(t *toolCounts, direction string) *int64 { return t.Retransmissions[direction] }},
	"payload_bytes":       {said: func(_ *streamAnswer, d *directionAnswer) estimate { return exactly(d.PayloadBytes) }},
	"acked_bytes":         {said: func(_ *streamAnswer, d *directionAnswer) estimate { return exactly(d.AckedBytes) }},
	"max_in_flight_bytes": {said: func(_ *streamAnswer, d *directionAnswer) estimate { return estimate{Value: d.MaxInFlight} }},
	"rtt_ns":              {said: func(s *streamAnswer, _ *directionAnswer) estimate { return estimate{Value: s.RTT} }},
}

// both adds up a count over both directions.
func (s *streamAnswer) both(count func(*directionAnswer) int64) (n int64) {
	for i := range s.Directions {
		n += count(&s.Directions[i])
	}
	return n
}

// explainedBy returns the time that a cause explains in one direction.
func (s *streamAnswer) explainedBy(code, direction string) (ns int64) {
	for i := range s.Causes {
		if c := &s.Causes[i]; c.Code == code && c.Direction == direction {
			ns += c.Wait
		}
	}
	return ns
}

// unread returns what was unread when the window first closed.
func (d *directionAnswer) unread() estimate {
	for _, s := range d.Stalls {
		if s.ZeroFrame != nil {
			return s.Unread
		}
	}
	return estimate{}
}
