package report

import (
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze"
)

// verdictFilter returns the display filter of Wireshark that shows the frames
// which prove a verdict.
func verdictFilter(v *analyze.Verdict) string { return displayFilter(v.Stream, v.Frames) }

// stallFilter returns the display filter that shows a stall: its begin, the
// zero window, the probes and their answers, and its end.
func stallFilter(stream int64, st *analyze.Stall) string {
	frames := []uint64{st.BeginFrame, st.ZeroFrame, st.EndFrame}
	for i := range st.Probes {
		frames = append(frames, st.Probes[i].Frame, st.Probes[i].AnswerFrame)
	}
	return displayFilter(stream, frames)
}

// displayFilter writes frames of a stream as a display filter (Wireshark 3.6
// and later: the members of a set are separated by commas). Runs of three and
// more become ranges. Frame 0 stands for none.
func displayFilter(stream int64, frames []uint64) string {
	frames = slices.DeleteFunc(slices.Clone(frames), func(f uint64) bool { return f == 0 })
	slices.Sort(frames)
	frames = slices.Compact(frames)
	filter := fmt.Sprintf("tcp.stream eq %d", stream)
	if len(frames) == 0 {
		return filter
	}
	var set []string
	for len(frames) > 0 {
		run := 1
		for run < len(frames) && frames[run] == frames[0]+uint64(run) {
			run++
		}
		if run > 2 {
			set = append(set, fmt.Sprintf("%d..%d", frames[0], frames[run-1]))
		} else {
			run = 1
			set = append(set, fmt.Sprint(frames[0]))
		}
		frames = frames[run:]
	}
	return filter + " && frame.number in {" + strings.Join(set, ", ") + "}"
}
