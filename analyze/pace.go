package analyze

import (
	"math"

	"winwatch/analyze/cause"
	"winwatch/capture"
)

// pace is what set the pace of a flow while its window had room: what each round trip
// showed, and delayed ACKs. Only flows that send for more than a few round trips, or wait
// for ACKs, have one, and only a limited number of flows.
type pace struct {
	rounds rounds
	nagle  nagle
	// lookedAt is when lookFar last looked, lookedAck SND.UNA then.
	lookedAt  int64
	lookedAck uint32
}

// setbacks are what else held a flow back: losses, and waits for the window.
type setbacks struct {
	recovery recovery
	copied   resentCopy
	unheard  unheard
	// forgotten are the ranges with the holes that were too many: the newer ones, and
	// those of the time before.
	forgotten [2]missing
	waits     windowWaits
}

// needSetbacks returns the setbacks of a flow, creating them if there are none.
func (t *flowstate) needSetbacks() *setbacks {
	if t.setbacks == nil {
		t.setbacks = new(setbacks)
	}
	return t.setbacks
}

// noSetbacks are those of flows that have none; they are never written.
var noSetbacks setbacks

// setbacksOrNone returns the setbacks of a flow for reading, never nil.
func (t *flowstate) setbacksOrNone() *setbacks {
	if t.setbacks == nil {
		return &noSetbacks
	}
	return t.setbacks
}

// windowWaits are the waits in which the window held the sender back: those of about a
// round trip, and those that were much longer (heldWindow). In squeezed of the former, the
// window was less than half of what the receiver had offered before.
type windowWaits struct {
	full, held, squeezed uint32
	firstFull, firstHeld moment
	longest              int64 // of the long ones
}

// add notes a wait h that lasted for long if it was a long one.
func (w *windowWaits) add(h *heldBack, long int64) {
	n, first := &w.full, &w.firstFull
	if long > 0 {
		n, first = &w.held, &w.firstHeld
	} else if uint64(h.wnd)*2 < uint64(h.offer.largest) {
		w.squeezed++
	}
	if *n++; *n == 1 {
		*first = h.since
	}
	w.longest = max(w.longest, long)
}

const (
	// paceAfter is how many data segments a flow sends before its round trips are
	// recorded: what ends sooner takes no time to speak of.
	paceAfter = 16
	// maxPaces bounds the memory for them to some 2 MB a shard.
	maxPaces = 1 << 13
	// denseRounds is how many round trips are recorded one after the other. After that,
	// they are recorded in pairs, ever fewer of them: more would not change what they show.
	// The first five to ten are slow start (RFC 6928), of the sender or of the window.
	denseRounds = 32
	// mostSkipped is the most round trips that are left out in a row.
	mostSkipped = 1 << 10
	// atOnceShare is how many times sooner data must follow an ACK than the data before for
	// the ACK to be the reason: if they are independent, a third of all data does.
	atOnceShare = 3
)

// paceOf returns the pace of a flow, or nil if it has none.
func (sh *shard) paceOf(f *flow) *pace {
	if f.pace == 0 {
		return nil
	}
	return sh.paces.at(f.pace - 1)
}

// needPace returns the pace of a flow, creating it if there is none. It is nil if there
// are too many.
func (sh *shard) needPace(f *flow) *pace {
	if f.pace == 0 {
		sh.addPace(f)
	}
	return sh.paceOf(f)
}

// addPace gives a flow a pace unless there are too many.
func (sh *shard) addPace(f *flow) {
	if n := len(sh.freePaces); n > 0 {
		f.pace, sh.freePaces = sh.freePaces[n-1], sh.freePaces[:n-1]
	} else if sh.paces.n < maxPaces {
		f.pace = sh.paces.add() + 1
	}
}

// dropPaces frees the paces of an evicted stream.
func (sh *shard) dropPaces(st *stream) {
	for i := range st.flows {
		if f := &st.flows[i]; f.pace != 0 {
			*sh.paceOf(f) = pace{}
			sh.freePaces = append(sh.freePaces, f.pace)
			f.pace = 0
		}
	}
}

