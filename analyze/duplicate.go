package analyze

import (
	"math"

	"winwatch/capture"
)

// duplicates remembers recent packets of a shard, to distinguish a packet that was
// captured twice (on two interfaces of a bridge, on both ends of a veth pair, at two
// points of a path) from a retransmission, which is a new IP packet.
//
// It is a direct-mapped table, small enough for the L1 cache. If an entry is
// overwritten before the duplicate arrives, the duplicate counts as a
// retransmission, no worse than without the table; if that happens often, a pairing
// takes over.
//
// Packets are compared as a whole, and their ends by a hash with a secret key: whoever
// chooses their fields can't make different packets look alike. Their place in the table
// does not depend on the key, so that every run has the same result.
type duplicates [1 << duplicateBits]capturedPacket

const duplicateBits = 8

// capturedPacket is a packet and when it was captured.
type capturedPacket struct {
	packet packet
	at     int64
}

// packet is what two captures of one packet have in common.
type packet struct{ numbers, sizes, stamps, sender, sack uint64 }

// packetOf is repeated in seen, which every segment passes: there, no packet has to be in
// memory.
func packetOf(st *stream, side uint8, s *capture.Segment) packet {
	return packet{joined(s.Seq, s.Ack), sizesOf(s), joined(s.TSVal, s.TSEcr), joined(st.hash, uint32(side)<<16|uint32(s.Flags)), sackOf(s)}
}

func joined(a, b uint32) uint64 { return uint64(a)<<32 | uint64(b) }

func sizesOf(s *capture.Segment) uint64 {
	return uint64(s.Len)<<32 | uint64(s.Window)<<16 | uint64(s.IPID)
}

func sackOf(s *capture.Segment) uint64 {
	if s.SACKCount == 0 {
		return 0
	}
	return joined(s.SACK[0].Left, s.SACK[0].Right)
}

// never is longer ago than any packet.
const never = math.MaxInt64

// seen returns how long ago the same packet of that side of the stream was captured,
// or never, and remembers this one. Without an IP ID and a time stamp, a
// retransmission looks the same; only a SYN is not repeated so soon.
func (sh *shard) seen(st *stream, side uint8, s *capture.Segment, now int64) int64 {
	if s.IPID == 0 && !s.Options.Has(capture.HasTimestamps) && s.Flags&capture.SYN == 0 {
		return never
	}
	numbers, sizes, stamps := joined(s.Seq, s.Ack), sizesOf(s), joined(s.TSVal, s.TSEcr)
	sender, sack := joined(st.hash, uint32(side)<<16|uint32(s.Flags)), sackOf(s)
	// The multiplications are independent, so that they run in parallel.
	const k0, k1, k2 = 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb
	place := numbers*k0 ^ sizes*k1 ^ (stamps+uint64(s.Flags))*k2
	e := &sh.dups[place>>(64-duplicateBits)]
	p, lag := &e.packet, int64(never)
	if p.numbers == numbers && p.sizes == sizes && p.stamps == stamps && p.sender == sender && p.sack == sack {
		lag = now - e.at
	}
	p.numbers, p.sizes, p.stamps, p.sender, p.sack, e.at = numbers, sizes, stamps, sender, sack, now
	return lag
}

// atOnce is the lag below which the same packet is a duplicate in any stream.
func (c *Config) atOnce(s *capture.Segment) int64 {
	if s.IPID == 0 {
		return int64(c.Duplicate) / 20 // the timestamp option ticks only in milliseconds
	}
	return int64(c.Duplicate)
}
