package analyzetest

import (
	"slices"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// Judge sets the verdict of a stream that was built by hand to what the engine
// says of such a stream.
func Judge(st *analyze.Stream) {
	f := cause.Facts{
		Client: st.Client, Server: st.Server, OneSided: st.OneSided, Total: st.Span,
		Refused:    st.Handshake == analyze.HandshakeRefused,
		Unanswered: st.Handshake == analyze.HandshakeUnanswered,
	}
	for dir := range st.Dirs {
		f.Flows[dir] = flowFacts(&st.Dirs[dir])
	}
	st.Diagnose(cause.New(cause.DefaultLimits()).Explain(&f))
}

func flowFacts(d *analyze.Direction) cause.Flow {
	f := cause.Flow{
		Sender: d.Sender, Receiver: d.Receiver, Segments: d.Segments, DataSegments: d.DataSegments,
		Retransmissions: d.Retransmissions, DataRetransmissions: d.DataRetransmissions, Bytes: d.Bytes,
		StallCount: d.StallCount, StallTime: d.StallTime, Probes: d.Probes,
	}
	b := &d.Budget
	f.Spent = cause.Times{
		cause.Closed: b.ZeroWindow, cause.Small: b.SmallWindow, cause.Full: b.WindowFull,
		cause.Held: b.Held, cause.Recovering: b.Recovering, cause.Delayed: b.Delayed,
		cause.Flight: b.Network, cause.Idle: b.SenderIdle, cause.Unjudged: b.Unjudged,
	}
	for i := range d.Stalls {
		if w := &d.Stalls[i]; w.SenderWaiting == nil || *w.SenderWaiting {
			f.Stalls = append(f.Stalls, stall(w))
		}
	}
	return f
}

func stall(w *analyze.Stall) cause.Stall {
	x := cause.Stall{
		Begin: cause.Mark{Frame: w.BeginFrame, Time: w.Begin}, End: cause.Mark{Frame: w.EndFrame, Time: w.End}, Duration: w.Duration,
		Zero: cause.Mark{Frame: w.ZeroFrame, Time: w.ZeroBegin}, Heard: cause.Mark{Frame: w.HeardFrame, Time: w.Heard},
		Open: w.EndedBy == analyze.EndCaptureEnded, BeganBefore: w.BeganBeforeCapture, WasZero: w.ZeroFrame != 0,
		Probes: w.ProbeCount, Waiting: w.SenderWaiting != nil && *w.SenderWaiting,
		ResetByReceiver: w.EndedBy == analyze.EndResetByReceiver, ResetBySender: w.EndedBy == analyze.EndResetBySender,
		GaveUp: w.EndedBy == analyze.EndGaveUp,
	}
	x.Unread, x.UnreadAtMost = w.Queued()
	frames := []uint64{w.BeginFrame, w.ZeroFrame, w.EndFrame}
	for _, p := range w.Probes {
		frames = append(frames, p.Frame, p.AnswerFrame)
	}
	slices.Sort(frames)
	x.Frames = slices.DeleteFunc(slices.Compact(frames), func(n uint64) bool { return n == 0 })
	if n := len(w.Probes); n > 0 && w.NextProbeDue != nil {
		x.NextProbe = time.Duration(*w.NextProbeDue - w.Probes[n-1].Time)
	}
	return x
}