// rounds summarize the round trips of a flow: each lasts from a segment to its ACK, and
// the next one begins with the next segment. Flight is what was in flight when the ACK
// came. Of a long flow, only some round trips are recorded.
//
// What each round trip changes comes first: it fills two cache lines, and a bit more.
type rounds struct {
	count uint32
	// ended is when the last recorded round trip ended, 0 if a loss followed, una SND.UNA
	// then.
	una   uint32
	ended int64
	// next counts the rounds that followed directly on the one recorded before, with bytes
	// acknowledged in ns, at fastest bytes per second. clocked counts those of them that
	// began as soon as an ACK came: see shard.clocked.
	next, clocked      uint32
	bytes, ns, fastest float64
	// longest is the longest round trip, most the most bytes in flight, at mostAt.
	longest int64
	most    uint32
	// roomy counts the rounds in which the window had room for twice what was in flight.
	roomy uint32
	// peak is the most in flight since the last cut, last what was at the last round.
	peak, last uint32
	// run is the number of rounds in a row with level bytes in flight, give or take a
	// segment, in runRoomy of which there was that room; longestRun is the most so far, with
	// steady bytes in flight and room in steadyRoomy, until steadyAt.
	level, run, runRoomy uint32
	// joint relates the round trips to what was in flight.
	joint joint

	longestRun, steady, steadyRoomy uint32
	// cuts counts how often what is in flight was cut to less than three quarters, lossCuts
	// how often after a loss, and grew how often it grew by a segment or more. cutAt is the
	// last cut, from peak cutFrom, and resent flow.resent then.
	cuts, lossCuts, grew, cutFrom, resent uint32
	mostAt, steadyAt, cutAt               moment
	// bareRun is the number of rounds in a row in which the bytes in flight were exactly the
	// bare window field, although it should be shifted, since bareFrom; bare is the longest
	// such row.
	bareRun  uint32
	bareFrom moment
	bare     bareRounds
}

// bareRounds are round trips in a row with the bare window field in flight.
type bareRounds struct {
	n, field uint32
	from, to moment
}

// paceFacts adds what is known about the pace of a flow to its facts.
func (sh *shard) paceFacts(st *stream, f *flow, t *flowstate, x *cause.Flow) {
	o := &st.flows[f.side&1^1]
	x.MaxSegment, x.MSS = int64(f.maxSeg), int64(f.mss)
	x.UsualWindow, x.NearReceiver, x.ToSender = 0, f.rtt < o.rtt, nanos(o.rtt)
	if f.rawMin <= f.rawMax && f.shift != Unknown {
		x.UsualWindow = int64(f.rawMax) << uint8(f.shift)
	}
	x.Pace = cause.Pace{}
	if p := sh.paceOf(f); p != nil {
		p.facts(&x.Pace, o.rtt)
	}
	t.setbacksOrNone().facts(&x.Pace)
}

// facts fills x with what the causes judge a pace by. rest is the part of the round trip
// between the sender and the capture point.
func (p *pace) facts(x *cause.Pace, rest int64) {
	r, n := &p.rounds, &p.nagle
	x.Rounds, x.Next, x.Clocked, x.Roomy = int64(r.count), int64(r.next), int64(r.clocked), int64(r.roomy)
	x.LongestRTT, x.MeanRTT = nanos(r.longest+rest), nanos(int64(r.joint.meanY())+rest)
	x.Most, x.MostAt = int64(r.most), r.mostAt.mark()
	x.Steady, x.SteadyRounds, x.SteadyRoomy, x.SteadyAt = int64(r.steady), int64(r.longestRun), int64(r.steadyRoomy), r.steadyAt.mark()
	x.Cuts, x.LossCuts, x.Grew = int64(r.cuts), int64(r.lossCuts), int64(r.grew)
	x.CutFrom, x.CutAt = int64(r.cutFrom), r.cutAt.mark()
	x.BareRounds, x.BareField = int64(r.bare.n), int64(r.bare.field)
	x.BareFrom, x.BareTo = r.bare.from.mark(), r.bare.to.mark()
	x.QueueGrowth, x.Fastest = r.joint.correlation(), int64(r.fastest)
	if r.ns > 0 {
		x.Rate = int64(r.bytes * 1e9 / r.ns)
	}
	x.Delays, x.OtherDelays, x.LongestDelay = int64(n.waits), int64(n.other), nanos(n.longest)
	x.FirstDelay, x.LastDelay = n.first.mark(), n.last.mark()
}

// facts adds the setbacks.
func (b *setbacks) facts(x *cause.Pace) {
	l, w := &b.recovery, &b.waits
	x.Recoveries, x.Spurious, x.ByTimer = int64(l.episodes), int64(l.spurious), int64(l.byTimer)
	x.FirstLoss, x.LastLoss = l.first.mark(), l.last.mark()
	x.FullWaits, x.HeldWaits, x.LongestHeld = int64(w.full), int64(w.held), nanos(w.longest)
	x.Squeezed = int64(w.squeezed)
	x.FirstFull, x.FirstHeld = w.firstFull.mark(), w.firstHeld.mark()
}

// joint sums up two numbers, each pair of them with a weight, to tell whether they grow
// together.
type joint struct{ n, x, y, xx, yy, xy float64 }

