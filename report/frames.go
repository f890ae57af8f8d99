package report

import (
	"fmt"

	"winwatch/analyze"
	"winwatch/capture/words"
)

// FrameSum accounts for every frame of the input as a sum that the reader can check.
func FrameSum(r *analyze.Result) string {
	in := &r.Input
	text := fmt.Sprintf("%s = %s analyzed", words.Count(in.Frames), words.Count(r.Segments))
	if in.Segments > r.Segments {
		text += fmt.Sprintf(" + %s left out", words.Count(in.Segments-r.Segments))
	}
	for reason, n := range in.Skips() {
		text += fmt.Sprintf(" + %s %s", words.Count(n), reason)
	}
	return text
}
