package report

import (
	"fmt"
	"strings"

	"winwatch/analyze"
)

// fact is one line of what is known: what it is, its value for people, and how
// it was obtained.
type fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	How   string `json:"how,omitempty"`
}

func streamFacts(st *analyze.Stream) []fact {
	f := []fact{
		{Name: "Duration", Value: inTime(st.Span)},
		{Name: "Segments", Value: groupDigits(st.Segments),
			How: fmt.Sprintf("frames %d to %d", st.FirstFrame, st.LastFrame)},
		{Name: "Handshake", Value: strings.ReplaceAll(string(st.Handshake), "-", " ")},
	}
	if st.RTT != nil {
		f = append(f, fact{Name: "Round trip", Value: inTime(*st.RTT)})
	}
	ended := st.Closed
	if st.ResetBy != nil {
		ended += " by the " + strings.Split(st.ResetBy.String(), "-")[0]
	}
	return append(f, fact{Name: "Ended", Value: ended})
}

// dirFacts tells of the data that one side sends.
func dirFacts(d *analyze.Direction) []fact {
	f := []fact{
		{Name: "Data sent", Value: displayBytes(d.Bytes), How: counted(d.DataSegments, "segment") + ", retransmissions included"},
		{Name: "Acknowledged", Value: displayBytes(d.AckedBytes)},
	}
	f = append(f, windowFacts(&d.Window)...)
	f = append(f, fact{Name: "Stalls", Value: groupDigits(d.StallCount), How: "in all " + inTime(d.StallTime)})
	f = append(f, fact{Name: "Probes", Value: groupDigits(d.Probes), How: groupDigits(d.ProbeAnswers) + " answered"})
	f = append(f, fact{Name: "Retransmissions", Value: groupDigits(d.Retransmissions)})
	if d.MaxInFlight != nil {
		f = append(f, fact{Name: "Most in flight", Value: displayBytes(*d.MaxInFlight)})
	}
	estimate := func(name string, e *analyze.Estimate, display func(int64) string) {
		if e.Value != nil || e.Low != nil || e.High != nil {
			f = append(f, fact{Name: name, Value: estimated(e, display), How: e.Method})
		}
	}
	rate := func(n int64) string { return displayBytes(n) + "/s" }
	estimate("Absorbed by the receive buffer", &d.Buffer.Absorbed, displayBytes)
	estimate("Receive buffer (SO_RCVBUF)", &d.Buffer.RcvBuf, displayBytes)
	estimate("Backlog at the sender", &d.Backlog, displayBytes)
	estimate("Application reads at", &d.Reader.Rate, rate)
	estimate("Buffer that would avoid the stall", &d.Reader.AvoidBuffer, displayBytes)
	estimate("Read rate that would avoid it", &d.Reader.AvoidRate, rate)
	return f
}

func windowFacts(w *analyze.Window) []fact {
	largest := fact{Name: "Largest window", Value: "unknown", How: "the window scale was not captured"}
	if w.Largest != nil {
		largest.Value, largest.How = displayBytes(*w.Largest), w.Scale.Method
	}
	scale := fact{Name: "Window scale", How: w.Scale.Method}
	switch w.Scale.State {
	case analyze.ScaleKnown:
		scale.Value = fmt.Sprintf("shift %d", w.Scale.Shift)
	case analyze.ScaleAbsent:
		scale.Value = "not scaled"
	default:
		scale.Value = fmt.Sprintf("unknown, shift %d to %d", w.Scale.Min, w.Scale.Max)
		if w.Scale.Min == w.Scale.Max {
			scale.Value = fmt.Sprintf("unknown, inferred shift %d", w.Scale.Min)
		}
	}
	return []fact{largest, scale,
		{Name: "Zero windows", Value: groupDigits(w.ToZero), How: counted(w.ZeroSegments, "segment") + " with window 0"}}
}
