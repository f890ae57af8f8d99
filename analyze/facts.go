package analyze

import (
	"time"

	"winwatch/analyze/cause"
)

// facts gathers what the causes of a stream are judged by. The stream must have
// ended: see ending.
func (sh *shard) facts(st *stream, dropped bool) cause.Facts {
	client, server := st.client, st.client^1
	f := cause.Facts{
		Client: st.endpoint(client), Server: st.endpoint(server),
		OneSided: !st.bothSides(), Dropped: dropped,
	}
	h := st.handshakeSeen()
	f.Refused, f.Unanswered = h == HandshakeRefused, h == HandshakeUnanswered
	f.Flows[ClientToServer] = sh.flowFacts(st, client)
	f.Flows[ServerToClient] = sh.flowFacts(st, server)
	return f
}

func (sh *shard) flowFacts(st *stream, side uint8) cause.Flow {
	f := &st.flows[side]
	t := sh.stateOrNone(f)
	b := f.budget(t, st.span())
	x := cause.Flow{
		Sender: st.endpoint(side), Receiver: st.endpoint(side ^ 1),
		Segments: uint64(f.segs), DataSegments: uint64(f.dataSegs), Retransmissions: uint64(f.retrans), Bytes: f.bytes,
		Stalls: t.past.count - t.past.unwaited, StallTime: nanos(t.past.time), Probes: uint64(t.counts.probes),
		Total: b.Total, Limited: b.ReceiverLimited(), Network: b.Network, Idle: b.SenderIdle,
	}
	if w := worstStall(t.past.stalls); w != nil {
		x.Longest, x.LongestOpen = w.Duration, w.EndedBy == EndCaptureEnded
	}
	return x
}

// evidence is what the explanation of a finding says about its worst stall.
func (w *Stall) evidence(maxFrames int) *cause.Stall {
	if w == nil {
		return nil
	}
	e := &cause.Stall{
		BeganBefore:     w.BeganBeforeCapture,
		ResetByReceiver: w.EndedBy == EndResetByReceiver,
		ResetBySender:   w.EndedBy == EndResetBySender,
		GaveUp:          w.EndedBy == EndGaveUp,
		Unread:          w.Unread.Value,
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

// frames returns the frames that prove the stall: its begin and end, and its
// probes.
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

// worstStall returns the longest stall in which the sender waited, or may have:
// the first of equals. It is nil if there is none.
func worstStall(stalls []Stall) *Stall {
	var worst *Stall
	for i := range stalls {
		s := &stalls[i]
		if s.SenderWaiting != nil && !*s.SenderWaiting {
			continue
		}
		if worst == nil || s.Duration > worst.Duration || s.Duration == worst.Duration && s.BeginFrame < worst.BeginFrame {
			worst = s
		}
	}
	return worst
}

// WorstStall returns the longest stall in which the sender waited, or may have;
// nil if there is none.
func (d *Direction) WorstStall() *Stall { return worstStall(d.Stalls) }

// InTrouble reports whether there is anything to say about the stream: a finding,
// or a stall.
func (s *Stream) InTrouble() bool {
	return s.Verdict.Severity > cause.OK || s.Dirs[0].StallCount+s.Dirs[1].StallCount > 0
}

// Busier returns the direction that carried more payload.
func (s *Stream) Busier() Dir {
	if s.Dirs[ServerToClient].Bytes > s.Dirs[ClientToServer].Bytes {
		return ServerToClient
	}
	return ClientToServer
}
