package analyze

import "winwatch/capture"

// nagle counts the waits of a sender that holds small segments back while data is in
// flight (Nagle, RFC 9293 3.7.4), for a receiver that delays its ACK (RFC 9293 3.8.6.3).
type nagle struct {
	// waits counts the late ACKs after which the sender went on at once, and other those
	// after which it did not.
	waits, other uint32
	// time is how long the waits lasted, longest the longest, beyond the round trip.
	time, longest int64
	first, last   moment // the first and the last segment that was held back
}

// mostOptions is the most space that options take from a segment of the MSS (RFC 9293
// 3.7.1), in bytes.
const mostOptions = 40

// lateACK marks the flow f if the ACK s of its timed data, which took d, much longer than a
// round trip, came alone, for all that was sent, and no later than a receiver delays one.
func (sh *shard) lateACK(f *flow, s *capture.Segment, d int64) {
	if s.Len == 0 && s.Ack == f.nxt && d <= int64(sh.cfg.DelayedACK) {
		f.marks |= isLate
	}
}

// goesOn handles new data of f, or its FIN, after a late ACK in either direction.
func (sh *shard) goesOn(st *stream, f, r *flow, s *capture.Segment, now int64) {
	if s.Len > 0 {
		r.marks &^= isLate // an answer, not the ACK alone, lets its sender go on
	}
	if f.is(isLate) {
		f.marks &^= isLate
		sh.heldUp(st, f, r, s, now)
	}
}

// heldUp handles what f sends after a late ACK. If it is a small segment, and the ACK is
// what released it, the sender was waiting for it.
func (sh *shard) heldUp(st *stream, f, r *flow, s *capture.Segment, now int64) {
	if s.Len == 0 || s.Len+mostOptions >= uint32(f.mss) || f.is(isFull|isHeld|isOpened|isZero|isUnsound) || f.timedAt < st.first {
		return
	}
	if now-f.ackedAt > r.rtt+r.rtt/2+int64(sh.cfg.AtOnce) {
		if p := sh.paceOf(f); p != nil {
			p.nagle.other++
		}
		return
	}
	p := sh.needPace(f)
	if p == nil {
		return
	}
	n := &p.nagle
	wait := f.ackedAt - f.timedAt - f.rtt
	n.waits++
	n.time += wait
	n.longest = max(n.longest, wait)
	n.last = moment{now, s.Frame}
	if n.first.frame == 0 {
		n.first = n.last
	}
}

// delayed is the time that the sender lost to delayed ACKs, 0 if it happened too seldom
// to be more than chance.
func (n *nagle) delayed(cfg *Config) int64 {
	if n.waits >= cfg.NagleTimes && n.waits > n.other {
		return n.time
	}
	return 0
}
