package report

import (
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze"
)

// VerdictFilter returns the Wireshark display filter that shows the frames behind a
// verdict.
func VerdictFilter(v *analyze.Verdict) string { return displayFilter(v.Stream, v.Frames) }

// StallFilter returns the Wireshark display filter that shows a stall: its begin, the
// zero window, the probes with their answers, and its end.
func StallFilter(stream int64, st *analyze.Stall) string {
	frames := []uint64{st.BeginFrame, st.ZeroFrame, st.EndFrame}
	for i := range st.Probes {
		frames = append(frames, st.Probes[i].Frame, st.Probes[i].AnswerFrame)
	}
	return displayFilter(stream, frames)
}

// displayFilter returns a display filter for frames of a stream, in the syntax of
// Wireshark 3.6 and later, which separates the members of a set by commas. Runs of three
// or more become ranges. Frame 0 stands for no frame.
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
