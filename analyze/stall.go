package analyze

import (
	"time"

	"winwatch/capture"
)

// beginStall takes the first zero window after an open one. The sender may have
// been held back for some time: since it filled the window, or since the rest
// was too small for its next segment.
func (sh *shard) beginStall(st *stream, f *flow, t *flowstate, s *capture.Segment, now int64, first bool) {
	t.pause(f, now, sh.pauseOf(st))
	t.on, t.asked, t.form, t.withData, t.silent = true, 0, "", false, 0
	t.doubted = t.doubted[:0]
	t.began, t.zeroAt, t.acked, t.zeroSpent = now, now, f.una, t.spent[zeroWindow]
	t.stall = Stall{
		Begin: s.Time, BeginFrame: s.Frame, ZeroBegin: s.Time, ZeroFrame: s.Frame,
		BeganBeforeCapture: first, WindowAtBegin: ptr(int64(0)),
	}
	sh.unread(st, f, t)
	if f.is(isFull | isHeld) {
		sh.settle(f, true)
		t.began = t.heldAt
		t.stall.WindowAtBegin = ptr(int64(t.heldRoom))
		t.stall.Begin, t.stall.BeginFrame = s.Time-(now-t.heldAt), t.heldNum
	}
	t.smallTime = 0
	if f.shift == Unknown && f.una == f.nxt && f.dataSegs > 0 && !first {
		// The right edge stands where the last data ended, and never moves back:
		// that data filled the window, whatever the scale.
		t.filled++
		if f.is(afterPause) {
			t.timerData++
		}
	}
	if f.is(midProbe) {
		sh.firstProbe(f, t, st, s, now)
	}
	f.marks &^= isFull | isHeld | isOpened | midProbe
}

// firstProbe remembers the segment with which the capture of a sender began: s,
// which came back, has shown that it was a probe, or a keep-alive.
func (sh *shard) firstProbe(f *flow, t *flowstate, st *stream, s *capture.Segment, now int64) {
	at := f.lastAt
	began := *s
	began.Frame, began.Time = st.firstFrame, s.Time-(now-at)
	t.doubt(&began, at, ProbeEmpty, sh.mostProbes())
	p := &t.doubted[len(t.doubted)-1]
	p.AnswerFrame, p.AnswerTime = s.Frame, s.Time
	t.keepAlives++
	t.stall.KeepAlives++
	t.keepAliveAnswers++
}

// opening says what opened the window: reading, or the ACK of a probe or of
// data.
func (t *flowstate) opening(st *stream, s *capture.Segment, now int64, advanced bool) StallEnd {
	switch {
	case advanced:
		if t.asked == EventProbe {
			t.answer(s, now)
		}
		return EndDataAccepted
	case t.asked == EventProbe && now-t.probeAt <= max(2*st.rtt(), promptly):
		t.answer(s, now)
		return EndProbeAnswer
	}
	return EndWindowUpdate
}

// endStall ends the stall that is on, if there is one.
func (sh *shard) endStall(st *stream, f *flow, s *capture.Segment, now int64, how StallEnd) {
	t := sh.stateOf(f)
	if t == nil || !t.on {
		return
	}
	sh.silence(f, t)
	if how == EndResetBySender && t.silent >= 3 {
		how = EndGaveUp
	}
	w := &t.stall
	w.End, w.EndFrame, w.EndedBy = s.Time, s.Frame, how
	w.Duration = time.Duration(now - t.began)
	t.on = false
	t.acked = f.una
	f.marks &^= isZero
	kept := sh.keep(t)
	if how == EndWindowUpdate || how == EndProbeAnswer || how == EndDataAccepted {
		t.watched, t.endedAt, t.sentAt = kept, now, now
		t.releasedBytes, t.burst, t.burstOver = 0, 0, false
	} else {
		sh.judge(st, f, t, t.listed(kept))
	}
}

// listed is the stall that keep returned i for.
func (t *flowstate) listed(i int) *Stall {
	if i == 0 {
		return &t.stall
	}
	return &t.stalls[i-1]
}

