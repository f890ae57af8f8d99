package analyze

import "winwatch/analyze/cause"

// A copy that is lost on the path is answered by nothing. One that arrives moves SND.UNA;
// if instead the receiver repeats its last ACK at once, it got the copy and dropped it:
// for lack of memory (Linux: TCPRcvQDrop), or because of its time stamp (RFC 7323 5.3).
// A wrong checksum is no reason, since nothing answers such a segment.

// resentCopy is the data at SND.UNA that was sent last, while nothing else was in flight
// that an ACK could answer.
type resentCopy struct {
	moment
	seq, stamp uint32
	count      uint32 // of segments with data, this one included
	awaited    bool   // no ACK has come since
	// zeroSpent is the value of spent[zeroWindow] at that time.
	zeroSpent int64
}

// refusals are the copies that a receiver got and refused.
type refusals struct {
	// sums are of past episodes, those with an open window and those with a closed one.
	sums [2]cause.Refusal
	// current is the episode since seq became the first byte refused, if on is set.
	// The window was closed in it if shut is set, since shutSpent for part of the time.
	current   cause.Refusal
	on, shut  bool
	seq       uint32
	began     int64
	zeroSpent int64
}

// resend notes that data at SND.UNA is sent again. It counts only if it lies inside the
// window, and if everything sent before has had time to be answered.
func (c *cursor) resend() {
	f, s := c.f, c.s
	t := c.stateOf(f) // a refusal needs a duplicate ACK, which creates it
	if t == nil || !f.has(hasUna|hasWnd) || after(s.Seq, f.una) || !after(c.end, f.una) || after(c.end, f.maxEdge) {
		return
	}
	t.needSetbacks().copied = resentCopy{
		moment: moment{c.now, s.Frame}, seq: f.una, stamp: s.TSVal, count: f.dataSegs,
		awaited: c.now-f.lastAt > c.answerTime(f), zeroSpent: t.spent[zeroWindow],
	}
}

// answerTime is the longest time after which an ACK still counts as the answer to a
// segment that its receiver answers at once.
func (c *cursor) answerTime(f *flow) int64 { return max(2*f.rtt, int64(c.cfg.Promptly)) }

// refused notes that the segment, a duplicate ACK, refuses the last copy, if it does.
func (c *cursor) refused(t *flowstate) {
	r, s := c.r, c.s
	x := &t.needSetbacks().copied
	if x.count != r.dataSegs {
		sentAgain := x.frame != 0 && x.seq == r.una
		if sentAgain || r.inFlight() > r.maxSeg || r.ackedAt > r.lastAt || after(r.nxt, r.maxEdge) {
			return
		}
		// One segment is in flight, sent for the first time: its frame is not known any more.
		*x = resentCopy{
			moment: moment{at: r.lastAt}, seq: r.una, count: r.dataSegs, awaited: true, zeroSpent: t.spent[zeroWindow],
		}
	}
	answers := x.awaited && x.seq == s.Ack && c.now-x.at <= c.answerTime(r)
	if !answers || s.SACKCount > 0 && before(s.SACK[0].Left, s.Ack) { // a D-SACK: it had the data already
		return
	}
	x.awaited = false
	e := &t.needClues().refusals
	if !e.on || e.seq != x.seq {
		*e = refusals{sums: e.sums, on: true, seq: x.seq, began: x.at, zeroSpent: x.zeroSpent}
	}
	e.count(x, s.Window == 0, x.stamp != 0 && before(x.stamp, s.TSEcr), moment{c.now, s.Frame})
	if t.stall.on {
		t.stall.refused++
	}
	if x.frame != 0 {
		r.marks |= isStory // the ACK that ends it must not be missed
	}
}

// count adds a refused copy and its answer to the current episode.
func (e *refusals) count(x *resentCopy, shut, stale bool, answer moment) {
	r := &e.current
	e.shut = e.shut || shut
	r.Copies++
	if stale {
		r.Stale++
	}
	took := nanos(answer.at - x.at)
	if r.Copies == 1 {
		r.First, r.Soonest = answer.mark(), took
	}
	r.Last = answer.mark()
	r.Soonest, r.Latest = min(r.Soonest, took), max(r.Latest, took)
}

// mark returns the moment as the causes know it.
func (m moment) mark() cause.Mark { return cause.Mark{Frame: m.frame, Time: m.at} }

// endRefusal ends an episode, since the data was taken after all or the connection is over.
// One copy may be a coincidence: an ACK that answers nothing.
func (sh *shard) endRefusal(t *flowstate, now int64) {
	e := &t.clues.refusals
	if !e.on {
		return
	}
	e.on = false
	if e.current.Copies < sh.cfg.RefusedCopies {
		return
	}
	e.current.Open = nanos(now - e.began - (t.spent[zeroWindow] - e.zeroSpent))
	sum := &e.sums[0]
	if e.shut {
		sum = &e.sums[1]
	}
	sum.Add(&e.current)
}
