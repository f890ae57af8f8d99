package cause

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Together are the thresholds by which one stream waits for another.
type Together struct {
	// Promptly is how soon an application goes on, on top of two round trips each: what it
	// sent makes room only once it is acknowledged, which Linux delays by up to 40 ms
	// (TCP_DELACK_MIN), and a host needs some 10 ms to act. TogetherShare allows for more
	// after a long stall, since what was buffered goes out first. Of stalls that end at any
	// time, one in twenty ends within that share of its duration by chance.
	Promptly      time.Duration
	TogetherShare float64
	// CoveredShare is the least share of a stall during which the other stream is held
	// back too: most of it, since what opens its window for a moment is filled from the
	// buffers in between, and no stall begins before that is acknowledged.
	CoveredShare float64
	// FollowShare is the greatest share by which what went out differs from what came in,
	// which leaves room for the headers that a proxy adds.
	FollowShare float64
	// TogetherOften is how many stalls that end together are no chance: with
	// TogetherShare, one in 8,000.
	TogetherOften int
}

var defaultTogether = Together{Promptly: 50 * time.Millisecond, TogetherShare: 0.05, CoveredShare: 0.5, FollowShare: 0.1, TogetherOften: 3}

// Stalled is a direction of a stream in which the receiver's window held the sender back.
type Stalled struct {
	Stream           int64
	Flow             int
	Sender, Receiver netip.AddrPort
	RTT              time.Duration
	// Acked is the payload that Receiver acknowledged.
	Acked int64
	// Spans are the stalls in the order in which they began.
	Spans []Span
}

// Span is when a stall began and ended: see Stall.
type Span struct {
	Begin, End        Mark
	Open, BeganBefore bool
}

func (s *Span) duration() time.Duration { return time.Duration(s.End.Time - s.Begin.Time) }

// Behind says that the receiver of a direction does not read because a stream that it sends
// is held back itself: it passes on what it reads, as a proxy does.
type Behind struct {
	// Hops lead to the origin: the stream that the receiver sends, then, if the receiver of
	// that one passes data on too, the stream that it sends, and so on.
	Hops []Hop
	// Stalls are the first frames of the stalls that came with stalls of the first hop, in
	// ascending order. Times is how many of them ended so soon after those that it was
	// hardly chance.
	Stalls []uint64
	Times  int
	// Before is how long the first hop had been held back when the longest of these stalls
	// began, and After how soon after the first hop it went on, which End marks; After and
	// End are unset if both were still held back when the capture ended.
	Before, After time.Duration
	Began, End    Mark
	// In is the payload that came in, Out what went out on the first hop. Follows: they
	// are alike.
	In, Out int64
	Follows bool
	// Alone: no other stream that the receiver sends was held back in the same way.
	Alone bool
	// OneHost: the addresses do not distinguish the sender from the receiver.
	OneHost bool
	// sure is the confidence of the whole chain.
	sure Confidence
}

// Hop is a stream that another one waits for.
type Hop struct {
	Stream           int64
	Sender, Receiver netip.AddrPort
}

// Origin is the end of the chain.
func (b *Behind) Origin() *Hop { return &b.Hops[len(b.Hops)-1] }

// has reports whether a stall came with one of the first hop.
func (b *Behind) has(w *Stall) bool {
	_, found := slices.BinarySearch(b.Stalls, w.Begin.Frame)
	return found
}

// The work of chains is bounded, since whoever sends the packets determines how many stalls
// there are.
const (
	// mostSpans is how many of the longest stalls of a direction are compared, mostRivals
	// with how many other directions, and mostHops how long a chain can be.
	mostSpans, mostRivals, mostHops = 32, 8, 16
)

// Chains finds the directions whose receiver waits for another stream. It returns one
// element for each direction, nil if its receiver does not.
func (c *Catalogue) Chains(all []Stalled) []*Behind {
	x := chains{limits: &c.limits, all: all, ends: map[netip.Addr][]spanEnd{}, links: make([]link, len(all))}
	x.index()
	for i := range all {
		x.links[i] = x.next(i)
	}
	x.cut(x.circular)
	x.cut(x.ambiguous)
	x.cut(x.unsure)
	out := make([]*Behind, len(all))
	for i := range x.links {
		out[i] = x.behind(i)
	}
	return out
}

