package analyze

import (
	"math"
	"slices"
)

// unread estimates what the receiver's application had not read when the window
// closed. It is known only if nothing can have been read before: everything that was
// acknowledged then. Otherwise there is only an upper bound, which what the receiver can
// have kept may lower.
func (sh *shard) unread(f *flow, t *flowstate) Estimate {
	acked := f.acked()
	most := f.most(acked, sh.cfg.BufferFactor)
	first, known := f.firstBuffer()
	if known && first.high > 0 && f.shift < autoTuned {
		most = min(most, first.high)
	}
	atMost := func(method string) Estimate { return NewEstimate(method, nil, nil, &most) }
	switch {
	case !f.is(hasISN):
		return unknown("unknown: the stream began before the capture")
	case t.edge.closedAt != t.stall.zeroAt:
		return atMost("at most what the receiver acknowledged and could hold: its application has read since the first zero window")
	case f.is(isAnswered):
		return atMost("at most what the receiver acknowledged and could hold: it has sent data of its own since, so its application may have read some")
	case acked > min(most, f.surely(sh.cfg.BufferFactor)), known && !f.fits(acked, first.high, sh.cfg.PacketOverhead):
		return atMost("upper bound: the receiver acknowledged more than it could hold, so its application read some")
	case t.edge.doubled:
		return atMost("upper bound: before it closed, the window doubled while no data arrived, so the application read some")
	}
	return NewEstimate("everything acknowledged until the window first closed, if nothing was read by then: until a window closes, reading looks the same as a growing buffer",
		&acked, nil, nil)
}

// doubtUnread withdraws the number of unread bytes of the first stall if the application
// may have read before, since the stream began at begin: it read again sooner than that,
// or it reads a little at a time, and then so much at that pace that the number is wrong.
func (f *flow) doubtUnread(t *flowstate, stalls []Stall, begin int64, cfg *Config) {
	i := slices.IndexFunc(stalls, func(w Stall) bool { return w.ZeroBegin == t.edge.closedAt })
	if i < 0 || !stalls[i].read() {
		return
	}
	w := &stalls[i]
	v := w.Unread.Value()
	if v == nil || *v == 0 {
		return
	}
	before, closed := float64(w.ZeroBegin-begin), float64(w.End-w.ZeroBegin)
	switch {
	case closed < before:
		w.Unread = NewEstimate("upper bound: the application read again sooner than it could have read before, so it may have read some", nil, nil, v)
	case w.pace()*before > cfg.UnreadError*float64(*v) && (*w.OpenedTo < int64(t.edge.widest)/2 || isSteady(stalls, cfg.PaceSpread)):
		w.Unread = NewEstimate("upper bound: the application reads a little at a time, and may have read some at that pace before", nil, nil, v)
	}
}

// read reports whether the stall ended because the application read.
func (w *Stall) read() bool {
	return w.EndedBy == EndWindowUpdate || w.EndedBy == EndProbeAnswer || w.EndedBy == EndDataAccepted
}

// pace is by how much the window opened, divided by the time that it was closed, in bytes
// per ns; 0 if unknown.
func (w *Stall) pace() float64 {
	if w.OpenedTo == nil || !w.read() || w.ZeroFrame == 0 || w.End <= w.ZeroBegin {
		return 0
	}
	return float64(*w.OpenedTo) / float64(w.End-w.ZeroBegin)
}

// isSteady reports whether the application read at about the same pace in several stalls:
// within a factor of spread. One that reads a lot now and then does not, and one stall
// shows no pace, since an application that wakes up reads all at once.
func isSteady(stalls []Stall, spread float64) bool {
	n, least, most := 0, math.Inf(1), 0.0
	for i := range stalls {
		if p := stalls[i].pace(); p > 0 {
			n, least, most = n+1, min(least, p), max(most, p)
		}
	}
	return n > 1 && most < spread*least
}

// largest is the largest window in bytes or, while the scale is unknown, the
// largest that is possible.
func (f *flow) largest() int64 {
	if f.shift == Unknown {
		return int64(f.maxWnd) << maxShift
	}
	return int64(f.maxWnd)
}

// most bounds how much of the acked bytes a receiver can have kept: at most factor
// times the largest window.
func (f *flow) most(acked int64, factor float64) int64 {
	return min(acked, f.capacity(factor))
}

// capacity is the most payload that a receiver can hold: factor times the largest
// window.
func (f *flow) capacity(factor float64) int64 {
	return int64(math.Round(factor * float64(f.largest())))
}

// surely is the capacity even under the smallest possible scale.
func (f *flow) surely(factor float64) int64 {
	return int64(math.Round(factor * float64(f.sure(f.widest()))))
}

// widest is the largest window in bytes or, while the scale is unknown, the largest
// window field after the SYN.
func (f *flow) widest() uint32 {
	if f.shift == Unknown {
		return uint32(f.rawMax)
	}
	return f.maxWnd
}

// sure is the least that a window of widest can have been in bytes. That of the SYN is
// not scaled.
func (f *flow) sure(widest uint32) int64 {
	if f.shift == Unknown {
		return max(int64(f.synWnd), int64(widest)<<f.minShift)
	}
	return int64(widest)
}

// Queued is the number of unread bytes when the window closed or, if it is unknown, an
// upper bound of it; 0 if there is none.
func (w *Stall) Queued() (unread int64, atMost bool) {
	if v := w.Unread.Value(); v != nil {
		return *v, false
	}
	if v := w.Unread.High(); v != nil {
		return *v, true
	}
	return 0, false
}
