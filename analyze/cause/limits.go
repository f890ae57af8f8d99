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
	// LimitedShare is the share of its time for which a limit must have held a sender back
	// to be worth a note: less than a tenth is hard to notice. If it is as much time as
	// Grave, and MostShare of the time in which the sender had something to send, the limit
	// is a warning: without it, the transfer could have taken half the time. It is no
	// problem, as stalls are: the data kept moving.
	LimitedShare, MostShare float64
	// HostTime is how long hosts may take to answer: a limit that holds a sender back for
	// less at a time is no more than a note.
	HostTime time.Duration
	// PipeShare is the share of the window that must have been in flight on average, by the
	// rate and the round trip (Little's law), to show that it was full where what is in
	// flight is not seen. It leaves room for the slow start.
	PipeShare float64
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
	// Rounds is the least number of round trips that show what set the pace: with fewer,
	// the sender has hardly left slow start (RFC 6928: 10 segments, doubled each time).
	Rounds int64
	// BareRounds is the least number of round trips in a row with just the bare window field
	// in flight that show a sender which does not scale it. A length that varies over
	// dozens of bytes hits it five times in a row less than once in 10^7.
	BareRounds int64
	// SteadyShare is the share of the round trips in which a sender with a fixed limit must
	// have had the same amount in flight without a break; ClockedShare the share of them that
	// must have begun as soon as the ACK came: otherwise the application may set the pace.
	SteadyShare, ClockedShare float64
	// RoomyShare is the share of these round trips in which the window must have had room for
	// twice what was in flight to be excluded.
	RoomyShare float64
	// QueueLink is the least correlation of round trips with what is in flight that shows a
	// self-made queue, QueueRise how many times the smallest round trip the mean one must
	// be: a queue of a quarter of the path already keeps the bottleneck busy. (Sundaresan et
	// al., TCP Congestion Signatures, IMC 2017, tell self-made from outside congestion by
	// the same growth.)
	QueueLink, QueueRise float64
	// BloatRise is how many times the smallest round trip the mean one must be for the
	// queue to be a finding of its own, and BloatTime by how much longer: a tenth of a
	// second is noticed (ITU-T G.114).
	BloatRise float64
	BloatTime time.Duration
	// SureWaits is the least number of like waits that exclude chance, and FewWaits the
	// least that are a pattern at all. SureShare is the share of all waits that must be
	// alike to be a pattern: a receiver or an application that does something now and then
	// does not do it nine times out of ten.
	SureWaits, FewWaits int64
	SureShare           float64
	// AnswerShare is the share of the round trips in which a receiver must have sent data for
	// its sender to be one that may wait for answers. A quarter leaves room for protocols that
	// answer several messages at once.
	AnswerShare float64
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
		LimitedShare: 0.1, MostShare: 0.5, HostTime: time.Millisecond, PipeShare: 0.8, SlowShare: 0.8, UnjudgedShare: 0.2,
		Packet:      1460,
		MemoryShare: 0.5, MemorySteps: 3,
		SureCopies: 3, NoUpdateStalls: 3, SureSilence: 3,
		SureWaits: 10, FewWaits: 3, SureShare: 0.9, AnswerShare: 0.25,
		Rounds: 10, BareRounds: 5, SteadyShare: 0.5, ClockedShare: 0.8, RoomyShare: 0.9,
		QueueLink: 0.6, QueueRise: 1.25, BloatRise: 2, BloatTime: 100 * time.Millisecond,
		Together: defaultTogether,
	}
}
