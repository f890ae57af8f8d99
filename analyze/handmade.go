package analyze

import (
	"cmp"
	"slices"
)

// SetStreams makes r a result of these streams, for results that are not an
// Analyzer's: tests of reports build them by hand. The streams must be in the
// order of their numbers; r keeps the slice.
func (r *Result) SetStreams(streams []*Stream) {
	r.streams = slices.Values(streams)
	r.byID = func(id int64) *Stream {
		for _, s := range streams {
			if s.ID == id {
				return s
			}
		}
		return nil
	}
	r.sketch = func(int64) []Point { return nil }
	r.worst = func(n int) []*Stream {
		sorted := slices.Clone(streams)
		slices.SortStableFunc(sorted, func(a, b *Stream) int {
			return cmp.Or(cmp.Compare(b.wait(), a.wait()), cmp.Compare(b.payload(), a.payload()))
		})
		return sorted[:min(n, len(sorted))]
	}
}

func (s *Stream) wait() int64    { return plus(int64(s.Dirs[0].StallTime), int64(s.Dirs[1].StallTime)) }
func (s *Stream) payload() int64 { return s.Dirs[0].Bytes + s.Dirs[1].Bytes }
