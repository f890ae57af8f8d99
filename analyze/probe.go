package analyze

import (
	"time"

	"winwatch/capture"
)

// below handles a segment just below SND.NXT, with at most one byte, while all data
// is acknowledged. It is a probe if the window is 0 and the sender has data,
// otherwise a keep-alive. Both look the same; only the timing differs.
//
// A stack with data to send probes when its retransmission timer expires;
// keep-alives come after a second at the earliest. A stall has probes of one form
// only; segments of the other form are keep-alives (gVisor sends both at once).
func (c *cursor) below(form ProbeForm) Events {
	f := c.f
	t := c.stateOf(f)
	if !c.stalled(f) {
		if t != nil && t.lateProbe(c.now, form, c.cfg.ProbeGrowth) {
			return c.probe(form)
		}
		if t != nil && c.crosses(t, form) {
			c.lastProbe(t, form)
			return EventProbe
		}
		return c.keepAlive(f)
	}
	switch {
	case t.probing.form == ProbeUrgent || t.probing.form == form:
		return c.probe(form)
	case t.probing.form != "":
		return c.keepAlive(f)
	case !t.stall.BeganBeforeCapture && c.now-t.stall.zeroAt <= c.st.timeout(int64(c.cfg.FirstProbe)):
		return c.probe(form)
	case c.backsOff(t, c.now, form):
		if t.keptAlive(c.cfg.ProbeGrowth) {
			t.waitSince(c.now)
		} else {
			c.believe(t)
		}
		return c.probe(form)
	}
	t.doubt(c.s, c.now, form, c.mostProbes())
	return c.keepAlive(f)
}

// lateProbe reports whether a segment continues the probes of a stall that has
// ended in the capture: the window update has not reached the sender.
func (t *flowstate) lateProbe(now int64, form ProbeForm, growth float64) bool {
	if t.after.endedAt == 0 || t.after.bytes != 0 || t.probing.form != form {
		return false
	}
	probes := t.probed().Probes
	return len(probes) > 0 && float64(now-t.probing.at) > growth*float64(probes[len(probes)-1].Gap)
}

// crosses reports whether a segment is a probe that was on its way when the receiver reset
// the connection: between the capture point and the sender, the two met.
func (c *cursor) crosses(t *flowstate, form ProbeForm) bool {
	w := &t.stall.Stall
	return w.EndedBy == EndResetByReceiver && t.probing.form == form && c.now-w.End <= c.r.rtt+int64(c.cfg.AtOnce)
}

// lastProbe counts a probe of the last stall, which a reset has ended. Whether it would
// have been answered cannot be known.
func (c *cursor) lastProbe(t *flowstate, form ProbeForm) {
	t.counts.probes++
	w := t.listed(int(t.after.watched))
	w.ProbeCount++
	if had := cap(w.Probes); len(w.Probes) < c.mostProbes() {
		w.Probes = append(w.Probes, Probe{
			Frame: c.s.Frame, Time: c.now, Gap: time.Duration(max(c.now-t.probing.at, 0)), Form: form, Len: c.s.Len,
			Silence: silenceEnd,
		})
		if w != &t.stall.Stall {
			t.mem.probes += cap(w.Probes) - had
		}
	}
	t.probing.at = c.now
}

// probed returns the stall that probes belong to: the current one or, if there is
// none, the one whose aftermath is watched.
func (t *flowstate) probed() *Stall {
	if t.stall.on {
		return &t.stall.Stall
	}
	return t.listed(int(t.after.watched))
}

// backsOff reports whether the doubted segments are spaced like probes: closer than
// any keep-alives, or with gaps that grow by the back-off factor of probes.
// Keep-alives are evenly spaced.
func (sh *shard) backsOff(t *flowstate, now int64, form ProbeForm) bool {
	n := len(t.probing.doubted)
	if n == 0 || t.probing.doubted[n-1].Form != form {
		return false
	}
	gap := now - t.probing.doubtedAt
	if gap < int64(sh.cfg.FirstProbe) {
		return true
	}
	ratio := float64(gap) / float64(t.probing.doubted[n-1].Gap)
	return !t.keptAlive(sh.cfg.ProbeGrowth) && sh.cfg.BackoffLow < ratio && ratio < sh.cfg.BackoffHigh
}

// doubt remembers a segment that may turn out to be a probe.
func (t *flowstate) doubt(s *capture.Segment, now int64, form ProbeForm, most int) {
	since := t.stall.zeroAt
	if len(t.probing.doubted) > 0 {
		since = t.probing.doubtedAt
	}
	if len(t.probing.doubted) >= most {
		t.probing.doubted = append(t.probing.doubted[:0], t.probing.doubted[1:]...)
	}
	t.probing.doubted = append(t.probing.doubted, Probe{
		Frame: s.Frame, Time: now, Gap: time.Duration(max(now-since, 0)), Form: form, Len: s.Len,
	})
	t.probing.doubtedAt = now
}

