package analyze

import (
	"unsafe"

	"winwatch/capture"
)

// A capture that was merged from two points of a path shows each packet twice, the
// second time after the delay between the points. Only the first capture of a packet
// counts. That is the view from one place on the path: let A be near the client and B
// near the server. Packets of the client are seen first at A, those of the server first
// at B, and a place in the middle, half a delay from each, sees all of them in the same
// order and at the same distances, half a delay later. If the clocks of the points
// differ, the place is nearer to one of them, at most the point itself. So round trips,
// bytes in flight and waits are as true as from any single point.
//
// What arrives again may be a retransmission instead. It has another IP ID or a later
// timestamp (RFC 7323 4.3), if the sender uses either. Where it uses neither, as many
// do over IPv6, a copy is known by its delay: all packets of both directions, ACKs
// included, come again after the same time, and retransmissions don't.

// A pairing finds the copies in a stream that was captured at two points. It exists
// from the first sign of a copy on; all segments of the stream take the slow path then.
type pairing struct {
	sides [2]pairedSide
	// lone counts the packets in a row that were no copies, since the time at.
	lone   uint32
	at     int64
	since  int64 // when it began
	proven bool  // there are two points
	bytes  int   // the memory it is charged for
}

// pairedSide is one sender's part of a pairing.
type pairedSide struct {
	// once is a ring of the packets captured once so far: n of them from first on, the
	// oldest first.
	once     []capturedPacket
	first, n int
	// copies of which the delays are between least and most, total in all. sure of them
	// can't be retransmissions.
	copies, sure       int64
	missed             int64 // packets that were not copied
	least, most, total int64
	// stamp is the latest timestamp of the sender.
	stamp   uint32
	stamped bool
	// counted is what the copies found so far, and before, were counted as.
	counted mistaken
}

// mistaken are copies that were counted as new segments of their sender.
type mistaken struct {
	segs, dataSegs, retrans, resent, dupAck uint32
	bytes                                   int64
}

const (
	// fewCopies are too few to show that there are two points if each is known to be a
	// copy; alike is how many show it that could each be a retransmission.
	// More are needed if the delays exceed a round trip, as no two points do, but
	// a mirror that lags.
	fewCopies, alike, lagging = 3, 8, 32
	// patience is how many packets without a copy, and Config.PointDelay, end a pairing
	// that has found few, and so do more packets than can wait; one that has found many
	// waits longer, in case one of the points missed packets.
	patience, longPatience = 64, 1024
	// most and fewest packets that wait for their copies in one direction: 10 Gbit/s of
	// full segments for 5 ms, or 1 Gbit/s for 50 ms.
	fewestOnce, mostOnce = 16, 4096
	// lookAt is how many of the oldest are compared with a packet. The path keeps the
	// order, but some packets are lost between the points.
	lookAt = 64

	pairingBytes = int(unsafe.Sizeof(pairing{}))
	onceBytes    = 2 * int(unsafe.Sizeof(capturedPacket{}))
)

// copied reports whether a segment is the copy of one that was captured before.
// suspect says that it may be one, but for now counts as what it seems to be.
// lag is how long ago the same packet was seen.
func (sh *shard) copied(st *stream, side uint8, s *capture.Segment, now, lag int64) (copied, suspect bool) {
	if lag < sh.cfg.atOnce(s) {
		return true, false
	}
	isSYN := s.Flags&capture.SYN != 0
	p := sh.pairingOf(st)
	if p == nil && !isSYN && (st.is(twiceSYN) || lag <= int64(sh.cfg.PointDelay)) {
		p = sh.pair(st, now)
	}
	var packet packet
	if p != nil {
		packet = packetOf(st, side, s)
		lag = min(lag, p.sides[side].take(&packet, now, p, int64(sh.cfg.PointDelay)))
	}
	same := lag <= int64(sh.cfg.PointDelay)
	if same && isSYN { // nobody repeats a SYN before a second is over (RFC 6298 2.1)
		st.marks |= twiceSYN
		return true, false
	}
	varies := s.IPID != 0 && st.varies>>side&1 != 0
	if p == nil {
		return same && varies, false
	}
	w := &p.sides[side]
	sure := same && (varies || w.older(s))
	w.stampedBy(s)
	switch {
	case same && (sure || w.fits(lag) || !p.proven):
		if !sure && !w.fits(lag) {
			w.restart()
		}
		w.paired(lag, sure)
		p.lone, p.at = 0, now
		sh.prove(st, p, now)
		st.apart[side] = w.mean(p)
		return sure || p.proven, true
	case !sh.wait(p, w, &packet, now):
		sh.unpair(st)
	}
	return false, false
}

