package analyze

import (
	"time"

	"winwatch/capture"
)

// below takes a segment just below SND.NXT while all data is acknowledged, with
// no byte or one in it: a probe if the window is 0 and the sender has data, and
// else a keep-alive. The bytes are the same; what tells is the time.
//
// A stack that has data to send probes when its retransmission time-out is
// over, and keep-alives come after a second at the earliest. A stall has probes
// of one form only; the other one is a keep-alive (gVisor sends both at once).
func (c *cursor) below(form ProbeForm) Events {
	f := c.f
	t := c.stateOf(f)
	if !f.is(isZero) {
		if t != nil && t.lateProbe(c.now, form, c.cfg.ProbeGrowth) {
			return c.probe(form)
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
		c.believe(t)
		return c.probe(form)
	}
	t.doubt(c.s, c.now, form, c.mostProbes())
	return c.keepAlive(f)
}

// lateProbe reports whether a segment goes on with the probes of a stall that is
// over, as far as the capture shows: the sender has not got the window update.
func (t *flowstate) lateProbe(now int64, form ProbeForm, growth float64) bool {
	if t.after.endedAt == 0 || t.after.bytes != 0 || t.probing.form != form {
		return false
	}
	probes := t.probed().Probes
	return len(probes) > 0 && float64(now-t.probing.at) > growth*float64(probes[len(probes)-1].Gap)
}

// probed is the stall that probes belong to: the one that is on, or else the one
// after which it is watched what comes out.
func (t *flowstate) probed() *Stall {
	if t.stall.on {
		return &t.stall.Stall
	}
	return t.listed(t.after.watched)
}

// backsOff reports whether the gaps between the doubted segments are those of
// probes: shorter than any keep-alive's, or grown by the factor that probes back
// off with. Keep-alives are even.
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
	return sh.cfg.BackoffLow < ratio && ratio < sh.cfg.BackoffHigh
}

// doubt remembers what may turn out to be a probe.
func (t *flowstate) doubt(s *capture.Segment, now int64, form ProbeForm, most int) {
	since := t.stall.zeroAt
	if len(t.probing.doubted) > 0 {
		since = t.probing.doubtedAt
	}
	if len(t.probing.doubted) >= most {
		t.probing.doubted = append(t.probing.doubted[:0], t.probing.doubted[1:]...)
	}
	t.probing.doubted = append(t.probing.doubted, Probe{
		Frame: s.Frame, Time: s.Time, Gap: time.Duration(max(now-since, 0)), Form: form, Len: s.Len,
	})
	t.probing.doubtedAt = now
}

// believe takes the doubted segments for the probes that they were.
func (sh *shard) believe(t *flowstate) {
	n := len(t.probing.doubted)
	t.counts.keepAlives -= min(t.counts.keepAlives, uint32(n))
	t.stall.KeepAlives -= min(t.stall.KeepAlives, int64(n))
	t.counts.probes += uint32(n)
	t.stall.ProbeCount += int64(n)
	t.stall.Probes = append(t.stall.Probes, t.probing.doubted...)
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

// beyond takes a segment past the right edge of a zero window, with nothing in
// flight: a classic probe (one byte at SND.NXT; lwIP: or a bare FIN), or a
// sender that goes on because it knows of a window that was not captured.
func (c *cursor) beyond() Events {
	f, s := c.f, c.s
	t := c.needState(f)
	timer := c.now-max(f.lastAt, t.stall.zeroAt) >= int64(c.cfg.ProbeTimer)
	if t.probing.asked == EventProbe && t.probing.form == ProbeDataBlock && s.Seq == t.probing.end && !timer {
		// It was no probe: the sender goes on, and knows of a window that was not
		// captured.
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

// takeBack forgets the last probe, which has turned out not to be one.
func (t *flowstate) takeBack() {
	t.probing.asked, t.probing.withData, t.probing.form = 0, false, ""
	t.counts.probes--
	t.stall.ProbeCount--
	if n := len(t.stall.Probes); n > 0 {
		t.stall.Probes = t.stall.Probes[:n-1]
	}
}

// probe counts a probe of the stall that is on.
func (c *cursor) probe(form ProbeForm) Events {
	s := c.s
	t := c.needState(c.f)
	c.silence(c.f, t)
	since := t.stall.zeroAt
	if t.probing.form != "" {
		since = t.probing.at
	}
	p := Probe{Frame: s.Frame, Time: s.Time, Gap: time.Duration(max(c.now-since, 0)), Form: form, Len: s.Len}
	t.probing.form, t.probing.at = form, c.now
	t.probing.asked = EventProbe
	t.counts.probes++
	w := t.probed()
	w.ProbeCount++
	had := cap(w.Probes)
	if most := c.mostProbes(); len(w.Probes) >= most {
		half := most / 2 // the first ones and the last ones are kept
		w.Probes = append(w.Probes[:half], w.Probes[half+1:]...)
	}
	w.Probes = append(w.Probes, p)
	if w != &t.stall.Stall {
		t.mem.probes += cap(w.Probes) - had
	}
	return EventProbe
}

// answer notes the ACK that the last probe drew.
func (t *flowstate) answer(s *capture.Segment, now int64) {
	t.probing.asked = 0
	t.counts.probeAnswers++
	t.probing.answeredAt, t.probing.silent = now, 0
	if w := t.probed(); len(w.Probes) > 0 {
		p := &w.Probes[len(w.Probes)-1]
		p.AnswerFrame, p.AnswerTime = s.Frame, s.Time
	}
}

// Reasons why a probe drew no answer.
const (
	silenceLimited = "rate-limited"
	silencePeer    = "peer-silent"
	silencePaired  = "answered-together"
	silenceEnd     = "capture-ended"
)

// silence says why the last probe had no answer, if it had none.
func (sh *shard) silence(f *flow, t *flowstate) {
	w := t.probed()
	if t.probing.asked != EventProbe || len(w.Probes) == 0 {
		return
	}
	t.probing.asked = 0
	p := &w.Probes[len(w.Probes)-1]
	switch {
	case t.probing.form == ProbeUrgent:
		p.Silence = silencePaired
	case t.probing.answeredAt != 0 && t.probing.at-t.probing.answeredAt < int64(sh.cfg.RateLimit):
		p.Silence = silenceLimited
	default:
		p.Silence = silencePeer
		t.probing.silent++
	}
}
