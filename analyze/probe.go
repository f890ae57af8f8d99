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
func (a *Analyzer) below(st *stream, f *flow, s *capture.Segment, now int64, form ProbeForm) Events {
	if !f.is(isZero) {
		return a.keepAlive(f)
	}
	t := a.more(f)
	switch {
	case t.form == ProbeUrgent || t.form == form:
		return a.probe(f, s, now, form)
	case t.form != "":
		return a.keepAlive(f)
	case t.stall.BeganBeforeCapture, now-t.zeroAt <= st.timeout(int64(a.cfg.FirstProbe)):
		return a.probe(f, s, now, form)
	case t.backsOff(now, form):
		a.believe(f, t)
		return a.probe(f, s, now, form)
	}
	t.doubt(s, now, form)
	return a.keepAlive(f)
}

// backsOff reports whether the gaps of the doubted segments have grown by the
// factor that probes back off with; keep-alives are even.
func (t *detail) backsOff(now int64, form ProbeForm) bool {
	n := len(t.doubted)
	if n == 0 || t.doubted[n-1].Form != form {
		return false
	}
	last := &t.doubted[n-1]
	ratio := float64(now-t.doubtedAt) / float64(last.Gap)
	return ratio > 1.6 && ratio < 2.6
}

// doubt remembers what may turn out to be a probe.
func (t *detail) doubt(s *capture.Segment, now int64, form ProbeForm) {
	since := t.zeroAt
	if len(t.doubted) > 0 {
		since = t.doubtedAt
	}
	t.doubted = append(t.doubted[:0], Probe{
		Frame: s.Frame, Time: s.Time, Gap: time.Duration(now - since), Form: form, Len: s.Len,
	})
	t.doubtedAt = now
}

// believe takes the doubted segment for the probe that it was.
func (a *Analyzer) believe(f *flow, t *detail) {
	p := t.doubted[0]
	t.doubted = t.doubted[:0]
	t.keepAlives--
	t.stall.KeepAlives--
	t.probes++
	t.stall.ProbeCount++
	t.stall.Probes = append(t.stall.Probes, p)
	t.form, t.probeAt, t.probeGap = p.Form, t.doubtedAt, int64(p.Gap)
}

// keepAlive counts a keep-alive of f's sender.
func (a *Analyzer) keepAlive(f *flow) Events {
	t := a.more(f)
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
func (a *Analyzer) beyond(st *stream, f *flow, s *capture.Segment, end uint32, now int64) Events {
	t := a.more(f)
	timer := now-max(f.lastAt, t.zeroAt) >= int64(a.cfg.ProbeTimer)
	form := ProbeDataByte
	switch {
	case s.Len == 1 && s.Flags&capture.FIN == 0:
	case s.Len == 0 && timer:
		form = ProbeFIN
	case s.Len > 1 && timer && s.Seq == f.nxt:
		form = ProbeDataBlock
	default:
		return a.fresh(st, f, s, end, now)
	}
	ev := a.probe(f, s, now, form)
	t.probeEnd, t.withData = end, true
	return ev
}

// probe counts a probe of the stall that is on.
func (a *Analyzer) probe(f *flow, s *capture.Segment, now int64, form ProbeForm) Events {
	t := a.more(f)
	a.silence(f, t)
	since := t.zeroAt
	if t.form != "" {
		since = t.probeAt
	}
	p := Probe{Frame: s.Frame, Time: s.Time, Gap: time.Duration(max(now-since, 0)), Form: form, Len: s.Len}
	t.form, t.probeAt, t.probeGap = form, now, int64(p.Gap)
	t.asked = EventProbe
	t.probes++
	w := &t.stall
	w.ProbeCount++
	if len(w.Probes) >= a.cfg.MaxProbes {
		half := a.cfg.MaxProbes / 2 // the first ones and the last ones are kept
		w.Probes = append(w.Probes[:half], w.Probes[half+1:]...)
	}
	w.Probes = append(w.Probes, p)
	return EventProbe
}

// answer notes the ACK that the last probe drew.
func (t *detail) answer(s *capture.Segment, now int64) {
	t.asked = 0
	t.probeAnswers++
	t.answerAt, t.silent = now, 0
	if n := len(t.stall.Probes); n > 0 {
		p := &t.stall.Probes[n-1]
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
func (a *Analyzer) silence(f *flow, t *detail) {
	n := len(t.stall.Probes)
	if t.asked != EventProbe || n == 0 {
		return
	}
	t.asked = 0
	p := &t.stall.Probes[n-1]
	switch {
	case t.form == ProbeUrgent:
		p.Silence = silencePaired
	case t.answerAt != 0 && t.probeAt-t.answerAt < int64(a.cfg.RateLimit):
		p.Silence = silenceLimited
	default:
		p.Silence = silencePeer
		t.silent++
	}
}
