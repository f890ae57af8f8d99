package cause

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

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
