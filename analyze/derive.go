package analyze

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"
	"sort"
	"time"
)

// Result closes what is still open and derives what the capture told. It is
// called once, after the last segment.
func (a *Analyzer) Result() *Result {
	if a.holding {
		b := a.batch()
		a.flush(b)
		a.through(b)
	}
	r := &Result{
		Segments: a.segments, StreamCount: a.nextID, Bytes: a.bytes,
		Begin: a.begin, End: a.end,
	}
	if a.segments > 0 {
		r.Span = nanos(a.clock.now - a.beganAt)
	}
	var sums totals
	worst := ranking{most: a.cfg.MaxVerdicts}
	for _, l := range a.lanes {
		l.close(&sums, &worst)
		r.Retired.add(&l.retired)
	}
	a.top = worst.streams()
	r.Stalls, r.Probes, r.KeepAlives, r.ZeroWindows = sums.stalls, sums.probes, sums.keepAlives, sums.zeroWindows
	r.Retransmissions, r.StalledStreams = sums.retransmissions, sums.stalled
	r.StallTime = nanos(sums.stallTime)
	a.warn(r)

	r.streams = a.all()
	r.byID = a.byID
	r.sketch = a.sketchOf
	r.worst = a.worst
	for _, s := range a.top {
		r.Verdicts = append(r.Verdicts, s.Verdict)
	}
	slices.SortStableFunc(r.Verdicts, func(x, y Verdict) int {
		return cmp.Or(cmp.Compare(y.Severity, x.Severity), cmp.Compare(y.Wait, x.Wait))
	})
	return r
}

// close closes what is still open in the streams of the lane, adds up what all
// streams had, and ranks them.
func (l *lane) close(sums *totals, worst *ranking) {
	sums.add(&l.gone)
	for id, st := range l.live() {
		l.finish(st)
		l.sum(sums, st)
		worst.add(l.rank(st, id))
	}
	worst.addKept(l.kept)
}

func (r *Retired) add(o *Retired) {
	r.Streams += o.Streams
	r.Segments += o.Segments
	r.Bytes += o.Bytes
	r.Stalled += o.Stalled
}

// live yields the numbers and streams that are tracked, in the order of their
// slots: that of their numbers, until the first slot is used again.
func (l *lane) live() iter.Seq2[int64, *stream] {
	return func(yield func(int64, *stream) bool) {
		for slot := range l.slab.n {
			if st := l.slab.at(slot); st.is(inUse) && !st.is(namedOnly) && !yield(*l.ids.at(slot), st) {
				return
			}
		}
	}
}

// ordered yields the numbers and streams of the lane in the order of the numbers.
// Streams that were let go and kept come without a stream, but derived.
func (l *lane) ordered() iter.Seq2[int64, func() *Stream] {
	return func(yield func(int64, func() *Stream) bool) {
		if !l.reused {
			for id, st := range l.live() {
				if !yield(id, func() *Stream { return l.derive(st, id) }) {
					return
				}
			}
			return
		}
		type place struct {
			id   int64
			st   *stream
			kept *Stream
		}
		var order []place
		for id, st := range l.live() {
			order = append(order, place{id, st, nil})
		}
		for _, s := range l.kept {
			order = append(order, place{s.ID, nil, s})
		}
		slices.SortFunc(order, func(x, y place) int { return cmp.Compare(x.id, y.id) })
		for _, p := range order {
			if !yield(p.id, func() *Stream {
				if p.kept != nil {
					return p.kept
				}
				return l.derive(p.st, p.id)
			}) {
				return
			}
		}
	}
}

// all yields the streams in the order of their numbers.
func (a *Analyzer) all() iter.Seq[*Stream] {
	return func(yield func(*Stream) bool) {
		type source struct {
			next   func() (int64, func() *Stream, bool)
			id     int64
			derive func() *Stream
		}
		var sources []*source
		for _, l := range a.lanes {
			next, stop := iter.Pull2(l.ordered())
			defer stop()
			if id, derive, ok := next(); ok {
				sources = append(sources, &source{next, id, derive})
			}
		}
		for len(sources) > 0 {
			x := slices.MinFunc(sources, func(x, y *source) int { return cmp.Compare(x.id, y.id) })
			if !yield(x.derive()) {
				return
			}
			var ok bool
			if x.id, x.derive, ok = x.next(); !ok {
				sources = slices.DeleteFunc(sources, func(y *source) bool { return y == x })
			}
		}
	}
}

