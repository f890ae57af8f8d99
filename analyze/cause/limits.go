package cause

import "time"

// Limits are the thresholds of the catalogue. Start from DefaultLimits.
type Limits struct {
	// Notice is the least waiting time that makes a finding: nobody notices less.
	Notice time.Duration
	// Grave is the least waiting time that makes stalls a problem rather than a
	// warning: after a second, people notice that something is slow (Nielsen,
	// Usability Engineering, 1993).
	Grave time.Duration
	// Loss is the first suspect from LossCount retransmissions of data on, if at least
	// one in LossOneIn data segments was a retransmission. One or two may be a lost
	// tail, and a sender seldom notices less than half a percent.
	LossCount, LossOneIn uint64
	// LimitedShare is the share of its time for which a full window must have held a
	// sender back to be worth a note: less than a tenth is hard to notice.
	LimitedShare float64
	// SlowShare distinguishes slow reading from no reading for a receiver that stalled
	// its sender several times: it read too slowly if the longest stall is less than
	// this share of the stall time.
	SlowShare float64
	// NoUpdateStalls is the least number of stalls that end only when the sender asks that
	// makes a receiver one that announces nothing: one or two window updates may be lost
	// by chance.
	NoUpdateStalls int
	// SureSilence is the least number of missing answers that makes silence sure: at a
	// loss of one in ten in each direction, three in a row have a chance of 1 in 150.
	SureSilence int64
	// UnjudgedShare is the share of its time above which a stream is not called healthy
	// and no finding is sure: what is missing could outweigh what was seen.
	UnjudgedShare float64
	// Packet is how much data a packet carries at the most without offload, in bytes: what
	// is missing must be more to make a doubt (RFC 9293 3.7.1 on Ethernet).
	Packet int64
	// MemoryShare is the share of the window offered that a receiver must have taken back
	// to be short of memory: then most of it was not closed by unread payload. A receiver
	// that only does not read takes back nothing.
	MemoryShare float64
	// MemorySteps is how often the right edge must have moved back to be sure that it was
	// for lack of memory, which runs out packet by packet.
	MemorySteps uint64
	// SureCopies is how many copies of the same data must have been refused to be sure
	// that it is no coincidence of stray ACKs.
	SureCopies uint32
	Together
}

// severity returns how bad it is that stalls made a sender wait for that long.
func (l *Limits) severity(wait time.Duration) Severity {
	if wait >= l.Grave {
		return Problem
	}
	return Warning
}

// DefaultLimits returns the thresholds that the documentation describes.
func DefaultLimits() Limits {
	return Limits{
		Notice: 10 * time.Millisecond, Grave: time.Second,
		LossCount: 3, LossOneIn: 200,
		LimitedShare: 0.1, SlowShare: 0.8, UnjudgedShare: 0.2,
		Packet:      1460,
		MemoryShare: 0.5, MemorySteps: 3,
		SureCopies: 3, NoUpdateStalls: 3, SureSilence: 3,
		Together: defaultTogether,
	}
}
