package analyzetest

import (
	"winwatch/analyze"
	"winwatch/analyze/cause"
)

// Judge sets the verdict of a stream that was built by hand to what the engine
// says of such a stream.
func Judge(st *analyze.Stream) {
	f := cause.Facts{
		OneSided: st.OneSided, Total: st.Span,
		Refused:    st.Handshake == analyze.HandshakeRefused,
		Unanswered: st.Handshake == analyze.HandshakeUnanswered,
	}
	for dir := range st.Dirs {
		d := &st.Dirs[dir]
		f.Flows[dir] = cause.Flow{
			Segments: d.Segments, DataSegments: d.DataSegments, Bytes: d.Bytes, Probes: d.Probes,
			Retransmissions: d.Retransmissions, DataRetransmissions: d.DataRetransmissions,
			StallCount: d.StallCount, StallTime: d.StallTime, Spent: d.Budget.Times(),
		}
	}
	st.Explain(&f, analyze.DefaultConfig().MaxFrames)
	st.Diagnose(cause.New(cause.DefaultLimits()).Explain(&f))
}
