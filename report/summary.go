package report

import (
	"io"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/words"
)

// Summary is one line of a table of captures.
type Summary struct {
	// Name is the capture's.
	Name string
	// Frames, Streams and StalledStreams count what was in it.
	Frames                  uint64
	Streams, StalledStreams int64
	StallTime               time.Duration
	// Finding is the code of the worst verdict, "" if there is none.
	Finding string
	// Err is what was wrong with the capture, nil if nothing; the rest holds as
	// far as it could be read.
	Err error
}

// NewSummary sums up a result, of which it keeps nothing.
func NewSummary(name string, r *analyze.Result, err error) Summary {
	s := Summary{Name: name, Err: err}
	if r != nil {
		s.Frames, s.Streams, s.StalledStreams, s.StallTime = r.Input.Frames, r.StreamCount, r.StalledStreams, r.StallTime
		if len(r.Verdicts) > 0 {
			s.Finding = string(r.Verdicts[0].Code)
		}
	}
	return s
}

// Summaries writes a table of captures, in the given order.
func Summaries(w io.Writer, list []Summary, opt TextOptions) error {
	rows := make([][]string, len(list))
	for i, s := range list {
		finding := s.Finding
		if s.Err != nil {
			finding = strings.TrimLeft(finding+"; "+strings.TrimPrefix(s.Err.Error(), s.Name+": "), "; ")
		}
		rows[i] = []string{Clean(s.Name), words.Count(s.Frames), words.Count(s.Streams),
			words.Count(s.StalledStreams), words.Duration(s.StallTime), Clean(finding)}
	}
	t := newTextReport(&analyze.Result{}, opt)
	t.table([]string{"capture", "frames", "streams", "stalled", "for", "worst finding"}, rows, 0, 5)
	return t.flush(w)
}
