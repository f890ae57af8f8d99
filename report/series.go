package report

import (
	"sort"

	"winwatch/analyze"
)

// inFlight returns, for each point, what the sender of direction dir has
// outstanding after it, in bytes or Unknown: as the analyzer said at its own
// segments, less what the other side has acknowledged since.
func inFlight(points []analyze.Point, dir analyze.Dir) []int64 {
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

// mainDir returns the direction of the data that a stream's charts begin with:
// the one that waited longest or else carried most.
func mainDir(st *analyze.Stream) analyze.Dir {
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

// chartTime returns where a frame that was captured at the given time stands
// among the points, whose times have clock jumps taken out. If it was thinned
// out it stands between its neighbours.
func chartTime(points []analyze.Point, frame uint64, time int64) int64 {
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