// noteID notes the IP ID of a segment, to know whether its sender gives each packet
// another one (stream.varies). A few stacks use a constant.
func (st *stream) noteID(side uint8, s *capture.Segment) {
	switch id := &st.firstID[side&1]; {
	case s.IPID == *id:
	case *id == 0:
		*id = s.IPID
	case s.IPID != 0:
		st.varies |= 1 << (side & 1)
	}
}

// older reports whether a later packet of the sender, by its timestamp, was captured
// before s: s was sent before that one, and is no retransmission.
func (w *pairedSide) older(s *capture.Segment) bool {
	return s.Options.Has(capture.HasTimestamps) && w.stamped && before(s.TSVal, w.stamp)
}

func (w *pairedSide) stampedBy(s *capture.Segment) {
	if s.Options.Has(capture.HasTimestamps) && (!w.stamped || after(s.TSVal, w.stamp)) {
		w.stamp, w.stamped = s.TSVal, true
	}
}

// fits reports whether a packet that came again after lag is a copy by its delay. The
// delay between two points varies with the queues between them, but a
// retransmission takes a round trip at the least: both delays, and more.
func (w *pairedSide) fits(lag int64) bool {
	return w.copies == 0 || w.least/2 <= lag && lag <= w.most+w.most/2
}

// paired notes a copy.
func (w *pairedSide) paired(lag int64, sure bool) {
	if w.copies == 0 || lag < w.least {
		w.least = lag
	}
	w.most = max(w.most, lag)
	w.total += lag
	w.copies++
	if sure {
		w.sure++
	}
}

// mean is the delay between the points, if there are two.
func (w *pairedSide) mean(p *pairing) int64 {
	if !p.proven {
		return 0
	}
	return w.total / w.copies
}

// prove decides whether the stream was captured at two points. If so, what looked like
// a retransmission until now was none.
func (sh *shard) prove(st *stream, p *pairing, now int64) {
	if p.proven || p.sides[0].sure+p.sides[1].sure < fewCopies && !p.isMerged(st, now) {
		return
	}
	p.proven = true
	for i := range p.sides {
		w, f := &p.sides[i], &st.flows[i]
		f.segs -= w.counted.segs
		f.dataSegs -= w.counted.dataSegs
		f.retrans -= w.counted.retrans
		f.resent -= w.counted.resent
		f.bytes -= w.counted.bytes
		if t := sh.stateOf(&st.flows[i^1]); t != nil {
			t.counts.dupAck -= min(t.counts.dupAck, w.counted.dupAck)
		}
		st.duplicates += w.counted.segs
	}
}

// isMerged reports whether the copies, each of which may be a retransmission, show
// two points together: there are enough in both directions and for longer than a burst
// that is sent again, nearly every packet has one, and the delays hardly vary.
func (p *pairing) isMerged(st *stream, now int64) bool {
	a, b := &p.sides[0], &p.sides[1]
	enough, rtt := int64(alike), st.rtt()
	if a.least+b.least > rtt+rtt/8 {
		enough = lagging
	}
	return min(a.copies, b.copies) >= fewCopies && a.copies+b.copies >= enough && a.steady() && b.steady() &&
		now-p.since >= 4*max(a.most, b.most) && 8*(a.missing(now)+b.missing(now)) <= a.copies+b.copies
}

// steady reports whether the delays are those of one path, which varies a little.
func (w *pairedSide) steady() bool { return w.most <= w.least+w.least/2 }

// missing counts the packets that were not copied, or whose copies are overdue.
func (w *pairedSide) missing(now int64) int64 {
	n := w.missed
	for i := range w.n {
		if now-w.at(i).at <= w.most+w.most/2 {
			break
		}
		n++
	}
	return n
}

// suspect notes that a copy was counted as a segment with these events.
func (p *pairing) suspect(side uint8, s *capture.Segment, ev Events) {
	c := &p.sides[side].counted
	c.segs++
	if s.Len > 0 && s.Flags&capture.RST == 0 { // what an RST carries is no data
		c.dataSegs++
		c.bytes += int64(s.Len)
	}
	if ev.Has(EventRetransmission) {
		c.retrans++
		if s.Len > 0 {
			c.resent++
		}
	}
	if ev.Has(EventDupACK) {
		c.dupAck++
	}
}

// at returns the i-th oldest of the packets captured once.
func (w *pairedSide) at(i int) *capturedPacket { return &w.once[(w.first+i)&(len(w.once)-1)] }

// restart forgets the copies found so far: what came again after so different times
// were no copies.
func (w *pairedSide) restart() {
	w.copies, w.sure, w.total, w.most, w.counted = 0, 0, 0, 0, mistaken{}
}

