package cause

import (
	"net/netip"
	"time"
)

// Facts are what the causes of one stream are judged by: plain numbers, cheap
// to gather for a million streams. Times are spans, byte counts are payload.
type Facts struct {
	// Client opened the connection to Server, as far as known.
	Client, Server netip.AddrPort
	// Refused: an RST answered the SYN. Unanswered: nothing did.
	Refused, Unanswered bool
	// OneSided: segments of one direction only were captured.
	OneSided bool
	// Dropped: the capture itself reports packets that it missed.
	Dropped bool
	// Flows are the two directions, client to server first.
	Flows [2]Flow
}

// Flow is what is known of the data in one direction.
type Flow struct {
	Sender, Receiver netip.AddrPort
	// Segments counts all segments from Sender, DataSegments those with payload.
	Segments, DataSegments, Retransmissions uint64
	Bytes                                   int64
	// Stalls in which the sender waited, or may have; StallTime is their sum.
	Stalls    int64
	StallTime time.Duration
	// Longest is the longest of them, LongestOpen whether it was still on when the
	// capture ended.
	Longest     time.Duration
	LongestOpen bool
	Probes      uint64
	// Total is the time of the stream, of which the receiver's window limited the
	// sender for Limited, data was on its way or being recovered for Network, and
	// the sender had nothing to send for Idle.
	Total, Limited, Network, Idle time.Duration
}

// Stall is the longest stall of a flow in which the sender waited. Only the
// explanation of a finding needs it.
type Stall struct {
	// BeganBefore: it was on when the stream came into view.
	BeganBefore bool
	// How it ended, if not by an open window.
	ResetByReceiver, ResetBySender, GaveUp bool
	// Unread is what the receiving application had not read, nil if unknown.
	Unread *int64
	// Probes is how many probes the sender sent. NextProbe is how long after the
	// last one the next is due, 0 if unknown.
	Probes    int64
	NextProbe time.Duration
	// Waiting: the sender is known to have had data. WasZero: the window was 0,
	// not merely too small.
	Waiting, WasZero bool
	// Frames prove the stall.
	Frames []uint64
}

// Main returns the index of the direction that a stream is judged by: the one
// that waited longer or, where neither did, the one that carried more data.
func (f *Facts) Main() int {
	c, s := &f.Flows[0], &f.Flows[1]
	if s.StallTime > c.StallTime || s.StallTime == c.StallTime && s.Bytes > c.Bytes {
		return 1
	}
	return 0
}
