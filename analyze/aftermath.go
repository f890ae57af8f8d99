package analyze

import "time"

// release counts new data sent after a stall, until the sender pauses with nothing in
// flight and the window open. The data ends at end.
func (sh *shard) release(t *flowstate, f *flow, end uint32, now, pause int64) {
	if t.after.endedAt == 0 {
		return
	}
	sh.goOn(t, f, now, end-f.nxt == 1)
	if now-max(t.after.sentAt, f.ackedAt) > pause && f.inFlight() == 0 && !f.is(isHeld|isFull) {
		sh.pause(t, f, now, pause)
		return
	}
	n := int64(int32(end - f.nxt))
	t.after.bytes += n
	t.after.sentAt = now
	t.after.burstOver = t.after.burstOver || f.una != t.stall.acked
	if !t.after.burstOver {
		t.after.burst += n
	}
}

// pause stops watching what is sent after a stall. If nothing was sent, only a pause
// longer than pause shows that nothing was waiting.
func (sh *shard) pause(t *flowstate, f *flow, now, pause int64) {
	if t.after.endedAt == 0 {
		return
	}
	sh.goOn(t, f, now, false)
	w := t.listed(int(t.after.watched))
	switch {
	case !f.is(hasNxt):
		// The sender was not captured: only the ACKs show what it sent.
		if f.una != t.stall.acked {
			w.SenderWaiting = new(true)
		}
	case t.after.bytes > 0 || now-t.after.endedAt > pause:
		released, burst := t.after.bytes, t.after.burst
		w.Released, w.Burst = &released, &burst
	}
	t.settleStall(w)
	t.after.endedAt = 0
}

// goOn notes that the sender sends again after a stall, or had not until now. While it
// went on probing, it did not know that the window was open. oneByte says that it sends
// a single byte: if its probes are of that form, that is the next one of them, and it is
// accepted.
func (sh *shard) goOn(t *flowstate, f *flow, now int64, oneByte bool) {
	w := t.listed(int(t.after.watched))
	if t.after.wentOn || len(w.Probes) == 0 {
		return
	}
	t.after.wentOn = true
	last := &w.Probes[len(w.Probes)-1]
	knew := t.after.endedAt
	switch {
	case t.after.late && t.after.learnedAt != 0:
		knew = t.after.learnedAt
	case t.after.late, oneByte && last.Form == ProbeDataByte && now-last.Time >= int64(last.Gap):
		knew = now
	}
	w.Unaware = time.Duration(knew - t.after.endedAt)
	t.waits.unaware += int64(w.Unaware)
	knew = max(knew, t.held.opened.at) // when it opened far enough for a full segment
	due := last.Time + int64(float64(last.Gap)*sh.cfg.BackoffHigh)
	if !w.even && now > due && now-knew > int64(sh.cfg.Pause) && f.room() >= f.nextSegment() {
		w.Stuck = time.Duration(now - knew)
		t.waits.stuck += int64(w.Stuck)
	}
}
