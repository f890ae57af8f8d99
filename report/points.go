package report

import (
	"sort"

	"winwatch/analyze"
)

// InFlight returns, for each point, the bytes that the sender of direction dir has
// outstanding after it, or analyze.Unknown: what the analyzer found at the sender's last
// segment, minus what the other side has acknowledged since.
func InFlight(points []analyze.Point, dir analyze.Dir) []int64 {
	out := make([]int64, len(points))
	sent, flight := int64(analyze.Unknown), int64(analyze.Unknown)
	for i := range points {
		switch p := &points[i]; {
		case p.Dir == dir:
			sent = max(sent, p.SeqEnd)
			if p.InFlight != analyze.Unknown {
				flight = p.InFlight
			}
		case p.Ack != analyze.Unknown && sent != analyze.Unknown && flight != analyze.Unknown:
			flight = min(flight, max(sent-p.Ack, 0))
		}
		out[i] = flight
	}
	return out
}

// MainDir returns the direction that reports show first: the one that waited longer or,
// if neither did, the one that carried more.
func MainDir(st *analyze.Stream) analyze.Dir {
	c, s := &st.Dirs[analyze.ClientToServer], &st.Dirs[analyze.ServerToClient]
	switch {
	case c.StallTime != s.StallTime:
		if s.StallTime > c.StallTime {
			return analyze.ServerToClient
		}
	case s.Bytes > c.Bytes:
		return analyze.ServerToClient
	}
	return analyze.ClientToServer
}

// Troubled reports whether a stream has anything to show: a verdict worse than ok, or a
// stall.
func Troubled(st *analyze.Stream) bool {
	return st.Verdict.Severity > analyze.SeverityOK || st.Dirs[0].StallCount+st.Dirs[1].StallCount > 0
}

// ChartTime returns the time in Unix nanoseconds at which charts show a frame that was
// captured at the given time. The times of the points are corrected for clock jumps; a
// frame that was thinned out lies between its neighbours.
func ChartTime(points []analyze.Point, frame uint64, time int64) int64 {
	i := sort.Search(len(points), func(i int) bool { return points[i].Frame >= frame })
	switch {
	case len(points) == 0:
		return time
	case i < len(points) && points[i].Frame == frame:
		return points[i].Time
	}
	if i > 0 {
		time = max(time, points[i-1].Time)
	}
	if i < len(points) {
		time = min(time, points[i].Time)
	}
	return time
}
