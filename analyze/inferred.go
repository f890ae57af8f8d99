package analyze

import (
	"time"

	"winwatch/analyze/cause"
)

// Budget divides the time of one direction; the classes add up to Total.
type Budget struct {
	Total time.Duration
	// ZeroWindow: the window was 0 and the sender had data.
	ZeroWindow time.Duration
	// SmallWindow: the window was open but smaller than the next segment.
	SmallWindow time.Duration
	// WindowFull: the sender had filled the window and waited for an ACK.
	WindowFull time.Duration
	// Held: everything was acknowledged, but the window stayed too small for the next
	// segment, each time for much longer than a round trip (Config.HeldTrips).
	Held time.Duration
	// Recovering: lost data was being sent again, from when the sender could know of the
	// loss until all that was in flight then was acknowledged.
	Recovering time.Duration
	// Delayed: the sender held a small segment back (Nagle, RFC 9293 3.7.4) until the
	// receiver sent a delayed ACK (RFC 9293 3.8.6.3).
	Delayed time.Duration
	// Network: data was in flight, and nothing of the above held the sender back.
	Network time.Duration
	// SenderIdle: the sender had nothing to send.
	SenderIdle time.Duration
	// Unjudged: packets or one direction were not captured.
	Unjudged time.Duration
}

// ReceiverLimited is the time in which the receiver's window held the sender back,
// which Linux counts as tcpi_rwnd_limited.
func (b *Budget) ReceiverLimited() time.Duration {
	return b.ZeroWindow + b.SmallWindow + b.WindowFull + b.Held
}

// Times returns what the time was spent on, for the causes.
func (b *Budget) Times() cause.Times {
	return cause.Times{
		cause.Closed: b.ZeroWindow, cause.Small: b.SmallWindow, cause.Full: b.WindowFull, cause.Held: b.Held,
		cause.Recovering: b.Recovering, cause.Delayed: b.Delayed, cause.Flight: b.Network, cause.Idle: b.SenderIdle,
		cause.Unjudged: b.Unjudged,
	}
}

// Buffer is what was inferred about the receiver's buffer.
type Buffer struct {
	// Absorbed is the payload acknowledged while nobody read: a lower bound of
	// what the receive buffer can hold.
	Absorbed Estimate
	// LargestWindow is for comparison: it is a poor estimate of the buffer.
	LargestWindow Estimate
	// RcvBuf is SO_RCVBUF when the window first closed, as getsockopt returns it
	// (sk_rcvbuf, memory rather than payload): on Linux, twice what was given to
	// setsockopt. The best value within the interval assumes Linux; its method names the
	// rule that gave it.
	RcvBuf Estimate
	// ExplicitlySet: the shift is too small for an auto-tuned buffer, so SO_RCVBUF was
	// set; nil if unknown.
	ExplicitlySet *bool
}

// Reader is what was inferred about the receiving application.
type Reader struct {
	// LastRead is when the right edge last rose because the application read; nil if
	// unknown.
	LastRead      *int64
	LastReadFrame uint64
	// Rate is how fast it read, in bytes a second, since the window first closed.
	Rate Estimate
	// AvoidBuffer is the buffer size in bytes of payload, and AvoidRate the read rate in
	// bytes a second, that would have avoided the worst stall.
	AvoidBuffer, AvoidRate Estimate
}
