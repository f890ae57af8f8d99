package analyze

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"winwatch/analyze/cause"
)

// Result returns the results so far. It can be called at any time, even from
// another goroutine while Run is active, but not from an OnSample function. The
// analysis continues unaffected.
func (a *Analyzer) Result() (r *Result) {
	a.scheduler.atRest(func() { r = a.result() })
	return r
}

func (a *Analyzer) result() *Result {
	r := &Result{
		Input: a.input, Damage: slices.Clone(a.damage),
		Segments: a.segments, StreamCount: a.nextID,
		mostVerdicts: a.cfg.MaxVerdicts,
	}
	if a.segments > 0 {
		r.Begin, r.End = a.clock.low, a.clock.now
		r.Span = nanos(r.End - r.Begin)
	}
	v := &view{a: a, dropped: a.input.Dropped() > 0}
	s := v.survey(a.cfg.MaxVerdicts)
	v.top = s.list()
	r.Findings, r.OtherFindings = s.found.findings(a.cfg.MaxVerdicts, v.verdict)
	sums := &s.sums
	for _, sh := range a.shards {
		r.Evicted.add(&sh.evicted)
	}
	r.Bytes, r.Duplicates = sums.bytes, uint64(sums.duplicates)
	r.Stalls, r.Probes, r.KeepAlives, r.ZeroWindows = sums.stalls, sums.probes, sums.keepAlives, sums.zeroWindows
	r.Retransmissions, r.StalledStreams = sums.retransmissions, sums.stalled
	r.StallTime = nanos(sums.stallTime)
	a.warn(r)
	r.Verdicts = verdicts(v.top)
	r.from = v
	return r
}

func (r *Evicted) add(o *Evicted) {
	r.Streams += o.Streams
	r.Segments += o.Segments
	r.Bytes += o.Bytes
	r.Stalled += o.Stalled
}

// derived is a stream and the facts that its finding is judged by.
type derived struct {
	*Stream
	facts cause.Facts
}

// derive builds the result of a stream, gives it the number id, and fills facts with what
// its causes are judged by. Finish the stream first.
func (sh *shard) derive(st *stream, id int64, dropped bool, facts *cause.Facts) *Stream {
	s := &Stream{
		ID: id, Client: st.endpoint(st.client), Server: st.endpoint(st.client ^ 1),
		Handshake: st.handshakeSeen(), Closed: StillOpen,
		Begin: st.first, End: st.last, FirstFrame: st.firstFrame, LastFrame: st.endFrame,
		Span: nanos(st.span()), Duplicates: uint64(st.duplicates), Segments: st.segments(),
		OneSided: !st.bothSides(),
	}
	if rtt := st.rtt(); rtt > 0 {
		s.RTT = new(nanos(rtt))
	}
	for _, d := range []Dir{ClientToServer, ServerToClient} {
		side := st.client ^ uint8(d)
		sh.direction(st, side, &s.Dirs[d])
		if st.flows[side].is(sawRST) {
			s.Closed, s.ResetBy = ClosedReset, new(d)
		}
	}
	if s.Closed == StillOpen && st.flows[0].is(sawFIN) && st.flows[1].is(sawFIN) {
		s.Closed = ClosedFIN
	}
	sh.warnStream(st, s)
	sh.gather(st, dropped, facts)
	s.Explain(facts, sh.cfg.MaxFrames)
	return s
}

// endpoint returns the address and port of a side.
func (st *stream) endpoint(side uint8) netip.AddrPort {
	if side == sideA {
		return netip.AddrPortFrom(st.key.a.Netip(), st.key.aPort)
	}
	return netip.AddrPortFrom(st.key.b.Netip(), st.key.bPort)
}

// handshakeSeen returns how much of the handshake was captured.
func (st *stream) handshakeSeen() Handshake {
	c := &st.flows[st.client]
	switch syn := c.is(sawSYN); {
	case st.is(wasRefused):
		return HandshakeRefused
	case syn && st.is(sawSYNACK):
		return HandshakeComplete
	case syn && st.flows[st.client^1].segs == 0 && c.segs > 0 && c.dataSegs == 0 && !st.flows[st.client^1].is(hasUna):
		return HandshakeUnanswered
	case syn:
		return HandshakeSYNOnly
	case st.is(sawSYNACK):
		return HandshakeNoSYN
	}
	return HandshakeNone
}