// doubtFirst remembers the first segment captured of f's sender, an empty one.
func (t *flowstate) doubtFirst(st *stream, f *flow) {
	t.probing.doubted = append(t.probing.doubted[:0], Probe{Frame: st.firstFrame, Time: f.lastAt, Form: ProbeEmpty})
	t.probing.doubtedAt = f.lastAt
}

// keptAlive reports whether the doubted segments are keep-alives for certain: answered, and
// evenly spaced twice. The first gap is the time that a connection may be idle.
func (t *flowstate) keptAlive(growth float64) bool {
	n := len(t.probing.doubted)
	if n < 3 || t.probing.doubted[n-1].AnswerFrame == 0 {
		return false
	}
	least, most := t.probing.doubted[1].Gap, time.Duration(0)
	for i := range t.probing.doubted[1:] {
		gap := t.probing.doubted[i+1].Gap
		least, most = min(least, gap), max(most, gap)
	}
	return float64(most) < growth*float64(least)
}

// waitSince moves the begin of the stall to the last keep-alive: until then, the sender had
// nothing to send, or it would have probed.
func (t *flowstate) waitSince(now int64) {
	last := &t.probing.doubted[len(t.probing.doubted)-1]
	t.stall.began, t.stall.zeroAt = last.Time, last.Time
	t.stall.Begin, t.stall.BeginFrame, t.stall.BeganBeforeCapture = last.Time, last.Frame, false
	t.stall.AfterKeepAlives = true
	t.stall.ZeroBegin, t.stall.ZeroFrame, t.stall.WindowAtBegin = last.AnswerTime, last.AnswerFrame, new(int64(0))
	t.unbook(t.stall.zeroSpent + now - last.Time)
	t.probing.doubted = t.probing.doubted[:0]
}

// believe counts the doubted segments as probes after all.
func (sh *shard) believe(t *flowstate) {
	n := len(t.probing.doubted)
	t.counts.keepAlives -= min(t.counts.keepAlives, uint32(n))
	t.stall.KeepAlives -= min(t.stall.KeepAlives, int64(n))
	t.counts.probes += uint32(n)
	t.stall.ProbeCount += int64(n)
	for i := range t.probing.doubted {
		p := &t.probing.doubted[i]
		if p.AnswerFrame == 0 {
			t.unanswered(p, int64(sh.cfg.RateLimit))
			continue
		}
		t.counts.keepAliveAnswers--
		t.counts.probeAnswers++
		t.probing.answeredAt, t.probing.silent = p.AnswerTime, 0
	}
	for i := range t.probing.doubted {
		sh.spacing(&t.stall.Stall, &t.probing.doubted[i])
		t.stall.Probes = append(t.stall.Probes, t.probing.doubted[i])
	}
	t.probing.form, t.probing.at = t.probing.doubted[n-1].Form, t.probing.doubtedAt
	t.probing.doubted = t.probing.doubted[:0]
}

// keepAlive counts a keep-alive of f's sender.
func (sh *shard) keepAlive(f *flow) Events {
	t := sh.needState(f)
	t.counts.keepAlives++
	if t.stall.on {
		t.stall.KeepAlives++
	}
	t.probing.asked = EventKeepAlive
	f.marks |= isStory
	return EventKeepAlive
}

// beyond handles a segment past the right edge of a zero window, with nothing in
// flight: a classic probe (one byte at SND.NXT, or a bare FIN from lwIP), or data
// from a sender that got a window update that was not captured.
func (c *cursor) beyond() Events {
	f, s := c.f, c.s
	t := c.needState(f)
	timer := c.now-max(f.lastAt, t.stall.zeroAt) >= int64(c.cfg.ProbeTimer)
	if t.probing.asked == EventProbe && t.probing.form == ProbeDataBlock && s.Seq == t.probing.end && !timer {
		// The last one was no probe: the sender continues, so it got a window update
		// that was not captured.
		t.takeBack()
		f.advance(t.probing.end)
	}
	form := ProbeDataByte
	switch past := after(c.end, f.maxEdge); {
	case s.Len == 1 && s.Flags&capture.FIN == 0 && (past || timer):
	case s.Len == 0 && timer && past:
		form = ProbeFIN
	case s.Len > 1 && timer && past && s.Seq == f.nxt:
		form = ProbeDataBlock
	default:
		return c.fresh()
	}
	ev := c.probe(form)
	t.probing.end, t.probing.withData = c.end, true
	return ev
}

