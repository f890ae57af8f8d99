package main

import (
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze"
)

// nothing explains why there is nothing to tell.
func (j *job) nothing() error {
	r := j.result
	if r.Segments > 0 {
		return nil
	}
	err := fmt.Errorf("%s: the capture holds no packets", j.source)
	if r.Input.Frames > 0 {
		var why []string
		for skip, n := range r.Input.Skips() {
			why = append(why, fmt.Sprintf("%d %s", n, skip))
		}
		err = fmt.Errorf("%s: no TCP in its %d packets: %s", j.source, r.Input.Frames, strings.Join(why, ", "))
	}
	if len(j.damage) > 0 {
		return damagedError{j.damage[0]}
	}
	return err
}

// narrow leaves what was chosen in the result: one stream, or those that were
// alive in a span of time. The totals stay the capture's.
func (j *job) narrow() error {
	var streams []*analyze.Stream
	switch low, high := j.span.bounds(j.result.Begin); {
	case j.stream >= 0:
		st := j.result.Stream(j.stream)
		if st == nil {
			return fmt.Errorf("stream %d: the capture has %d streams, counted from 0", j.stream, j.result.StreamCount)
		}
		streams = append(streams, st)
	case j.span.set():
		for st := range j.result.All() {
			if st.Begin <= high && st.End >= low {
				streams = append(streams, st)
			}
		}
		if len(streams) == 0 {
			return fmt.Errorf("%s: no stream was alive in the chosen time", j.source)
		}
	default:
		return nil
	}
	r := *j.result
	r.SetStreams(streams)
	r.Verdicts = slices.DeleteFunc(slices.Clone(r.Verdicts), func(v analyze.Verdict) bool { return r.Stream(v.Stream) == nil })
	if len(r.Verdicts) == 0 && j.stream >= 0 {
		r.Verdicts = []analyze.Verdict{streams[0].Verdict}
	}
	j.result = &r
	return nil
}