// direction derives the results for the data that a side sends.
func (sh *shard) direction(st *stream, side uint8, d *Direction) {
	f := &st.flows[side]
	t := sh.stateOrNone(f)
	*d = Direction{
		Sender: st.endpoint(side), Receiver: st.endpoint(side ^ 1),
		Segments: uint64(f.segs), DataSegments: uint64(f.dataSegs),
		Bytes: f.bytes, UniqueBytes: f.unique(t), AckedBytes: f.acked(),
		Retransmissions: uint64(f.retrans), DataRetransmissions: uint64(f.resent), RetransmissionsIntoZeroWindow: uint64(t.counts.retransZero),
		OutOfOrder: uint64(t.counts.reorder), Gaps: uint64(t.counts.gaps), DupACKs: uint64(t.counts.dupAck),
		KeepAlives: uint64(t.counts.keepAlives), KeepAliveAnswers: uint64(t.counts.keepAliveAnswers),
		Probes: uint64(t.counts.probes), ProbeAnswers: uint64(t.counts.probeAnswers), ProbeTimerData: uint64(t.counts.timerData),
		MSS: f.mss, MaxSegment: min(int64(f.maxSeg), f.bytes),
		Window:     f.window(st, t),
		StallCount: t.past.count - t.past.unwaited, StallTime: nanos(t.past.time),
		Budget: sh.budget(st, f, t),
	}
	if st.is(isForked) { // neither numbering counts all of it
		d.AckedBytes = min(d.AckedBytes, d.Bytes)
	}
	if f.has(hasNxt|hasUna) && !st.is(isForked) && (f.maxInFlight > 0 || f.dataSegs == 0) {
		d.MaxInFlight = new(int64(f.maxInFlight))
	}
	d.Stalls = sh.stalls(t)
	f.doubtUnread(t, d.Stalls, st.first, sh.cfg)
	worst := d.WorstStall()
	d.Buffer = f.buffer(t, sh.cfg, d.Stalls)
	d.Reader = f.reader(t, worst, st.first)
	d.Backlog = backlog(worst)
}

// stalls returns copies of the stalls in the order in which they began, with the
// derived fields set.
func (sh *shard) stalls(t *flowstate) []Stall {
	stalls := slices.Clone(t.past.stalls)
	slices.SortFunc(stalls, func(x, y Stall) int { return cmp.Compare(x.BeginFrame, y.BeginFrame) })
	for i := range stalls {
		stalls[i].timing(sh.cfg)
		stalls[i].Blame = stalls[i].blame()
	}
	return stalls
}

// window derives what the receiver advertised.
func (f *flow) window(st *stream, t *flowstate) Window {
	w := Window{
		MaxRaw: -1, MinRaw: -1, Scale: f.scale(st),
		ZeroSegments: uint64(t.counts.zeroSegs), ToZero: uint64(t.counts.toZero), FromZero: uint64(t.counts.fromZero),
		Filled: uint64(t.counts.filled), Shrunk: uint64(t.counts.shrunk), Updates: uint64(t.counts.updates),
	}
	if f.rawMin <= f.rawMax {
		w.MaxRaw, w.MinRaw = int32(f.rawMax), int32(f.rawMin)
	}
	if f.shift != Unknown && f.is(hasWnd) {
		w.Largest = new(int64(f.maxWnd))
	}
	return w
}

// scale derives what is known about the window scale.
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
		sc.Method = "the options of the SYN were captured only in part"
	} else if f.is(sawSYN) || f.offer != Unknown {
		sc.Method = "only half of the handshake was captured"
	}
	if f.minShift > 0 {
		sc.Method += "; the lower bound is the smallest shift that puts all acknowledged data within the window"
	}
	sc.Method += "; to find out, capture both SYNs or run ss -ti on the receiver's host (wscale:sender,receiver)"
	return sc
}

// budget divides the time of the stream by what it was spent on.
func (sh *shard) budget(st *stream, f *flow, t *flowstate) Budget {
	at := func(c class) time.Duration { return nanos(t.spent[c]) }
	b := Budget{
		Total:      nanos(st.span()),
		ZeroWindow: at(zeroWindow), SmallWindow: at(smallWindow), WindowFull: at(windowFull), Held: at(heldWindow),
		Recovering: at(recovering), Network: nanos(f.network), Unjudged: nanos(f.unjudged),
	}
	if p := sh.paceOf(f); p != nil {
		b.Delayed = min(nanos(p.nagle.delayed(sh.cfg)), b.Network)
	}
	b.Network -= b.Delayed
	b.SenderIdle = b.Total - b.ReceiverLimited() - b.Recovering - b.Delayed - b.Network - b.Unjudged
	return b
}
