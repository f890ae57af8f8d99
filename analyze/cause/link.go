package cause

import (
	"cmp"
	"slices"
	"time"
)

// link is what two directions have in common: the receiver of one sends the other. to is
// the index of the other, -1 if there is none.
type link struct {
	to      int
	stalls  []uint64
	times   int           // stalls that ended together, and hardly by chance
	covered time.Duration // of the stalls that they have in common
	longest Span
	before  time.Duration
	after   time.Duration
	follows bool
	// rivals fit as well. alone: there are none, except further down the chain.
	rivals []int
	alone  bool
}

// next returns the link from a direction to the stream that its receiver waits for.
func (x *chains) next(i int) link {
	a := &x.all[i]
	spans, sum := a.longest()
	rivals, more := x.rivals(a, spans)
	best := link{to: -1}
	var fit []int
	for _, j := range rivals {
		l := x.compare(a, spans, j)
		switch {
		case l.covered*2 <= sum:
		case x.all[j].Stream == a.Stream: // the directions of a stream wait for each other
			return link{to: -1}
		default:
			fit = append(fit, j)
			if best.to < 0 || l.better(&best) {
				best = l
			}
		}
	}
	if best.to >= 0 {
		best = x.compare(a, a.Spans, best.to)
	}
	best.alone = !more
	best.rivals = slices.DeleteFunc(fit, func(j int) bool { return j == best.to })
	return best
}

// longest returns the longest stalls in the order in which they began, and their sum.
func (s *Stalled) longest() (spans []Span, sum time.Duration) {
	spans = slices.Clone(s.Spans)
	slices.SortStableFunc(spans, func(p, q Span) int { return cmp.Compare(q.duration(), p.duration()) })
	spans = spans[:min(len(spans), mostSpans)]
	slices.SortFunc(spans, func(p, q Span) int { return cmp.Compare(p.Begin.Frame, q.Begin.Frame) })
	for i := range spans {
		sum += spans[i].duration()
	}
	return spans, sum
}

// rivals returns the directions that the receiver of a sends and that were released when a
// was, and whether there are more.
func (x *chains) rivals(a *Stalled, spans []Span) (found []int, more bool) {
	list := x.ends[a.Receiver.Addr()]
	for k := range spans {
		s := &spans[k]
		last := spanEnd{at: s.End.Time + 1, open: s.Open}
		if s.Open {
			last.at = 1<<63 - 1
		}
		i, _ := slices.BinarySearchFunc(list, last, func(e, o spanEnd) int { return e.compare(&o) })
		for i--; i >= 0 && list[i].open == s.Open && (s.Open || list[i].at >= s.End.Time-int64(x.slack(a.RTT, x.slowest, s))); i-- {
			if b := &x.all[list[i].of]; slices.Contains(found, list[i].of) || b.beside(a) {
				continue
			}
			if len(found) == mostRivals {
				return found, true
			}
			found = append(found, list[i].of)
		}
	}
	return found, false
}

// beside reports whether two directions run side by side, not one after the other: nobody
// passes data on to itself.
func (s *Stalled) beside(o *Stalled) bool { return s.Receiver == o.Receiver || s.Sender == o.Sender }

// slack is how long after a stall another one can end because of it. a and b are the round
// trips of the two.
func (x *chains) slack(a, b time.Duration, s *Span) time.Duration {
	return max(x.limits.Promptly+2*a+2*b, x.share(s))
}

// share is how long after a stall of another direction one that ends does not do so by
// chance.
func (x *chains) share(s *Span) time.Duration {
	return time.Duration(x.limits.TogetherShare * float64(s.duration()))
}

// compare returns what the stalls of a have in common with those of the direction j.
func (x *chains) compare(a *Stalled, spans []Span, j int) link {
	b := &x.all[j]
	l := link{to: j, follows: x.follow(a, b)}
	for k := range spans {
		s := &spans[k]
		before, after, ok := x.together(a, b, s)
		if !ok {
			continue
		}
		l.stalls = append(l.stalls, s.Begin.Frame)
		l.covered += s.duration()
		if !s.Open && after <= x.share(s) {
			l.times++
		}
		if l.longest.Begin.Frame == 0 || s.duration() > l.longest.duration() {
			l.longest, l.before, l.after = *s, before, after
		}
	}
	return l
}

// together reports whether a stall of a came with stalls of b: b was held back first and
// nearly all the time, and a went on soon after b. before is how long b had been held back
// when a was, after how soon a went on.
func (x *chains) together(a, b *Stalled, s *Span) (before, after time.Duration, ok bool) {
	slack := x.slack(a.RTT, b.RTT, s)
	begin := s.Begin.Time + int64(a.RTT) // a filled window is noticed up to a round trip before it closes
	i, _ := slices.BinarySearchFunc(b.Spans, begin+1, func(p Span, at int64) int { return cmp.Compare(p.Begin.Time, at) })
	i--                // the last that began before
	if s.BeganBefore { // which was first is not known
		i = 0
	}
	switch {
	case i < 0 || s.BeganBefore && !b.Spans[i].BeganBefore:
		return 0, 0, false
	case b.Spans[i].End.Time < s.Begin.Time-int64(slack) && !b.Spans[i].Open:
		return 0, 0, false
	}
	before = time.Duration(max(s.Begin.Time-b.Spans[i].Begin.Time, 0))
	var covered int64
	after = -1
	for ; i < len(b.Spans) && b.Spans[i].Begin.Time < s.End.Time; i++ {
		p := &b.Spans[i]
		if p.Open || p.End.Time > s.End.Time {
			covered += max(s.End.Time-max(p.Begin.Time, s.Begin.Time), 0)
		} else {
			covered += max(p.End.Time-max(p.Begin.Time, s.Begin.Time), 0)
			after = time.Duration(s.End.Time - p.End.Time)
		}
		if s.Open && p.Open {
			after = 0
		}
	}
	enough := float64(covered) >= x.limits.CoveredShare*float64(s.duration())
	return before, after, enough && after >= 0 && after <= slack
}

// follow reports whether about as much went out as came in. While both are held back, the
// buffers in between hold the difference.
func (x *chains) follow(a, b *Stalled) bool {
	least := float64(b.Acked) * (1 - x.limits.FollowShare)
	if a.open() && b.open() {
		return b.Acked > 0 && float64(a.Acked) >= least
	}
	return b.Acked > 0 && float64(a.Acked) >= least && float64(b.Acked) >= float64(a.Acked)*(1-x.limits.FollowShare)
}

func (s *Stalled) open() bool { return len(s.Spans) > 0 && s.Spans[len(s.Spans)-1].Open }

// better reports whether l fits better than o: as many bytes, then more stalls, then the
// shortest time by which it came before.
func (l *link) better(o *link) bool {
	if l.follows != o.follows {
		return l.follows
	}
	return cmp.Or(cmp.Compare(l.times, o.times), cmp.Compare(l.covered, o.covered), cmp.Compare(o.before, l.before)) > 0
}

// confidence says how sure a link is, or returns "" if the coincidence shows too little.
func (x *chains) confidence(a *Stalled, l *link) Confidence {
	oneHost := a.Sender.Addr() == a.Receiver.Addr()
	switch {
	case oneHost && !l.follows && l.times < x.limits.TogetherOften:
		return "" // all processes of the host have this address
	case l.times == 0 && !(l.follows && l.alone):
		return ""
	case l.times == 0:
		return Low
	case l.times >= x.limits.TogetherOften && l.follows && l.alone && !oneHost:
		return High
	case l.times > 1 || l.alone && l.follows: // once is as often chance
		return Medium
	}
	return Low
}
