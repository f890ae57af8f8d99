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
		Client: st.Client, Server: st.Server, OneSided: st.OneSided,
		Refused:    st.Handshake == analyze.HandshakeRefused,
		Unanswered: st.Handshake == analyze.HandshakeUnanswered,
	}
	for dir := range st.Dirs {
		f.Flows[dir] = flowFacts(&st.Dirs[dir])
	}
	st.Verdict = analyze.Verdict{
		Stream: st.ID, Dir: analyze.Dir(f.Main()),
		Finding: cause.New(cause.DefaultLimits()).Explain(&f, evidence(st.Dirs[f.Main()].WorstStall())),
	}
}

func flowFacts(d *analyze.Direction) cause.Flow {
	f := cause.Flow{
		Sender: d.Sender, Receiver: d.Receiver, Segments: d.Segments, DataSegments: d.DataSegments,
		Retransmissions: d.Retransmissions, DataRetransmissions: d.DataRetransmissions, Bytes: d.Bytes, Stalls: d.StallCount, StallTime: d.StallTime, Probes: d.Probes,
		Total: d.Budget.Total, Limited: d.Budget.ReceiverLimited(), Network: d.Budget.Network, Idle: d.Budget.SenderIdle,
	}
	if w := d.WorstStall(); w != nil {
		f.Longest, f.LongestOpen = w.Duration, w.EndedBy == analyze.EndCaptureEnded
	}
	return f
}

func evidence(w *analyze.Stall) *cause.Stall {
	if w == nil {
		return nil
	}
	e := &cause.Stall{
		BeganBefore: w.BeganBeforeCapture, Unread: w.Unread.Value(), Probes: w.ProbeCount, WasZero: w.ZeroFrame != 0,
		ResetByReceiver: w.EndedBy == analyze.EndResetByReceiver, ResetBySender: w.EndedBy == analyze.EndResetBySender,
		GaveUp:  w.EndedBy == analyze.EndGaveUp,
		Waiting: w.SenderWaiting != nil && *w.SenderWaiting,
	}
	frames := []uint64{w.BeginFrame, w.ZeroFrame, w.EndFrame}
	for _, p := range w.Probes {
		frames = append(frames, p.Frame, p.AnswerFrame)
	}
	slices.Sort(frames)
	e.Frames = slices.DeleteFunc(slices.Compact(frames), func(n uint64) bool { return n == 0 })
	if n := len(w.Probes); n > 0 && w.NextProbeDue != nil {
		e.NextProbe = time.Duration(*w.NextProbeDue - w.Probes[n-1].Time)
	}
	return e
}