func (j *joint) add(x, y, weight float64) {
	j.n += weight
	j.x += weight * x
	j.y += weight * y
	j.xx += weight * x * x
	j.yy += weight * y * y
	j.xy += weight * x * y
}

// meanY is the mean of y, 0 if there is none.
func (j *joint) meanY() float64 { return j.y / max(j.n, 1) }

// correlation is 1 if y grows with x along a line, 0 if it does not depend on it.
func (j *joint) correlation() float64 {
	x, y := j.n*j.xx-j.x*j.x, j.n*j.yy-j.y*j.y
	// Less than that is what is left of equal numbers.
	if x <= 1e-9*j.n*j.xx || y <= 1e-9*j.n*j.yy {
		return 0
	}
	return (j.n*j.xy - j.x*j.y) / math.Sqrt(x*y)
}

// round records a round trip of f that took rtt and ended with the ACK s. SND.UNA is
// still what it was before.
func (sh *shard) round(f *flow, s *capture.Segment, now, rtt int64) {
	p := sh.needPace(f)
	if p == nil || f.is(isRecovering) {
		return
	}
	r := &p.rounds
	if r.count < denseRounds || r.count%2 == 1 {
		r.following(f, s, now)
	}
	r.count++
	r.ended, r.una = now, s.Ack
	r.longest = max(r.longest, rtt)
	flight, seg := f.inFlight(), max(f.maxSeg, 1)
	if flight > r.most {
		r.most, r.mostAt = flight, moment{now, s.Frame}
	}
	roomy := uint64(f.room()) >= uint64(flight)+uint64(seg)
	if roomy {
		r.roomy++
	}
	r.joint.add(float64(flight), float64(rtt), r.weight())
	r.steadily(flight, seg, roomy, moment{now, s.Frame})
	r.barely(f, flight, moment{now, s.Frame})
	r.follow(flight, seg, f.resent, moment{now, s.Frame})
	if r.count >= denseRounds && r.count%2 == 0 {
		f.skip = uint16(skipAfter(r.count))
	}
}

// skipAfter is how many round trips are left out once count were recorded.
func skipAfter(count uint32) uint32 { return min(count/4, mostSkipped) }

// weight is for how many round trips the last one recorded stands. Without it, the first
// few would decide about a long transfer.
func (r *rounds) weight() float64 {
	pair := (r.count - 1) &^ 1 // recorded before the pair that it belongs to
	if r.count <= denseRounds {
		return 1
	}
	return 1 + float64(skipAfter(pair))/2
}

// following adds what a round trip shows that follows directly on the last one.
func (r *rounds) following(f *flow, s *capture.Segment, now int64) {
	if r.ended == 0 || now <= r.ended {
		return
	}
	r.next++
	bytes, ns := float64(s.Ack-r.una), float64(now-r.ended)
	r.bytes, r.ns = r.bytes+bytes, r.ns+ns
	r.fastest = max(r.fastest, bytes*1e9/ns)
	if f.is(isClocked) {
		r.clocked++
	}
}

// steadily counts the rounds in a row with the same amount in flight.
func (r *rounds) steadily(flight, seg uint32, roomy bool, at moment) {
	if tolerance := max(seg, r.level/8); r.run == 0 || max(flight, r.level)-min(flight, r.level) > tolerance {
		r.level, r.run, r.runRoomy = flight, 0, 0
	}
	r.run++
	if roomy {
		r.runRoomy++
	}
	if r.run > r.longestRun {
		r.longestRun, r.steady, r.steadyRoomy, r.steadyAt = r.run, r.level, r.runRoomy, at
	}
}

// barely counts the rounds in a row in which a sender had just as much in flight as the
// bare field of a scaled window says. The ACK at that ends the round.
func (r *rounds) barely(f *flow, flight uint32, at moment) {
	if f.shift <= 0 || flight != f.wnd>>uint8(f.shift) || flight == 0 {
		r.bareRun = 0
		return
	}
	if r.bareRun++; r.bareRun == 1 {
		r.bareFrom = at
	}
	if r.bareRun > r.bare.n {
		r.bare = bareRounds{n: r.bareRun, field: flight, from: r.bareFrom, to: at}
	}
}

// follow compares what is in flight with the rounds before.
func (r *rounds) follow(flight, seg, resent uint32, at moment) {
	if flight >= r.last+seg && r.last > 0 {
		r.grew++
	}
	if uint64(flight)*4 < uint64(r.peak)*3 {
		r.cuts++
		r.cutFrom, r.cutAt = r.peak, at
		if resent != r.resent {
			r.lossCuts++
		}
		r.peak, r.resent = flight, resent
	}
	r.peak, r.last = max(r.peak, flight), flight
}
