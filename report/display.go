package report

import (
	"fmt"

	"winwatch/analyze"
	"winwatch/analyze/words"
)

// frameSum accounts for every frame of the input: the sum must be seen to hold.
func frameSum(r *analyze.Result) string {
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
