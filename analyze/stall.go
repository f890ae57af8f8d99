package analyze

import (
	"time"
)

// beginStall handles the first zero window after an open one. The sender may have
// been held back for some time already: since it filled the window, or since the
// rest of it was too small for the next segment. first says that this is the first
// window seen.
func (c *cursor) beginStall(t *flowstate, first bool) {
	r, s := c.r, c.s
	c.pause(t, r, c.now, c.pauseOf(c.st))
	t.stall.on, t.probing.asked, t.probing.form, t.probing.withData, t.probing.silent = true, 0, "", false, 0
	if !r.is(midProbe) {
		t.probing.doubted = t.probing.doubted[:0]
	}
	t.stall.began, t.stall.zeroAt, t.stall.acked, t.stall.zeroSpent = c.now, c.now, r.una, t.spent[zeroWindow]
	t.stall.resent = 0
	t.stall.Stall = Stall{
		Begin: c.now, BeginFrame: s.Frame, ZeroBegin: c.now, ZeroFrame: s.Frame,
		BeganBeforeCapture: first, WindowAtBegin: new(int64(0)),
		Heard: c.now, HeardFrame: s.Frame,
	}
	if !c.f.is(sawFIN) { // a receiver that has closed its socket takes nothing more
		t.stall.offer = r.offered()
	}
	t.stall.early = r.is(hasISN) && r.acked() == 0
	t.stall.Unread = c.unread(r, t)
	t.stall.fullSpent, t.stall.smallSpent = t.spent[windowFull], t.spent[smallWindow]
	if r.is(isFull | isHeld) {
		c.settle(c.st, r, true)
		t.stall.began = t.held.since.at
		t.stall.WindowAtBegin = new(int64(t.held.room))
		t.stall.Begin, t.stall.BeginFrame = t.held.since.at, t.held.since.frame
	}
	t.held.small = 0
	if r.shift == Unknown && r.una == r.nxt && r.dataSegs > 0 && !first {
		// The right edge is where the last data ended, and it never moves back: that
		// data filled the window, whatever the scale.
		t.counts.filled++
		if r.is(afterPause) {
			t.counts.timerData++
		}
	}
	if r.is(midProbe) {
		c.firstProbe(t)
	}
	r.marks &^= isFull | isHeld | isOpened | isDeferring | midProbe
}

// firstProbe counts what its sender repeated since the first segment captured: the
// current segment, which answers it, shows that these were probes or keep-alives.
func (c *cursor) firstProbe(t *flowstate) {
	if len(t.probing.doubted) == 0 {
		t.doubtFirst(c.st, c.r)
	}
	n := len(t.probing.doubted)
	p := &t.probing.doubted[n-1]
	p.AnswerFrame, p.AnswerTime = c.s.Frame, c.now
	t.counts.keepAlives += uint32(n)
	t.stall.KeepAlives += int64(n)
	t.counts.keepAliveAnswers++
}

// opening returns what opened the window: a window update, or the ACK of a probe or
// of data.
func (c *cursor) opening(t *flowstate, advanced bool) StallEnd {
	switch {
	case advanced:
		if t.probing.asked == EventProbe {
			t.answer(c.s, c.now)
			t.stall.Asked = true
		}
		return EndDataAccepted
	case t.probing.asked == EventProbe && c.promptly(t.probing.at):
		t.answer(c.s, c.now)
		t.stall.Asked = true
		return EndProbeAnswer
	}
	return EndWindowUpdate
}

// endStall ends the current stall of f, if there is one.
func (c *cursor) endStall(f *flow, how StallEnd) {
	t := c.stateOf(f)
	if t == nil || !t.stall.on {
		return
	}
	c.silence(f, t)
	switch {
	case how == EndResetByReceiver:
		c.hears(t)
	case how == EndResetBySender && t.probing.silent >= 3:
		how = EndGaveUp
	}
	w := &t.stall.Stall
	w.End, w.EndFrame, w.EndedBy = c.now, c.s.Frame, how
	w.Duration = time.Duration(c.now - t.stall.began)
	switch {
	case !how.opened():
		c.hear(t, c.now)
	case f.shift != Unknown:
		w.OpenedTo = new(int64(f.wnd))
	}
	c.meet(t, &c.st.flows[f.side^1], c.now)
	t.stall.on = false
	t.stall.acked = f.una
	f.marks &^= isZero
	kept := c.keep(t)
	if how.opened() {
		t.after = aftermath{watched: int32(kept), endedAt: c.now, sentAt: c.now}
	} else {
		t.after.watched = int32(kept)
		c.judge(c.st, f, t, t.listed(kept))
	}
}

// meet notes for how long a stall and one in the opposite flow o, if there is one, have
// overlapped until now, when the first of them ends.
func (sh *shard) meet(t *flowstate, o *flow, now int64) {
	u := sh.stateOf(o)
	if u == nil || !u.stall.on {
		return
	}
	d := time.Duration(max(now-max(t.stall.zeroAt, u.stall.zeroAt), 0))
	t.stall.Mutual += d
	u.stall.Mutual += d
}