// byID derives the stream of that number; nil if there is none.
func (a *Analyzer) byID(id int64) *Stream {
	for _, l := range a.lanes {
		if st := l.numbered(id); st != nil {
			return l.derive(st, id)
		}
		for _, s := range l.kept {
			if s.ID == id {
				return s
			}
		}
	}
	return nil
}

// numbered returns the tracked stream of that number; nil if there is none.
func (l *lane) numbered(id int64) *stream {
	slot := 0
	if n := int(l.ids.n); !l.reused {
		slot = sort.Search(n, func(i int) bool { return *l.ids.at(uint32(i)) >= id })
	} else {
		for slot < n && *l.ids.at(uint32(slot)) != id {
			slot++
		}
	}
	if slot == int(l.ids.n) || *l.ids.at(uint32(slot)) != id {
		return nil
	}
	if st := l.slab.at(uint32(slot)); st.is(inUse) && !st.is(namedOnly) {
		return st
	}
	return nil
}

// derive makes the result of a stream, with its number. It must be finished.
func (l *lane) derive(st *stream, id int64) *Stream {
	s := &Stream{
		ID: id, Client: st.endpoint(st.client), Server: st.endpoint(st.client ^ 1),
		Handshake: st.handshakeSeen(), Closed: "open",
		Begin: st.begin, End: st.end, FirstFrame: st.firstFrame, LastFrame: st.endFrame,
		Span: nanos(st.span()), Duplicates: uint64(st.duplicates),
		Segments: uint64(st.flows[0].segs) + uint64(st.flows[1].segs) + uint64(st.duplicates),
		OneSided: !st.bothSides(),
	}
	if rtt := st.rtt(); rtt > 0 {
		s.RTT = ptr(nanos(rtt))
	}
	for _, d := range []Dir{ClientToServer, ServerToClient} {
		side := st.client ^ uint8(d)
		l.direction(st, side, &s.Dirs[d])
		if st.flows[side].is(sawRST) {
			s.Closed, s.ResetBy = "reset", ptr(d)
		}
	}
	if s.Closed == "open" && st.flows[0].is(sawFIN) && st.flows[1].is(sawFIN) {
		s.Closed = "fin"
	}
	l.warnStream(st, s)
	s.Verdict = l.verdict(s)
	return s
}

// endpoint is the address and port of a side.
func (st *stream) endpoint(side uint8) netip.AddrPort {
	if side == sideA {
		return netip.AddrPortFrom(st.key.a.Netip(), st.key.aPort)
	}
	return netip.AddrPortFrom(st.key.b.Netip(), st.key.bPort)
}

// handshakeSeen tells how much of the handshake was captured.
func (st *stream) handshakeSeen() Handshake {
	c := &st.flows[st.client]
	switch syn := c.is(sawSYN); {
	case st.is(wasRefused):
		return HandshakeRefused
	case syn && st.is(sawSYNACK):
		return HandshakeComplete
	case syn && st.flows[st.client^1].segs == 0 && c.segs > 0 && c.dataSegs == 0:
		return HandshakeUnanswered
	case syn:
		return HandshakeSYNOnly
	case st.is(sawSYNACK):
		return HandshakeNoSYN
	}
	return HandshakeNone
}

