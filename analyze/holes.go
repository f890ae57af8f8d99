package analyze

import "slices"

// hole is a part of a flow's data that was missing when later data arrived: it was
// lost, overtaken or not captured.
type hole struct {
	missing
	frame uint64
	// silence is how long nothing of the flow was captured before it appeared.
	silence int64
}

// missing is a range of sequence numbers that was missing.
type missing struct {
	seq, end uint32
	at       int64 // when that appeared
}

// addHole notes that the data from seq to end has not been captured so far.
func (c *cursor) addHole(f *flow, seq, end uint32) {
	f.marks |= hasHoles
	t := c.needState(f)
	t.loss.unseen += int64(end - seq)
	c.keepHoles(c.st, f, t, append(t.loss.holes, hole{missing{seq, end, c.now}, c.s.Frame, c.silenceBefore(f, t)}))
}

// silenceBefore is how long the sender seemed idle, or the path seemed to take, before
// the current segment. If data went by unseen, part of it went by in that time. On the
// path, that is only certain if the sender did not send again what seemed to be lost.
func (c *cursor) silenceBefore(f *flow, t *flowstate) int64 {
	// A time that is not set is 0, which is later than any before 1970.
	d := max(c.now-max(f.lastAt, f.ackedAt, t.after.endedAt, c.st.first), 0)
	switch {
	case f.class == senderIdle, f.class == network && d > c.st.timeout(int64(c.cfg.ProbeTimer)):
		return d
	}
	return 0
}

// keepHoles sets the holes of a flow, without the oldest ones if there are too many.
func (sh *shard) keepHoles(st *stream, f *flow, t *flowstate, holes []hole) {
	many := max(len(holes)-sh.cfg.MaxHoles, 0)
	for _, h := range holes[:many] {
		f.unjudge(st, t, h.silence)
		t.needSetbacks().forget(h.missing, int64(sh.cfg.Reordering))
	}
	t.loss.holes = slices.Delete(holes, 0, many)
}

// unjudge takes back what the last d ns before a hole were booked to.
func (f *flow) unjudge(st *stream, t *flowstate, d int64) {
	idle := min(d, max(st.span()-f.booked(t), 0))
	onPath := min(d-idle, f.network)
	f.network -= onPath
	f.unjudged += idle + onPath
}

// miss notes a hole whose data the receiver acknowledged: it was sent, and not captured.
func (f *flow) miss(st *stream, t *flowstate, h *hole) {
	f.unjudge(st, t, h.silence)
	l := &t.loss
	if l.gaps == 0 || h.at < l.firstGap.at {
		l.firstGap = moment{h.at, h.frame}
	}
	l.gaps++
	l.missed += int64(h.end - h.seq)
	l.largestGap = max(l.largestGap, h.end-h.seq)
}

// missRest notes the holes that are left at the end, as far as the receiver
// acknowledged them. What was sent unseen before the others is not known either.
func (f *flow) missRest(st *stream, t *flowstate) {
	for i := range t.loss.holes {
		h := t.loss.holes[i]
		if !f.is(hasUna) || !after(f.una, h.seq) {
			f.unjudge(st, t, h.silence)
			continue
		}
		if after(h.end, f.una) {
			h.end = f.una
		}
		f.miss(st, t, &h)
	}
}

// forget notes a hole that is no longer kept. Each range is of the holes that appeared
// within so many ns.
func (b *setbacks) forget(h missing, within int64) {
	x := &b.forgotten[0]
	if x.seq == x.end || h.at-x.at > within {
		b.forgotten[1], *x = *x, h
		return
	}
	if before(h.seq, x.seq) {
		x.seq = h.seq
	}
	if after(h.end, x.end) {
		x.end = h.end
	}
}

// fillForgotten reports whether the data from seq to end may have been overtaken and
// fill a hole that was forgotten: it counts as captured for the first time then.
func (sh *shard) fillForgotten(f *flow, seq, end uint32, now int64) bool {
	t := sh.stateOf(f)
	if t == nil {
		return false
	}
	for _, x := range t.setbacksOrNone().forgotten {
		if before(seq, x.end) && after(end, x.seq) && now-x.at <= 2*int64(sh.cfg.Reordering) {
			t.loss.unseen = max(t.loss.unseen-int64(end-seq), 0)
			return true
		}
	}
	return false
}

// dropHoles forgets what was lost: the numbers begin anew.
func (sh *shard) dropHoles(f *flow) {
	f.marks &^= hasHoles
	if t := sh.stateOf(f); t != nil {
		t.loss = loss{holes: t.loss.holes[:0], gaps: t.loss.gaps, missed: t.loss.missed, largestGap: t.loss.largestGap, firstGap: t.loss.firstGap}
		if t.setbacks != nil {
			t.setbacks.forgotten = [2]missing{}
		}
	}
}

// fill closes the holes that the data from seq to end covers. It returns how many
// bytes of it fell into holes, and whether they came soon enough to have been
// merely overtaken.
func (c *cursor) fill(f *flow, seq, end uint32) (filled int64, soon bool) {
	if !f.is(hasHoles) {
		return 0, false
	}
	t := c.states[f.state]
	holes, left, n := t.loss.holes, 0, len(t.loss.holes)
	for _, h := range holes[:n] {
		c.steps.holes++
		from, to := h.seq, h.end
		if after(seq, from) {
			from = seq
		}
		if before(end, to) {
			to = end
		}
		rest := h
		if before(from, to) {
			filled += int64(to - from)
			soon = soon || c.now-h.at <= c.overtaken()
			rest.end, rest.silence = from, 0 // it was lost, not sent unseen
			if before(to, h.end) {           // the end of a hole counts as appeared last
				holes = append(holes, hole{missing{to, h.end, h.at}, h.frame, 0})
			}
		}
		if before(rest.seq, rest.end) {
			holes[left] = rest
			left++
		}
	}
	c.keepHoles(c.st, f, t, slices.Delete(holes, left, n))
	if len(t.loss.holes) == 0 {
		f.marks &^= hasHoles
	}
	t.loss.unseen -= filled
	return filled, soon
}

// overtaken is the longest delay of an overtaken segment of the cursor's flow. A copy needs
// longer: its sender learns of the hole from ACKs that come later, so that the copy takes
// at least the round trip between the capture point and the sender. (Wireshark, too, takes
// what fills a hole within a round trip for out of order.)
func (c *cursor) overtaken() int64 {
	return max(int64(c.cfg.Reordering), c.r.rtt-c.r.rtt/8)
}

// forgetHoles removes acknowledged holes: their data will not be captured any more,
// unless its ACK overtook it just now.
func (c *cursor) forgetHoles(f *flow) {
	t := c.states[f.state]
	t.loss.holes = slices.DeleteFunc(t.loss.holes, func(h hole) bool {
		c.steps.holes++
		if after(h.end, f.una) || c.now-h.at <= int64(c.cfg.Reordering) {
			return false
		}
		f.miss(c.st, t, &h)
		return true
	})
	if len(t.loss.holes) == 0 {
		f.marks &^= hasHoles
	}
}