// take finds the same packet among those captured once, removes it, and returns how
// long ago that was, or never. It also removes those whose copies will not come any more.
func (w *pairedSide) take(x *packet, now int64, p *pairing, within int64) int64 {
	if p.proven {
		within = min(within, 2*w.most+within/8)
	}
	for w.n > 0 && now-w.at(0).at > within {
		w.first, w.n, w.missed = w.first+1, w.n-1, w.missed+1
	}
	once, first, numbers := w.once, w.first, x.numbers
	for i := range min(w.n, lookAt) {
		e := &once[(first+i)&(len(once)-1)]
		if e.packet.numbers != numbers || e.packet != *x || w.copies > 0 && now-e.at < w.least/2 {
			continue
		}
		lag := now - e.at
		for ; i > 0; i-- {
			*w.at(i) = *w.at(i - 1)
		}
		w.first, w.n = w.first+1, w.n-1
		return lag
	}
	return never
}

// wait lets a packet wait for its copy. It returns false if there were no copies for so
// long that the pairing is of no use.
func (sh *shard) wait(p *pairing, w *pairedSide, x *packet, now int64) bool {
	p.lone++
	late := now-p.at > int64(sh.cfg.PointDelay)
	if p.proven && late && p.lone > longPatience || !p.proven && (late && p.lone > patience || p.lone > 2*mostOnce) {
		return false
	}
	if w.n == len(w.once) {
		if w.n >= mostOnce || sh.tight() {
			w.first, w.n = w.first+1, w.n-1
		} else {
			w.grow()
			sh.chargePairing(p)
		}
	}
	w.n++
	*w.at(w.n - 1) = capturedPacket{*x, now}
	return true
}

// grow doubles the space for packets captured once.
func (w *pairedSide) grow() {
	more := make([]capturedPacket, 2*len(w.once))
	for i := range w.n {
		more[i] = *w.at(i)
	}
	w.once, w.first = more, 0
}

// pairingOf returns the pairing of a stream, or nil if it has none.
func (sh *shard) pairingOf(st *stream) *pairing { return sh.pairings[st.pairing] }

// tries is how many pairings of a stream may find nothing.
const tries = 8

// pair begins a pairing, unless memory is short or others found nothing: it returns nil
// then.
func (sh *shard) pair(st *stream, now int64) *pairing {
	if st.tried == tries || sh.tight() {
		return nil
	}
	st.tried++
	if n := len(sh.freePairings); n > 0 {
		st.pairing, sh.freePairings = sh.freePairings[n-1], sh.freePairings[:n-1]
	} else {
		st.pairing = uint32(len(sh.pairings))
		sh.pairings = append(sh.pairings, nil)
	}
	p := &pairing{at: now, since: now}
	sh.pairings[st.pairing] = p
	for i := range p.sides {
		p.sides[i].once = make([]capturedPacket, fewestOnce)
		st.flows[i].marks |= isPaired
	}
	sh.chargePairing(p)
	return p
}

// unpair ends the pairing of a stream, if it has one.
func (sh *shard) unpair(st *stream) {
	p := sh.pairingOf(st)
	if p == nil {
		return
	}
	if p.proven {
		st.tried = 0
	}
	st.marks &^= twiceSYN
	for i := range st.flows {
		st.flows[i].marks &^= isPaired
	}
	sh.room += p.bytes
	sh.pairings[st.pairing] = nil
	sh.freePairings = append(sh.freePairings, st.pairing)
	st.pairing = 0
}

// chargePairing charges the growth of a pairing to the memory left.
func (sh *shard) chargePairing(p *pairing) {
	bytes := pairingBytes + (len(p.sides[0].once)+len(p.sides[1].once))*onceBytes
	sh.room -= bytes - p.bytes
	p.bytes = bytes
}

// doubtRepeats begins a pairing if so much data came again that a capture at two points
// is likelier than loss: half of it. What came again so far would be copies then.
func (c *cursor) doubtRepeats() {
	f, st := c.f, c.st
	if n := f.resent; n < fewCopies || n&(n-1) != 0 || 3*n < f.dataSegs || st.pairing != 0 {
		return
	}
	p := c.pair(st, c.now)
	if p == nil {
		return
	}
	for i := range st.flows {
		g := &st.flows[i]
		t := c.stateOrNone(g)
		acks := c.stateOrNone(&st.flows[i^1]).counts.dupAck
		p.sides[i].counted = mistaken{
			segs: g.retrans + acks, dataSegs: g.resent, retrans: g.retrans, resent: g.resent,
			bytes: g.bytes - g.unique(t), dupAck: acks,
		}
	}
}
