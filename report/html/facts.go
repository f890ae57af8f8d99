package html

import (
	"fmt"
	"strings"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// fact is one known quantity: its name, its value in readable form, and how it was
// obtained.
type fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	How   string `json:"how,omitempty"`
}

func streamFacts(st *analyze.Stream) []fact {
	f := []fact{
		{Name: "Duration", Value: words.Duration(st.Span)},
		{Name: "Segments", Value: words.Count(st.Segments),
			How: fmt.Sprintf("frames %d to %d", st.FirstFrame, st.LastFrame)},
		{Name: "Handshake", Value: strings.ReplaceAll(string(st.Handshake), "-", " ")},
	}
	if st.RTT != nil {
		f = append(f, fact{Name: "Round trip", Value: words.Duration(*st.RTT)})
	}
	ended := string(st.Closed)
	if st.ResetBy != nil {
		ended += " by the " + strings.Split(st.ResetBy.String(), "-")[0]
	}
	return append(f, fact{Name: "Ended", Value: ended})
}

// dirFacts describes the data that one side sends.
func dirFacts(d *analyze.Direction) []fact {
	f := []fact{
		{Name: "Data sent", Value: words.Size(d.Bytes), How: words.Counted(d.DataSegments, "segment") + ", retransmissions included"},
		{Name: "Acknowledged", Value: words.Size(d.AckedBytes)},
	}
	f = append(f, windowFacts(&d.Window)...)
	f = append(f, fact{Name: "Stalls", Value: words.Count(d.StallCount), How: "in all " + words.Duration(d.StallTime)})
	f = append(f, fact{Name: "Probes", Value: words.Count(d.Probes), How: words.Count(d.ProbeAnswers) + " answered"})
	f = append(f, fact{Name: "Retransmissions", Value: words.Count(d.Retransmissions)})
	if d.MaxInFlight != nil {
		f = append(f, fact{Name: "Most in flight", Value: words.Size(*d.MaxInFlight)})
	}
	estimate := func(name string, e *analyze.Estimate, display func(int64) string) {
		if value := report.Estimated(e, display); value != "" {
			f = append(f, fact{Name: name, Value: value, How: e.Method()})
		}
	}
	rate := func(n int64) string { return words.Size(n) + "/s" }
	estimate("Absorbed by the receive buffer", &d.Buffer.Absorbed, words.Size)
	estimate("Receive buffer (SO_RCVBUF)", &d.Buffer.RcvBuf, words.Size)
	estimate("Backlog at the sender", &d.Backlog, words.Size)
	estimate("Application reads at", &d.Reader.Rate, rate)
	estimate("Buffer that would avoid the stall", &d.Reader.AvoidBuffer, words.Size)
	estimate("Read rate that would avoid it", &d.Reader.AvoidRate, rate)
	return f
}

func windowFacts(w *analyze.Window) []fact {
	largest := fact{Name: "Largest window", Value: "unknown", How: "the window scale was not captured"}
	if w.Largest != nil {
		largest.Value, largest.How = words.Size(*w.Largest), w.Scale.Method
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
		{Name: "Zero windows", Value: words.Count(w.ToZero), How: words.Counted(w.ZeroSegments, "segment") + " with window 0"}}
}
