package kernel

import "time"

// Reading is the state of both sockets and both programs at one moment.
type Reading struct {
	Moment string
	// Time is Unix time in nanoseconds.
	Time int64
	// Sender and Receiver are the ends in the sense of Witness.Sender.
	Sender, Receiver SocketState
	// AcceptedBytes is what send() had taken, ReadBytes what recv() had returned.
	// A call that was blocked at that moment has handed over up to a chunk more;
	// only the reading at MomentEnd includes it.
	AcceptedBytes, ReadBytes int64
	// BackAcceptedBytes and BackReadBytes are the same in the other direction: what the
	// receiver's program sent, and the sender's program read.
	BackAcceptedBytes, BackReadBytes int64
}

// Sample is the state of both sockets at one moment of a running experiment, with
// the calls made so far.
type Sample struct {
	// Time is Unix time in nanoseconds, when the reading began.
	Time           int64
	Client, Server SocketState
	// Send counts the sender's calls, Recv the receiver's.
	Send, Recv CallStats
	// Probes is the number of probes the sender was seen to send so far. NextProbe is
	// when the next one is due (Unix, ns), or 0 while none was sent for the present
	// closed window.
	Probes, NextProbe int64
}

// CallStats sums up the results of one kind of call on one socket.
type CallStats struct {
	// Calls counts the calls that returned; Bytes is the sum of their results.
	Calls, Bytes int64
	// Partial counts the calls that moved fewer bytes than requested.
	Partial int64
	// WouldBlock and Interrupted count the calls that failed with EAGAIN and EINTR.
	WouldBlock, Interrupted int64
	// EOFs counts the recv() calls that returned 0.
	EOFs int64
	// Errors counts the calls that failed otherwise; LastError is the name of their
	// last errno.
	Errors    int64
	LastError string
	// InCall is the time spent in all calls, Longest the time spent in the longest
	// one. Neither includes a call that has not returned.
	InCall, Longest time.Duration
	// Pending is when the call that has not returned yet was made (Unix, ns); 0 if
	// there is none.
	Pending int64
}
