package main

import (
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/capture/words"
)

// whyNothing returns an error that says why there is nothing to analyze, or nil if that
// may be because of damage, which the reports mention.
func (j *job) whyNothing() error {
	r := j.Result
	if len(r.Damage) > 0 || slices.ContainsFunc(j.unread, func(u capture.Unread) bool {
		return statusOf(explainInput(u.Err)) == statusDamaged
	}) {
		return nil
	}
	what := "the capture holds no packets"
	if slices.ContainsFunc(r.Warnings, func(w analyze.Warning) bool { return w.Code == analyze.WarnInterrupted }) {
		what = "interrupted before the first TCP segment"
	} else if r.Input.Frames > 0 {
		what = fmt.Sprintf("no TCP in its %s: %s", words.Counted(r.Input.Frames, "packet"), strings.Join(whySkipped(r), ", "))
	}
	return fmt.Errorf("%s: %s", j.Source, what)
}

// whySkipped says why no frame was analyzed: a count for each reason.
func whySkipped(r *analyze.Result) (why []string) {
	if n := r.Input.Segments; n > 0 {
		why = append(why, words.Count(n)+" left out")
	}
	for skip, n := range r.Input.Skips() {
		why = append(why, fmt.Sprintf("%s %s", words.Count(n), skip))
	}
	return why
}

// narrow reduces the result to the chosen streams: one, or those that were active in
// the chosen time. The totals still cover the whole capture.
func (j *job) narrow() error {
	var streams []*analyze.Stream
	switch low, high := j.span.Bounds(j.Result.Begin); {
	case j.stream >= 0:
		st := j.Result.Stream(j.stream)
		if st == nil {
			return j.noStream()
		}
		streams = append(streams, st)
	case j.span.Given():
		for st := range j.Result.All() {
			if st.Begin <= high && st.End >= low {
				streams = append(streams, st)
			}
		}
		if len(streams) == 0 {
			err := fmt.Errorf("%s: no stream was active in the chosen time", j.Source)
			if j.Result.Evicted.Streams > 0 {
				err = withHint(err, "or it was evicted to bound memory: raise --max-streams")
			}
			return err
		}
	default:
		return nil
	}
	j.Result = j.Result.Select(streams)
	return nil
}

// noStream returns an error that says why the chosen stream is not known.
func (j *job) noStream() error {
	if j.stream >= j.Result.StreamCount {
		return fmt.Errorf("stream %d: the capture has %s, counted from 0", j.stream, words.Counted(j.Result.StreamCount, "stream"))
	}
	return withHint(fmt.Errorf("stream %d: it was evicted to bound memory, or is only mentioned in broken headers and ICMP errors", j.stream),
		"raise --max-streams, or select its packets with a filter after --")
}
