package text

import (
	"io"
	"strings"
	"time"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// Summary is one line in a table of captures.
type Summary struct {
	// Name is the name of the capture.
	Name string
	// Frames, Streams and StalledStreams count the contents of the capture.
	Frames                  uint64
	Streams, StalledStreams int64
	StallTime               time.Duration
	// Finding is the code of the worst verdict, or "" if there is none.
	Finding string
	// Err is the error that ended the reading of the capture, or nil. The other fields
	// cover what was read before it.
	Err error
}

// NewSummary summarizes a result, which may be nil. It keeps no reference to it.
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

// Summaries writes a table of captures in the given order.
func Summaries(w io.Writer, list []Summary, opt Options) error {
	rows := make([][]string, len(list))
	for i, s := range list {
		finding := s.Finding
		if s.Err != nil {
			finding = strings.TrimLeft(finding+"; "+strings.TrimPrefix(s.Err.Error(), s.Name+": "), "; ")
		}
		rows[i] = []string{report.Clean(s.Name), words.Count(s.Frames), words.Count(s.Streams),
			words.Count(s.StalledStreams), words.Duration(s.StallTime), report.Clean(finding)}
	}
	t := newWriter(&report.Material{Result: &analyze.Result{}}, opt)
	t.table([]string{"capture", "frames", "streams", "stalled", "for", "worst finding"}, rows, 0, 5)
	return t.flush(w)
}
