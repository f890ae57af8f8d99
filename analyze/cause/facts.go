package cause

import (
	"net/netip"
	"time"
)

// Facts are what the causes of a stream are judged by: plain numbers, cheap to
// gather for a million streams. Byte counts are payload.
type Facts struct {
	// Client opened the connection to Server, as far as known.
	Client, Server netip.AddrPort
	// Refused: an RST answered the SYN. Unanswered: nothing did.
	Refused, Unanswered bool
	// OneSided: only segments of one direction were captured.
	OneSided bool
	// Dropped: the capture itself reports missed packets.
	Dropped bool
	// Renumbered: the packets carry sequence numbers of two kinds.
	Renumbered bool
	// Flows are the two directions, client to server first.
	Flows [2]Flow
}

// Flow is what is known about the data in one direction.
type Flow struct {
	Sender, Receiver netip.AddrPort
	// Segments counts all segments from Sender, DataSegments those with payload.
	Segments, DataSegments uint64
	// Retransmissions counts segments sent again: data, SYN or FIN; DataRetransmissions
	// those with payload.
	Retransmissions, DataRetransmissions uint64
	Bytes                                int64
	// Stalls counts the stalls in which the sender waited or may have waited;
	// StallTime is the sum of their durations.
	Stalls    int64
	StallTime time.Duration
	// Longest is the duration of the longest of them; LongestOpen says whether it was
	// still on when the capture ended.
	Longest     time.Duration
	LongestOpen bool
	// LongestByTimer: it ended when the sender's timer sent what fits into a window too
	// small for a full segment.
	LongestByTimer bool
	// Early: the longest of them began before the receiver had taken any data.
	Early  bool
	Probes uint64
	// Total is the duration of the stream. For Limited of it, the receiver's window
	// held the sender back; for Network, data was in flight or being recovered; for
	// Idle, the sender had nothing to send.
	Total, Limited, Network, Idle time.Duration
}

// Stall is the longest stall of a flow in which the sender waited. Only the
// explanation of a finding needs it.
type Stall struct {
	// BeganBefore: it was already on in the first segment captured.
	BeganBefore bool
	// How it ended, unless the window opened.
	ResetByReceiver, ResetBySender, GaveUp bool
	// ByTimer: the sender's timer ended it.
	ByTimer bool
	// Unread is the number of unread bytes at the receiver, nil if unknown.
	Unread *int64
	// Probes is how many probes the sender sent. NextProbe is how long after the last
	// probe the next one is due, 0 if unknown.
	Probes    int64
	NextProbe time.Duration
	// Waiting: the sender is known to have had data to send. WasZero: the window was
	// 0, not merely too small.
	Waiting, WasZero bool
	// Frames prove the stall.
	Frames []uint64
}

// Main returns the index of the direction that a stream is judged by: the one whose
// sender waited longer or, if they waited equally long, the one with more data.
func (f *Facts) Main() int {
	c, s := &f.Flows[0], &f.Flows[1]
	if s.StallTime > c.StallTime || s.StallTime == c.StallTime && s.Bytes > c.Bytes {
		return 1
	}
	return 0
}
