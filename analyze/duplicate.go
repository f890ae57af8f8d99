package analyze

import (
	"encoding/binary"

	"winwatch/capture"
)

// duplicates remembers recent packets of a shard, to distinguish a packet that was
// captured twice (on two interfaces of a bridge, on both ends of a veth pair) from
// a retransmission, which is a new IP packet.
//
// It is a direct-mapped table, small enough for the L1 cache. If an entry is
// overwritten before the duplicate arrives, the duplicate counts as a
// retransmission, no worse than without the table.
type duplicates [1 << duplicateBits]struct {
	print uint64
	at    int64
}

const duplicateBits = 8

// seen reports whether the same packet was captured less than within ns ago, and
// remembers this one.
func (d *duplicates) seen(s *capture.Segment, now, within int64) bool {
	if s.IPID == 0 {
		if !s.Options.Has(capture.HasTimestamps) {
			return false // a retransmission would look the same
		}
		within /= 20 // the timestamp option ticks only in milliseconds
	}
	// The multiplications are independent, so that they run in parallel.
	const k0, k1, k2, k3 = 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xd6e8feb86659fd93
	le := binary.LittleEndian
	ends := le.Uint64(s.Src[8:]) + 3*le.Uint64(s.Dst[8:]) + uint64(s.SrcPort)<<16 + uint64(s.DstPort)
	print := (uint64(s.Seq)<<32|uint64(s.Ack))*k0 ^
		((uint64(s.Len)<<32|uint64(s.Window)<<16|uint64(s.IPID))^ends)*k1 ^
		((uint64(s.TSVal)<<32|uint64(s.TSEcr))+uint64(s.Flags))*k2
	if s.SACKCount > 0 {
		print ^= (uint64(s.SACK[0].Left)<<32 | uint64(s.SACK[0].Right)) * k3
	}
	e := &d[print>>(64-duplicateBits)]
	dup := e.print == print && now-e.at < within
	e.print, e.at = print, now
	return dup
}
