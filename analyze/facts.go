package analyze

import (
	"time"

	"winwatch/analyze/cause"
)

// gather fills f with the facts that the causes judge, except for the endpoints and
// what only an explanation needs. Times are complete only once the stream was finished
// (see ending).
func (sh *shard) gather(st *stream, dropped bool, f *cause.Facts) {
	h := st.handshakeSeen()
	f.Refused, f.Unanswered = h == HandshakeRefused, h == HandshakeUnanswered
	f.OneSided, f.Dropped, f.Renumbered = !st.bothSides(), dropped, st.is(isForked)
	f.HalfScaled = st.halfScaled()
	f.Total = nanos(st.span())
	sh.flowFacts(st, st.client, &f.Flows[ClientToServer])
	sh.flowFacts(st, st.client^1, &f.Flows[ServerToClient])
}

func (sh *shard) flowFacts(st *stream, side uint8, x *cause.Flow) {
	f := &st.flows[side]
	x.Segments, x.DataSegments, x.Bytes = uint64(f.segs), uint64(f.dataSegs), f.bytes
	x.Retransmissions, x.DataRetransmissions = uint64(f.retrans), uint64(f.resent)
	x.RTT, x.LargestWindow = nanos(st.rtt()), 0
	if f.shift != Unknown {
		x.LargestWindow = int64(f.maxWnd)
	}
	x.Acked, x.Behind = f.acked(), nil
	t := sh.stateOrNone(f)
	x.Captured = f.captured(st, t)
	x.Spent = sh.spentOn(st, f, t)
	sh.paceFacts(st, f, t, x)
	x.Probes, x.ProbeAnswers = uint64(t.counts.probes), uint64(t.counts.probeAnswers)
	x.StallCount, x.StallTime = t.past.count-t.past.unwaited, nanos(t.past.time-t.waits.silent)
	x.Withdrawn, x.MeanSegment = t.edge.withdrawn.facts(), 0
	if f.dataSegs > 0 {
		x.MeanSegment = f.bytes / int64(f.dataSegs)
	}
	x.Refused, x.RefusedShut = t.cluesOrNone().refusals.sums[0], t.cluesOrNone().refusals.sums[1]
	x.Rewrite, x.Misread = t.cluesOrNone().rewrite, t.cluesOrNone().misread
	x.Unscaled = f.shift == 0 && f.rawMin <= f.rawMax && uint32(f.rawMin) > f.maxWnd/2
	x.BareLoss = t.cluesOrNone().blind.loss()
	x.Overrun = t.cluesOrNone().overrun.sum
	refusing := x.Refused.Open + x.RefusedShut.Open
	refusing -= x.Spent.Move(cause.Recovering, cause.Refusing, refusing)
	x.Spent.Move(cause.Flight, cause.Refusing, refusing)
	x.Silence = cause.Silence{}
	if since, n := sh.silentSince(f, &st.flows[side^1], t); n > 0 {
		x.Silence = cause.Silence{Unanswered: n, Duration: nanos(st.last - since), Since: cause.Mark{Time: since}}
		left := x.Silence.Duration
		for _, k := range [...]cause.Kind{cause.Recovering, cause.Flight, cause.Full} {
			left -= x.Spent.Move(k, cause.Silent, left)
		}
	}
	x.Stalls, x.Doubtful = x.Stalls[:0], 0
	for i := range t.past.stalls {
		switch w := &t.past.stalls[i]; {
		case !w.idle():
			x.Stalls = append(x.Stalls, w.facts())
		case w.ProbeCount > 0:
			x.Doubtful += w.Duration
		}
	}
}

// captured returns how much of the flow the capture shows.
func (f *flow) captured(st *stream, t *flowstate) cause.Captured {
	x := cause.Captured{
		Missing:      f.missing(st, t),
		ScaleUnknown: f.shift == Unknown && f.is(hasWnd), MinShift: f.minShift,
		InFlight: int64(f.maxInFlight),
	}
	if f.rawMin <= f.rawMax {
		x.LargestField = int64(f.rawMax)
	}
	if x.Missing > 0 {
		x.Gaps, x.LargestGap = int64(t.loss.gaps), int64(t.loss.largestGap)
		x.FirstGap = cause.Mark{Frame: t.loss.firstGap.frame, Time: t.loss.firstGap.at}
	}
	return x
}

// missing is the payload that was acknowledged and not captured. Where some of what was
// captured was set aside, it may be part of that.
func (f *flow) missing(st *stream, t *flowstate) int64 {
	switch {
	case st.is(isForked):
		return 0
	case st.strays > 0:
		return max(f.acked()-f.bytes, 0)
	}
	return max(f.acked()-f.unique(t), t.loss.missed)
}

// spentOn returns what the time of the flow was spent on, for the causes.
func (sh *shard) spentOn(st *stream, f *flow, t *flowstate) cause.Times {
	b := sh.budget(st, f, t)
	x := b.Times()
	x.Move(cause.Closed, cause.Silent, nanos(t.waits.silent))
	x.Move(cause.Idle, cause.Unaware, nanos(t.waits.unaware))
	x.Move(cause.Idle, cause.Stuck, nanos(t.waits.stuck))
	return x
}