// smallStall lists a stall in which the window was too small for the next
// segment, but never 0. It ended when the window opened.
func (sh *shard) smallStall(f *flow) {
	t := sh.stateOf(f)
	if t == nil || t.smallTime == 0 {
		return
	}
	long := t.smallTime >= int64(sh.cfg.MinStall)
	t.smallTime = 0
	if !long {
		return
	}
	t.pause(f, t.openedAt, 0)
	t.stall = Stall{
		Begin: t.heldTime, BeginFrame: t.heldNum,
		End: t.openedTime, EndFrame: t.openedNum,
		EndedBy: EndWindowUpdate, Duration: time.Duration(t.openedAt - t.heldAt),
		SenderWaiting: ptr(true), WindowAtBegin: ptr(int64(t.heldRoom)),
		Unread: Estimate{Method: "the window never was 0"},
	}
	sh.keep(t)
}

// keep adds the stall to those that are listed and returns its index + 1, or 0
// if there are too many and it is shorter than all of them.
func (sh *shard) keep(t *flowstate) int {
	t.stallCount++
	t.stallTime += int64(t.stall.Duration)
	if len(t.stalls) < sh.mostStalls(t) {
		t.stalls = append(t.stalls, t.stall)
		t.probesListed += cap(t.stall.Probes)
		return len(t.stalls)
	}
	shortest := 0
	for i := range t.stalls {
		if t.stalls[i].Duration < t.stalls[shortest].Duration {
			shortest = i
		}
	}
	if t.stalls[shortest].Duration >= t.stall.Duration {
		return 0
	}
	t.probesListed += cap(t.stall.Probes) - cap(t.stalls[shortest].Probes)
	t.stalls[shortest] = t.stall
	return shortest + 1
}

// release counts new data that comes out after a stall, until the sender
// pauses with nothing in flight and the window open. The data ends at end.
func (t *flowstate) release(f *flow, end uint32, now, pause int64) {
	if t.endedAt == 0 {
		return
	}
	if now-max(t.sentAt, f.ackedAt) > pause && f.inFlight() == 0 && !f.is(isHeld|isFull) {
		t.pause(f, now, pause)
		return
	}
	n := int64(int32(end - f.nxt))
	t.releasedBytes += n
	t.sentAt = now
	t.burstOver = t.burstOver || f.una != t.acked
	if !t.burstOver {
		t.burst += n
	}
}

// pause ends the watch over what comes out after a stall. If nothing has, it
// takes a pause to know that nothing was waiting.
func (t *flowstate) pause(f *flow, now, pause int64) {
	if t.endedAt == 0 {
		return
	}
	w := t.listed(t.watched)
	switch {
	case !f.is(hasNxt):
		// The sender was not captured: what came out shows in the ACKs only.
		if f.una != t.acked {
			w.SenderWaiting = ptr(true)
		}
	case t.releasedBytes > 0 || now-t.endedAt > pause:
		released, burst := t.releasedBytes, t.burst
		w.Released, w.Burst = &released, &burst
	}
	t.settleStall(w)
	t.endedAt = 0
}

// judge settles a stall that did not end with an open window.
func (sh *shard) judge(st *stream, f *flow, t *flowstate, w *Stall) {
	done := f.is(sawFIN) && f.una == f.nxt // all was sent, and the end of it
	if w.ProbeCount == 0 && (done || st.bothSides() && int64(w.Duration) > max(int64(sh.cfg.NoProbe), 2*st.timeout(0))) {
		w.SenderWaiting = ptr(false)
	}
	t.settleStall(w)
}

// settleStall says whether the sender was waiting at all in a stall that is
// over, and books its time accordingly.
func (t *flowstate) settleStall(w *Stall) {
	switch {
	case w.ProbeCount > 0 || w.Released != nil && *w.Released > 0:
		w.SenderWaiting = ptr(true)
	case w.Released != nil || w.KeepAlives > 0:
		w.SenderWaiting = ptr(false)
	}
	if w.SenderWaiting != nil && !*w.SenderWaiting {
		t.stallTime -= int64(w.Duration)
		t.unwaited++
		t.spent[zeroWindow] = t.zeroSpent
	}
}
