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
func (sh *shard) below(st *stream, f *flow, s *capture.Segment, now int64, form ProbeForm) Events {
	t := sh.stateOf(f)
	if !f.is(isZero) {
		if t != nil && t.lateProbe(now, form) {
			return sh.probe(f, s, now, form)
		}
		return sh.keepAlive(f)
	}
	switch {
	case t.form == ProbeUrgent || t.form == form:
		return sh.probe(f, s, now, form)
	case t.form != "":
		return sh.keepAlive(f)
	case !t.stall.BeganBeforeCapture && now-t.zeroAt <= st.timeout(int64(sh.cfg.FirstProbe)):
		return sh.probe(f, s, now, form)
	case sh.backsOff(t, now, form):
		sh.believe(t)
		return sh.probe(f, s, now, form)
	}
	t.doubt(s, now, form, sh.mostProbes())
	return sh.keepAlive(f)
}

// lateProbe reports whether a segment goes on with the probes of a stall that is
// over, as far as the capture shows: the sender has not got the window update.
func (t *flowstate) lateProbe(now int64, form ProbeForm) bool {
	if t.endedAt == 0 || t.releasedBytes != 0 || t.form != form {
		return false
	}
	probes := t.probed().Probes
	return len(probes) > 0 && float64(now-t.probeAt) > leastGrowth*float64(probes[len(probes)-1].Gap)
}

// probed is the stall that probes belong to: the one that is on, or else the one
// after which it is watched what comes out.
func (t *flowstate) probed() *Stall {
	if t.on {
		return &t.stall
	}
	return t.listed(t.watched)
}

// leastGrowth is the factor by which the gap to the next probe must have grown
// for it to go on from the ones before.
const leastGrowth = 1.3

// backsOff reports whether the gaps between the doubted segments are those of
// probes: shorter than any keep-alive's, or grown by the factor that probes back
// off with. Keep-alives are even.
func (sh *shard) backsOff(t *flowstate, now int64, form ProbeForm) bool {
	n := len(t.doubted)
	if n == 0 || t.doubted[n-1].Form != form {
		return false
	}
	gap := now - t.doubtedAt
	if gap < int64(sh.cfg.FirstProbe) {
		return true
	}
	ratio := float64(gap) / float64(t.doubted[n-1].Gap)
	return ratio > 1.6 && ratio < 2.6
}

// doubt remembers what may turn out to be a probe.
func (t *flowstate) doubt(s *capture.Segment, now int64, form ProbeForm, most int) {
	since := t.zeroAt
	if len(t.doubted) > 0 {
		since = t.doubtedAt
	}
	if len(t.doubted) >= most {
		t.doubted = append(t.doubted[:0], t.doubted[1:]...)
	}
	t.doubted = append(t.doubted, Probe{
		Frame: s.Frame, Time: s.Time, Gap: time.Duration(max(now-since, 0)), Form: form, Len: s.Len,
	})
	t.doubtedAt = now
}

// believe takes the doubted segments for the probes that they were.
func (sh *shard) believe(t *flowstate) {
	n := len(t.doubted)
	t.keepAlives -= min(t.keepAlives, uint32(n))
	t.stall.KeepAlives -= min(t.stall.KeepAlives, int64(n))
	t.probes += uint32(n)
	t.stall.ProbeCount += int64(n)
	t.stall.Probes = append(t.stall.Probes, t.doubted...)
	t.form, t.probeAt = t.doubted[n-1].Form, t.doubtedAt
	t.doubted = t.doubted[:0]
}

// keepAlive counts a keep-alive of f's sender.
func (sh *shard) keepAlive(f *flow) Events {
	t := sh.needState(f)
	t.keepAlives++
	if t.on {
		t.stall.KeepAlives++
	}
	t.asked = EventKeepAlive
	f.marks |= isStory
	return EventKeepAlive
}

// beyond takes a segment past the right edge of a zero window, with nothing in
// flight: a classic probe (one byte at SND.NXT; lwIP: or a bare FIN), or a
// sender that goes on because it knows of a window that was not captured.
func (sh *shard) beyond(st *stream, f, r *flow, s *capture.Segment, end uint32, now int64) Events {
	t := sh.needState(f)
	timer := now-max(f.lastAt, t.zeroAt) >= int64(sh.cfg.ProbeTimer)
	if t.asked == EventProbe && t.form == ProbeDataBlock && s.Seq == t.probeEnd && !timer {
		// It was no probe: the sender goes on, and knows of a window that was not
		// captured.
		t.takeBack()
		f.advance(t.probeEnd)
	}
	form := ProbeDataByte
	switch past := after(end, f.maxEdge); {
	case s.Len == 1 && s.Flags&capture.FIN == 0 && (past || timer):
	case s.Len == 0 && timer && past:
		form = ProbeFIN
	case s.Len > 1 && timer && past && s.Seq == f.nxt:
		form = ProbeDataBlock
	default:
		return sh.fresh(st, f, r, s, end, now)
	}
	ev := sh.probe(f, s, now, form)
	t.probeEnd, t.withData = end, true
	return ev
}

// takeBack forgets the last probe, which has turned out not to be one.
func (t *flowstate) takeBack() {
	t.asked, t.withData, t.form = 0, false, ""
	t.probes--
	t.stall.ProbeCount--
	if n := len(t.stall.Probes); n > 0 {
		t.stall.Probes = t.stall.Probes[:n-1]
	}
}

// probe counts a probe of the stall that is on.
func (sh *shard) probe(f *flow, s *capture.Segment, now int64, form ProbeForm) Events {
	t := sh.needState(f)
	sh.silence(f, t)
	since := t.zeroAt
	if t.form != "" {
		since = t.probeAt
	}
	p := Probe{Frame: s.Frame, Time: s.Time, Gap: time.Duration(max(now-since, 0)), Form: form, Len: s.Len}
	t.form, t.probeAt = form, now
	t.asked = EventProbe
	t.probes++
	w := t.probed()
	w.ProbeCount++
	had := cap(w.Probes)
	if most := sh.mostProbes(); len(w.Probes) >= most {
		half := most / 2 // the first ones and the last ones are kept
		w.Probes = append(w.Probes[:half], w.Probes[half+1:]...)
	}
	w.Probes = append(w.Probes, p)
	if w != &t.stall {
		t.probesListed += cap(w.Probes) - had
	}
	return EventProbe
}

// answer notes the ACK that the last probe drew.
func (t *flowstate) answer(s *capture.Segment, now int64) {
	t.asked = 0
	t.probeAnswers++
	t.answerAt, t.silent = now, 0
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
	if t.asked != EventProbe || len(w.Probes) == 0 {
		return
	}
	t.asked = 0
	p := &w.Probes[len(w.Probes)-1]
	switch {
	case t.form == ProbeUrgent:
		p.Silence = silencePaired
	case t.answerAt != 0 && t.probeAt-t.answerAt < int64(sh.cfg.RateLimit):
		p.Silence = silenceLimited
	default:
		p.Silence = silencePeer
		t.silent++
	}
}
