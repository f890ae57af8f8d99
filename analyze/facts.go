package analyze

import (
	"time"

	"winwatch/analyze/cause"
)

// gather fills f with the facts that the causes judge, except for the endpoints.
// Times are complete only once the stream was finished (see ending).
func (sh *shard) gather(st *stream, dropped bool, f *cause.Facts) {
	h := st.handshakeSeen()
	f.Refused, f.Unanswered = h == HandshakeRefused, h == HandshakeUnanswered
	f.OneSided, f.Dropped, f.Renumbered = !st.bothSides(), dropped, st.is(isForked)
	sh.flowFacts(st, st.client, &f.Flows[ClientToServer])
	sh.flowFacts(st, st.client^1, &f.Flows[ServerToClient])
}

func (sh *shard) flowFacts(st *stream, side uint8, x *cause.Flow) {
	f := &st.flows[side]
	x.Segments, x.DataSegments, x.Bytes = uint64(f.segs), uint64(f.dataSegs), f.bytes
	x.Retransmissions, x.DataRetransmissions = uint64(f.retrans), uint64(f.resent)
	t := sh.stateOrNone(f)
	b := f.budget(t, st.span())
	x.Total, x.Limited, x.Network, x.Idle = b.Total, b.ReceiverLimited(), b.Network, b.SenderIdle
	x.Stalls, x.StallTime, x.Probes = t.past.count-t.past.unwaited, nanos(t.past.time), uint64(t.counts.probes)
	x.Longest, x.LongestOpen, x.LongestByTimer, x.Early = 0, false, false, false
	if w := worstStall(t.past.stalls); w != nil {
		x.Longest, x.Early = w.Duration, w.early
		x.LongestOpen, x.LongestByTimer = w.EndedBy == EndCaptureEnded, w.EndedBy == EndSenderTimer
	}
}

// name sets the endpoints in f.
func (s *Stream) name(f *cause.Facts) {
	f.Client, f.Server = s.Client, s.Server
	for dir := range s.Dirs {
		f.Flows[dir].Sender, f.Flows[dir].Receiver = s.Dirs[dir].Sender, s.Dirs[dir].Receiver
	}
}

// evidence returns what the explanation of a finding needs to know about the worst
// stall.
func (w *Stall) evidence(maxFrames int) *cause.Stall {
	if w == nil {
		return nil
	}
	e := &cause.Stall{
		BeganBefore:     w.BeganBeforeCapture,
		ResetByReceiver: w.EndedBy == EndResetByReceiver,
		ResetBySender:   w.EndedBy == EndResetBySender,
		GaveUp:          w.EndedBy == EndGaveUp,
		ByTimer:         w.EndedBy == EndSenderTimer,
		Unread:          w.Unread.Value(),
		Probes:          w.ProbeCount,
		Waiting:         w.SenderWaiting != nil && *w.SenderWaiting,
		WasZero:         w.ZeroFrame != 0,
		Frames:          w.frames(maxFrames),
	}
	if n := len(w.Probes); n > 0 && w.NextProbeDue != nil {
		e.NextProbe = time.Duration(*w.NextProbeDue - w.Probes[n-1].Time)
	}
	return e
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