// direction derives the flow of what a side sends.
func (l *lane) direction(st *stream, side uint8, d *Direction) {
	f := &st.flows[side]
	t := l.trouble(f)
	if t == nil {
		t = &detail{}
	}
	*d = Direction{
		Sender: st.endpoint(side), Receiver: st.endpoint(side ^ 1),
		Segments: uint64(f.segs), DataSegments: uint64(f.dataSegs),
		Bytes: f.bytes, UniqueBytes: max(f.payload(f.nxt)-t.unseen, 0), AckedBytes: f.acked(),
		Retransmissions: uint64(f.retrans), RetransmissionsIntoZeroWindow: uint64(t.retransZero),
		OutOfOrder: uint64(t.reorder), Gaps: uint64(t.gaps), DupACKs: uint64(t.dupAck),
		KeepAlives: uint64(t.keepAlives), KeepAliveAnswers: uint64(t.keepAliveAnswers),
		Probes: uint64(t.probes), ProbeAnswers: uint64(t.probeAnswers), ProbeTimerData: uint64(t.timerData),
		MSS: f.mss, MaxSegment: int64(f.maxSeg),
		Window:     f.window(st, t),
		StallCount: t.stallCount - t.unwaited, StallTime: nanos(t.stallTime),
		Budget: f.budget(t, st.span()),
	}
	if f.has(hasNxt | hasUna) {
		d.MaxInFlight = ptr(int64(f.maxInFlight))
	}
	d.Stalls = l.stalls(t)
	worst := d.WorstStall()
	d.Buffer = f.buffer(t, d.Stalls)
	d.Reader = f.reader(t, worst, st.begin)
	d.Backlog = backlog(worst)
}

// stalls returns copies of the stalls in the order in which they began, with
// what is derived of them.
func (l *lane) stalls(t *detail) []Stall {
	stalls := slices.Clone(t.stalls)
	slices.SortFunc(stalls, func(x, y Stall) int { return cmp.Compare(x.BeginFrame, y.BeginFrame) })
	for i := range stalls {
		stalls[i].timing()
		stalls[i].Blame = stalls[i].blame()
	}
	return stalls
}

// WorstStall returns the longest stall in which the sender waited, nil if there
// is none.
func (d *Direction) WorstStall() *Stall {
	var worst *Stall
	for i := range d.Stalls {
		s := &d.Stalls[i]
		if s.SenderWaiting != nil && !*s.SenderWaiting {
			continue
		}
		if worst == nil || s.Duration > worst.Duration {
			worst = s
		}
	}
	return worst
}

// window derives what the receiver advertised.
func (f *flow) window(st *stream, t *detail) Window {
	w := Window{
		MaxRaw: -1, MinRaw: -1, Scale: f.scale(st),
		ZeroSegments: uint64(t.zeroSegs), ToZero: uint64(t.toZero), FromZero: uint64(t.fromZero),
		Filled: uint64(t.filled), Shrunk: uint64(t.shrunk), Updates: uint64(t.updates),
	}
	if f.rawMin <= f.rawMax {
		w.MaxRaw, w.MinRaw = int32(f.rawMax), int32(f.rawMin)
	}
	if f.shift != Unknown && f.is(hasWnd) {
		w.Largest = ptr(int64(f.maxWnd))
	}
	return w
}

// scale derives what is known of the window scale.
func (f *flow) scale(st *stream) Scale {
	switch {
	case f.shift != Unknown && st.unscaled():
		return Scale{State: ScaleAbsent, Method: "the handshake shows no window scale option on one side: neither side scales (RFC 7323 2.2)"}
	case f.shift != Unknown:
		return Scale{State: ScaleKnown, Shift: uint8(f.shift), Min: uint8(f.shift), Max: uint8(f.shift), Method: "from the handshake"}
	}
	sc := Scale{State: ScaleUnknown, Min: f.minShift, Max: maxShift}
	sc.Method = "the handshake was not captured"
	if f.is(optsCut) {
		sc.Method = "the options of the SYN were not captured whole"
	} else if f.is(sawSYN) || f.offer != Unknown {
		sc.Method = "only one half of the handshake was captured"
	}
	if f.minShift > 0 {
		sc.Method += "; the lower bound is the smallest shift under which all data that was acknowledged had been legal"
	}
	sc.Method += "; a capture that holds both SYNs settles it, or on the receiver's host: ss -ti (wscale:sender,receiver)"
	return sc
}

// budget sums up what the time of the stream was spent on.
func (f *flow) budget(t *detail, span int64) Budget {
	at := func(c class) time.Duration { return nanos(t.spent[c]) }
	b := Budget{
		Total:      nanos(span),
		ZeroWindow: at(zeroWindow), SmallWindow: at(smallWindow), WindowFull: at(windowFull),
		Network: nanos(f.network), Unjudged: nanos(f.unjudged),
	}
	b.SenderIdle = b.Total - b.ReceiverLimited() - b.Network - b.Unjudged
	return b
}
