package analyze

import (
	"time"

	"winwatch/capture"
)

// Reasons why a probe got no answer.
const (
	silenceLimited = "rate-limited"
	silencePeer    = "peer-silent"
	silencePaired  = "answered-together"
	silenceNotDue  = "not-due"
	silenceEnd     = "capture-ended"
)

// silence notes why the last probe got no answer, if it got none.
func (sh *shard) silence(f *flow, t *flowstate) {
	w := t.probed()
	if t.probing.asked != EventProbe || len(w.Probes) == 0 {
		return
	}
	t.probing.asked = 0
	t.unanswered(&w.Probes[len(w.Probes)-1], int64(sh.cfg.RateLimit))
}

// unanswered notes why the probe got no answer.
func (t *flowstate) unanswered(p *Probe, rateLimit int64) {
	switch {
	case p.Form == ProbeUrgent:
		p.Silence = silencePaired
	case p.Form == ProbePush:
		p.Silence = silenceNotDue
	case t.stall.BeganBeforeCapture && p.Time < t.stall.zeroAt:
		// An answer before the capture may have been too recent.
	case t.probing.answeredAt != 0 && p.Time-t.probing.answeredAt < rateLimit:
		p.Silence = silenceLimited
	default:
		p.Silence = silencePeer
		if p.Time > t.stall.Heard {
			t.probing.silent++
		}
	}
}

// sendAgain notes that a timer expired before the receiver answered data that is now
// sent again.
func (c *cursor) sendAgain() {
	f := c.f
	t := c.needState(f)
	u := &t.needSetbacks().unheard
	switch {
	case c.stalled(f):
		t.stall.resent++
		return
	case u.copies == 0 || u.segs != c.r.segs:
		*u = unheard{since: f.lastAt, segs: c.r.segs}
	}
	u.copies++
}

// silentSince returns since when nothing came from the receiver of the flow although
// data was sent again and again until the end, and how many of these segments were due an
// answer. o is the opposite flow. The last copy may still be answered.
func (sh *shard) silentSince(f, o *flow, t *flowstate) (since int64, unanswered int64) {
	u := &t.setbacksOrNone().unheard
	if int(u.copies) < sh.cfg.SilentProbes || u.segs != o.segs || !f.is(hasUna) || f.inFlight() == 0 {
		return 0, 0
	}
	return u.since, int64(u.copies) // the original counts, the last copy does not
}

// hears notes that the current segment is a sign of life of the receiver during a stall.
func (c *cursor) hears(t *flowstate) {
	if int(t.probing.silent) >= c.cfg.SilentProbes && t.counts.probeAnswers == 0 && !c.promptly(t.probing.at) {
		t.probing.mute = true
	}
	t.stall.resent, t.probing.silent = 0, 0
	if c.s.Window == 0 || c.s.Flags&capture.RST != 0 {
		t.stall.Heard, t.stall.HeardFrame = c.now, c.s.Frame
	}
}

// promptly reports whether the current segment follows soon enough on what was sent to
// the other end at a time to be the answer.
func (c *cursor) promptly(at int64) bool {
	return c.now-at <= max(2*c.st.rtt(), int64(c.cfg.Promptly))
}

// hear sets for how long the receiver had been silent when the current stall ended.
func (sh *shard) hear(t *flowstate, end int64) {
	w := &t.stall.Stall
	// The last retransmission may still be answered.
	w.Unanswered = uint32(t.probing.silent) + uint32(max(t.stall.resent, 1)) - 1
	if int(w.Unanswered) >= sh.cfg.SilentProbes && !t.probing.mute {
		w.Silent = time.Duration(max(end-w.Heard, 0))
	}
}