// facts returns what the causes judge a stall by.
func (w *Stall) facts() cause.Stall {
	x := cause.Stall{
		Begin: cause.Mark{Frame: w.BeginFrame, Time: w.Begin}, End: cause.Mark{Frame: w.EndFrame, Time: w.End},
		Duration: w.Duration - w.Silent, Silent: w.Silent, Unanswered: int64(w.Unanswered),
		Zero:            cause.Mark{Frame: w.ZeroFrame, Time: w.ZeroBegin},
		Heard:           cause.Mark{Frame: w.HeardFrame, Time: w.Heard},
		Open:            w.EndedBy == EndCaptureEnded,
		BeganBefore:     w.BeganBeforeCapture,
		Early:           w.early,
		AfterKeepAlives: w.AfterKeepAlives, Even: w.even,
		WasZero:         w.ZeroFrame != 0,
		ByTimer:         w.EndedBy == EndSenderTimer,
		ResetByReceiver: w.EndedBy == EndResetByReceiver,
		ResetBySender:   w.EndedBy == EndResetBySender,
		GaveUp:          w.EndedBy == EndGaveUp,
		Waiting:         w.SenderWaiting != nil && *w.SenderWaiting,
		Probes:          w.ProbeCount,
		Offered:         int64(w.offer.largest),
		TakenBack:       int64(w.offer.back),
		Asked:           w.Asked, Mutual: w.Mutual, Unaware: w.Unaware, Stuck: w.Stuck, KeepAlives: w.KeepAlives,
	}
	if w.OpenedTo != nil {
		x.OpenedTo = *w.OpenedTo
	}
	if n := len(w.Probes); n > 0 {
		last := &w.Probes[n-1]
		x.LastProbe = cause.Mark{Frame: last.Frame, Time: last.Time}
		x.DataProbed = w.EndedBy != EndDataAccepted && (last.Form == ProbeDataByte || last.Form == ProbeDataBlock)
	}
	return x
}

// Explain adds to the facts what only an explanation needs: the endpoints, the first and the
// last segment, and of each stall up to maxFrames frames that prove it, the unread bytes and
// when the next probe is due.
func (s *Stream) Explain(f *cause.Facts, maxFrames int) {
	f.Server = s.Server
	f.First, f.Last = cause.Mark{Frame: s.FirstFrame, Time: s.Begin}, cause.Mark{Frame: s.LastFrame, Time: s.End}
	f.RefusedAt = cause.Mark{}
	if s.ResetBy != nil {
		f.RefusedAt = f.Last
	}
	for dir := range s.Dirs {
		d, x := &s.Dirs[dir], &f.Flows[dir]
		x.Sender, x.Receiver = d.Sender, d.Receiver
		x.Stalls = x.Stalls[:0]
		for i := range d.Stalls {
			w := &d.Stalls[i]
			if w.idle() {
				continue
			}
			e := w.facts()
			e.Unread, e.UnreadAtMost = w.Queued()
			if n := len(w.Probes); n > 0 && w.NextProbeDue != nil {
				e.NextProbe = time.Duration(*w.NextProbeDue - w.Probes[n-1].Time)
			}
			e.Frames = w.frames(maxFrames)
			x.Stalls = append(x.Stalls, e)
		}
	}
}

// frames returns up to most frames that prove the stall: its begin, its probes and
// its end.
func (w *Stall) frames(most int) []uint64 {
	var frames []uint64
	add := func(n uint64) {
		if n != 0 && len(frames) < most && (len(frames) == 0 || n > frames[len(frames)-1]) {
			frames = append(frames, n)
		}
	}
	add(w.BeginFrame)
	add(w.ZeroFrame)
	for _, p := range w.Probes {
		add(p.Frame)
		add(p.AnswerFrame)
	}
	add(w.EndFrame)
	return frames
}

// idle reports whether nobody waited: the sender had nothing to send.
func (w *Stall) idle() bool { return w.SenderWaiting != nil && !*w.SenderWaiting }

// cost is the time for which the sender waited or may have waited.
func (w *Stall) cost() time.Duration {
	if w.idle() {
		return 0
	}
	return w.Duration
}

// worstStall returns the longest stall in which the sender waited or may have
// waited, the first among equals, or nil if there is none.
func worstStall(stalls []Stall) *Stall {
	var worst *Stall
	for i := range stalls {
		s := &stalls[i]
		if s.idle() {
			continue
		}
		if worst == nil || s.Duration > worst.Duration || s.Duration == worst.Duration && s.BeginFrame < worst.BeginFrame {
			worst = s
		}
	}
	return worst
}

// WorstStall returns the longest stall in which the sender waited or may have
// waited, or nil if there is none.
func (d *Direction) WorstStall() *Stall { return worstStall(d.Stalls) }

// InTrouble reports whether the stream has a stall, or a finding other than
// healthy.
func (s *Stream) InTrouble() bool {
	return s.Verdict.Severity > cause.OK || s.Dirs[0].StallCount+s.Dirs[1].StallCount > 0
}