// chains links the directions of streams.
type chains struct {
	limits *Limits
	all    []Stalled
	// ends are the ends of all stalls by the host that sends, in the order of time. Open
	// ones are last.
	ends  map[netip.Addr][]spanEnd
	links []link
	// slowest is the longest round trip.
	slowest time.Duration
}

// spanEnd is the end of a stall of the direction of.
type spanEnd struct {
	at   int64
	open bool
	of   int
}

func (e *spanEnd) compare(o *spanEnd) int {
	switch {
	case e.open && !o.open:
		return 1
	case o.open && !e.open:
		return -1
	}
	return cmp.Compare(e.at, o.at)
}

func (x *chains) index() {
	for i := range x.all {
		s := &x.all[i]
		x.slowest = max(x.slowest, s.RTT)
		for k := range s.Spans {
			host := s.Sender.Addr()
			x.ends[host] = append(x.ends[host], spanEnd{s.Spans[k].End.Time, s.Spans[k].Open, i})
		}
	}
	for _, list := range x.ends {
		slices.SortStableFunc(list, func(a, b spanEnd) int { return a.compare(&b) })
	}
}

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
	case l.alone || l.follows || l.times > 1:
		return Medium
	}
	return Low
}

// cut removes the links for which is returns true. It asks for all of them first.
func (x *chains) cut(is func(i int) bool) {
	var found []int
	for i := range x.links {
		if x.links[i].to >= 0 && is(i) {
			found = append(found, i)
		}
	}
	for _, i := range found {
		x.links[i].to = -1
	}
}

// circular reports whether a direction waits for itself in the end.
func (x *chains) circular(i int) bool { return x.leadsTo(i, i) }

// leadsTo reports whether the chain from a direction leads to another one.
func (x *chains) leadsTo(from, to int) bool {
	for range mostHops {
		if from = x.links[from].to; from < 0 || from == to {
			break
		}
	}
	return from == to
}

// ambiguous reports whether nothing tells which of several streams a direction waits for.
// Streams further down the chain are no rivals. Others to the same receiver, or those that
// carry other amounts of data, make it only less sure.
func (x *chains) ambiguous(i int) bool {
	l := &x.links[i]
	to := &x.all[l.to]
	for _, j := range l.rivals {
		rival := &x.all[j]
		switch {
		case x.leadsTo(l.to, j):
		case l.follows && !x.follow(&x.all[i], rival):
			l.alone = false
		case rival.Receiver == to.Receiver || to.Sender.Addr() != to.Receiver.Addr() && rival.Receiver.Addr() == to.Receiver.Addr():
			l.alone = false
		default:
			return true
		}
	}
	return false
}

// unsure reports whether a link shows too little.
func (x *chains) unsure(i int) bool { return x.confidence(&x.all[i], &x.links[i]) == "" }

// behind returns the chain that begins with a direction, nil if there is none.
func (x *chains) behind(i int) *Behind {
	l, a := &x.links[i], &x.all[i]
	if l.to < 0 {
		return nil
	}
	out := &Behind{
		Stalls: l.stalls, Times: l.times, Before: l.before, After: l.after, Began: l.longest.Begin,
		In: a.Acked, Out: x.all[l.to].Acked, Follows: l.follows, Alone: l.alone,
		OneHost: a.Sender.Addr() == a.Receiver.Addr(), sure: High,
	}
	if !l.longest.Open {
		out.End = l.longest.End
	}
	for ; l.to >= 0 && len(out.Hops) < mostHops; l = &x.links[l.to] {
		b := &x.all[l.to]
		out.Hops = append(out.Hops, Hop{b.Stream, b.Sender, b.Receiver})
		out.sure = out.sure.AtMost(x.confidence(a, l))
		a = b
	}
	return out
}
