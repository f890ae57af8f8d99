package analyze

import "winwatch/capture"

// duplicates remembers the last packets of the whole capture, to tell one that
// was captured twice (on two interfaces of a bridge, on both ends of a veth
// pair) from a retransmission: a retransmission is another IP packet.
//
// It is a small direct-mapped table, which stays in the fastest cache: a packet
// that is overwritten before its duplicate comes is taken for a retransmission,
// no worse than without it.
type duplicates [1 << duplicateBits]struct {
	print uint64
	at    int64
}

const duplicateBits = 8

// seen reports whether the same packet was there less than within ns ago, and
// remembers this one.
func (d *duplicates) seen(st *stream, s *capture.Segment, now, within int64) bool {
	if s.IPID == 0 && !s.Options.Has(capture.HasTimestamps) {
		return false // nothing that would differ in a retransmission
	}
	if s.IPID == 0 {
		within /= 20 // the timestamp ticks in milliseconds only
	}
	const k0, k1, k2 = 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb
	print := (uint64(s.Seq)<<32 | uint64(s.Ack)) * k0
	print = (print ^ print>>29 ^ (uint64(s.Len)<<32 | uint64(s.Window)<<16 | uint64(s.IPID))) * k1
	print = (print ^ print>>32 ^ (uint64(s.TSVal)<<32 | uint64(s.TSEcr)) ^ uint64(st.id)<<17 ^ uint64(s.Flags)) * k2
	if s.SACKCount > 0 {
		print = (print ^ print>>29 ^ (uint64(s.SACK[0].Left)<<32 | uint64(s.SACK[0].Right))) * k0
	}
	e := &d[print>>(64-duplicateBits)]
	dup := e.print == print && now-e.at < within
	e.print, e.at = print, now
	return dup
}
