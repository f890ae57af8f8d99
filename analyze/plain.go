package analyze

import "winwatch/capture"

// What both flows must be like for a segment to be plain.
const (
	plainWanted = hasBase | hasNxt | hasUna | hasWnd | sawScaled
	plainBarred = isZero | isUnsound | isFull | isHeld | isOpened | hasHoles | idleProbe | midProbe | isStory | sawFIN | sawRST
)

// plain takes a segment if it is of the kind that nearly all are: in order,
// acknowledging something new or nothing while it carries data, in a stream
// without trouble. It does to the flows what sent, received and classify would,
// in a fraction of the time, and reports whether it did; if not, it has changed
// nothing.
func (a *Analyzer) plain(f, r *flow, s *capture.Segment, now int64) bool {
	if s.Flags&^(capture.PSH|capture.ECE|capture.CWR|capture.AE) != capture.ACK ||
		f.marks&(plainWanted|plainBarred) != plainWanted || r.marks&(plainWanted|plainBarred) != plainWanted ||
		f.shift < 0 || r.shift < 0 || s.Window == 0 || s.Seq != f.nxt {
		return false
	}
	end := s.Seq + s.Len
	acked := int32(s.Ack - r.una)
	wnd := uint32(s.Window) << uint8(r.shift)
	edge := s.Ack + wnd
	if acked < 0 || acked|int32(s.Len) == 0 || after(s.Ack, r.nxt) || before(s.Seq, r.wl1) ||
		int32(r.edge-edge) >= 1<<uint8(r.shift) || s.Len > 0 && end == f.edge ||
		f.segs == sketchAfter && f.sketch == 0 {
		return false
	}
	if s.Len > 0 {
		a.data(f, s)
		a.extend(f, end, now)
		r.answers(s.Ack)
		f.lastAt = now
	}
	if acked > 0 {
		r.answered(s.Ack, now)
		r.una, r.ackedAt = s.Ack, now
		r.echo(f)
	}
	r.rawMax, r.rawMin = max(r.rawMax, s.Window), min(r.rawMin, s.Window)
	r.wnd, r.edge, r.wl1, r.maxWnd = wnd, edge, s.Seq, max(r.maxWnd, wnd)
	if after(edge, r.maxEdge) {
		r.maxEdge = edge
	}
	f.segs++
	if f.sketch != 0 {
		a.draw(f, r, s, now)
	}
	a.classify(f, now, s.Frame, true)
	a.classify(r, now, s.Frame, true)
	return true
}