// spacing notes whether the gap before a probe grew, which that of a probe does until it
// is the longest (RFC 9293 3.8.6.1), and that of a keep-alive does not: a packet that
// the capture missed makes one gap of two. What carries data is no keep-alive.
func (sh *shard) spacing(w *Stall, p *Probe) {
	n := len(w.Probes)
	if n == 0 || p.Form != ProbeEmpty && p.Form != ProbeJunkByte || p.Gap >= sh.cfg.MaxProbeGap/2 {
		return
	}
	if w.Probes[n-1].Form == p.Form && float64(p.Gap) < sh.cfg.ProbeGrowth*float64(w.Probes[n-1].Gap) {
		w.flat++
		w.even = w.flat >= sh.cfg.EvenGaps
	}
}

// takeBack uncounts the last probe, which turned out not to be one.
func (t *flowstate) takeBack() {
	t.probing.asked, t.probing.withData, t.probing.form = 0, false, ""
	t.counts.probes--
	t.stall.ProbeCount--
	if n := len(t.stall.Probes); n > 0 {
		t.stall.Probes = t.stall.Probes[:n-1]
	}
}

// probe counts the segment as a probe of the current stall.
func (c *cursor) probe(form ProbeForm) Events {
	s := c.s
	t := c.needState(c.f)
	c.silence(c.f, t)
	since := t.stall.zeroAt
	if t.probing.form != "" {
		since = t.probing.at
	}
	p := Probe{Frame: s.Frame, Time: c.now, Gap: time.Duration(max(c.now-since, 0)), Form: form, Len: s.Len}
	t.probing.form, t.probing.at = form, c.now
	t.probing.asked = EventProbe
	t.counts.probes++
	w := t.probed()
	if !t.stall.on && !c.promptly(t.after.endedAt) { // otherwise they crossed on the way
		t.after.late = true
	}
	w.ProbeCount++
	c.spacing(w, &p)
	had := cap(w.Probes)
	if most := c.mostProbes(); len(w.Probes) >= most {
		half := most / 2 // keep the first ones and the last ones
		w.Probes = append(w.Probes[:half], w.Probes[half+1:]...)
	}
	w.Probes = append(w.Probes, p)
	if w != &t.stall.Stall {
		t.mem.probes += cap(w.Probes) - had
	}
	return EventProbe
}

// pushes reports whether an empty segment with PSH at SND.NXT is a probe: a timer sent it
// while the window was 0. Otherwise nobody pushes what is empty.
func (c *cursor) pushes() bool {
	f := c.f
	if !c.stalled(f) || f.una != f.nxt {
		return false
	}
	t := c.states[f.state]
	since := t.stall.zeroAt
	if t.probing.form != "" {
		since = t.probing.at
	}
	return (t.probing.form == "" || t.probing.form == ProbePush) && c.now-since >= int64(c.cfg.ProbeTimer)
}

// sameAgain notes an empty segment that repeats the only other one of its sender, before
// any answer: both may be probes. A receiver's ACKs repeat too, but then the ACK or the
// window is new, or they come faster than a timer.
func (c *cursor) sameAgain() {
	f, r, s := c.f, c.r, c.s
	if !r.is(hasUna) || r.una != s.Ack || r.wnd != uint32(s.Window) || r.shift > 0 {
		return
	}
	last := f.lastAt
	t := c.stateOf(f)
	if t != nil && len(t.probing.doubted) > 0 {
		last = t.probing.doubtedAt
	}
	if c.now-last < int64(c.cfg.ProbeTimer) {
		return
	}
	t = c.needState(f)
	if len(t.probing.doubted) == 0 {
		t.doubtFirst(c.st, f)
	}
	t.doubt(s, c.now, ProbeEmpty, c.mostProbes())
}

// answerKeepAlive notes the ACK that answers the last keep-alive, which may turn out to
// be a probe.
func (t *flowstate) answerKeepAlive(s *capture.Segment, now int64) {
	t.probing.asked = 0
	t.probing.answeredAt = now // the receiver limits the rate of these answers, too
	t.counts.keepAliveAnswers++
	if n := len(t.probing.doubted); n > 0 && t.probing.doubted[n-1].AnswerFrame == 0 {
		p := &t.probing.doubted[n-1]
		p.AnswerFrame, p.AnswerTime = s.Frame, now
	}
}

// answer notes the ACK that answers the last probe.
func (t *flowstate) answer(s *capture.Segment, now int64) {
	t.probing.asked = 0
	t.counts.probeAnswers++
	t.probing.answeredAt = now
	if !t.stall.on {
		t.after.learnedAt = now
	}
	if w := t.probed(); len(w.Probes) > 0 {
		p := &w.Probes[len(w.Probes)-1]
		p.AnswerFrame, p.AnswerTime = s.Frame, now
	}
}
