package report

import "winwatch/analyze"

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