// listed returns the stall for which keep returned i.
func (t *flowstate) listed(i int) *Stall {
	if i == 0 {
		return &t.stall.Stall
	}
	return &t.past.stalls[i-1]
}

// smallStall lists a stall in which the window was too small for the next segment but
// never 0. It ended as how says: when the window opened, or with the last segment that
// the sender's timer sent into what was left of it.
func (sh *shard) smallStall(f *flow, how StallEnd) {
	t := sh.stateOf(f)
	if t == nil || t.held.small == 0 {
		return
	}
	long := t.held.small >= int64(sh.cfg.MinStall)
	t.held.small = 0
	if !long {
		return
	}
	end := t.held.opened
	if how == EndSenderTimer {
		end = t.held.timer
	}
	sh.pause(t, f, end.at, 0)
	t.stall.Stall = Stall{
		Begin: t.held.since.at, BeginFrame: t.held.since.frame, End: end.at, EndFrame: end.frame,
		EndedBy: how, Duration: time.Duration(end.at - t.held.since.at),
		SenderWaiting: new(true), WindowAtBegin: new(int64(t.held.room)),
		Unread: unknown("unknown: the window was never 0"), offer: t.held.offer,
	}
	if asked := t.held.asked && t.held.opened.at >= t.held.timer.at; asked || how == EndWindowUpdate {
		t.stall.Asked, t.stall.OpenedTo = asked, new(int64(t.held.openedTo))
		if asked && how == EndWindowUpdate {
			t.stall.EndedBy = EndDataAccepted
		}
	}
	sh.keep(t)
}

// keep adds the stall to the list and returns its 1-based index, or 0 if the list is
// full of stalls that cost at least as much.
func (sh *shard) keep(t *flowstate) int {
	t.past.count++
	t.past.time += int64(t.stall.Duration)
	if len(t.past.stalls) < sh.mostStalls(t) {
		t.past.stalls = append(t.past.stalls, t.stall.Stall)
		t.mem.probes += cap(t.stall.Probes)
		return len(t.past.stalls)
	}
	shortest := 0
	for i := range t.past.stalls {
		sh.steps.stalls++
		if t.past.stalls[i].cost() < t.past.stalls[shortest].cost() {
			shortest = i
		}
	}
	if t.past.stalls[shortest].cost() >= t.stall.Duration {
		return 0
	}
	t.mem.probes += cap(t.stall.Probes) - cap(t.past.stalls[shortest].Probes)
	t.past.stalls[shortest] = t.stall.Stall
	return shortest + 1
}

// judge settles a stall that did not end with an open window.
func (sh *shard) judge(st *stream, f *flow, t *flowstate, w *Stall) {
	done := f.allSent()
	long := int64(w.Duration) > max(int64(sh.cfg.NoProbe), 2*st.timeout(0))
	silent := f.dataSegs == 0 && f.is(hasNxt) && !w.BeganBeforeCapture // it never had anything to send
	if w.ProbeCount == 0 && (done || st.bothSides() && (long || silent)) {
		w.SenderWaiting = new(false)
	}
	t.settleStall(w)
}

// unbook takes back what was booked to the current stall and to the wait that led to it,
// but for zeroSpent: the sender had nothing to send.
func (t *flowstate) unbook(zeroSpent int64) {
	t.spent[zeroWindow] = zeroSpent
	t.spent[windowFull], t.spent[smallWindow] = t.stall.fullSpent, t.stall.smallSpent
}

// settleStall decides whether the sender was waiting at all in a stall that has
// ended, and books its time accordingly.
func (t *flowstate) settleStall(w *Stall) {
	switch {
	case w.AfterKeepAlives && w.reset():
		// Nothing shows data: it had none before, and sent none. A FIN makes a stack probe,
		// too.
		w.SenderWaiting = new(false)
	case w.ProbeCount == 0 && w.KeepAlives > 1 && w.Released != nil && *w.Released > 0:
		// Evenly spaced: keep-alives of a sender that had no data until the end, or probes of
		// one that had.
		w.SenderWaiting = nil
	case w.even && w.refused == 0 && w.Released != nil && *w.Released == 0:
		// Keep-alives, of which the first came as soon as a probe does.
		w.SenderWaiting = new(false)
	case w.ProbeCount > 0 || w.refused > 0 || w.Released != nil && *w.Released > 0:
		w.SenderWaiting = new(true)
	case w.Released != nil || w.KeepAlives > 0:
		w.SenderWaiting = new(false)
	}
	if w.idle() {
		t.past.time -= int64(w.Duration)
		t.past.unwaited++
		t.unbook(t.stall.zeroSpent)
		return
	}
	t.waits.silent += int64(w.Silent)
}
