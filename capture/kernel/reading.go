package kernel

import "time"

// Reading is both sockets and both programs at one moment.
type Reading struct {
	Moment string
	// Time is Unix time in nanoseconds.
	Time int64
	// Sender and Receiver are the ends in the sense of Witness.Sender.
	Sender, Receiver SocketState
	// AcceptedBytes is what send() had taken, ReadBytes what recv() had returned.
	// A call that was blocked at that moment has handed over up to a chunk more;
	// that is known, and included, at MomentEnd only.
	AcceptedBytes, ReadBytes int64
}

// Sample is both sockets at one moment of a running experiment, with
// the calls made so far.
type Sample struct {
	// Time is Unix time in nanoseconds, when the reading began.
	Time           int64
	Client, Server SocketState
	// Send counts the sender's calls, Recv the receiver's.
	Send, Recv CallStats
}

// CallStats sums up the results of one kind of call on one socket.
type CallStats struct {
	// Calls have returned; Bytes is the sum of what they returned.
	Calls, Bytes int64
	// Partial calls moved some bytes, but fewer than requested.
	Partial int64
	// WouldBlock and Interrupted ended with EAGAIN and EINTR.
	WouldBlock, Interrupted int64
	// EOFs are recv() calls that returned 0.
	EOFs int64
	// Errors counts the calls that failed otherwise; LastError is the name of the
	// last errno among them.
	Errors    int64
	LastError string
	// InCall is the time spent in all calls and Longest the time spent in the
	// longest. A call that has not returned counts in neither.
	InCall, Longest time.Duration
}
