package kernel

// Unknown stands for a number that the kernel did not report: older kernels have
// a shorter TCP_INFO, and some readings need a missing privilege. No reading is
// negative, so it can't be mistaken for one.
const Unknown int64 = -1

// SocketState is the kernel's report on one TCP socket. Numbers missing from it
// are Unknown.
type SocketState struct {
	// Time is when the reading began (Unix, ns).
	Time int64

	// UnreadBytes arrived in order but recv() has not taken them yet (FIONREAD).
	UnreadBytes int64
	// SendQueueBytes were accepted by send() but not yet acknowledged (SIOCOUTQ):
	// the backlog. NotSentBytes of them were never sent (SIOCOUTQNSD).
	SendQueueBytes, NotSentBytes int64

	// RcvBuf and SndBuf are sk_rcvbuf and sk_sndbuf in bytes of memory, as
	// getsockopt(SO_RCVBUF) gives them: twice what was set.
	RcvBuf, SndBuf int64
	// RmemAlloc and WmemQueued are the bytes of memory that received and queued
	// data occupy, including overhead (SO_MEMINFO).
	RmemAlloc, WmemQueued int64

	// State is the TCP state, "ESTABLISHED".
	State string
	// SndWnd is the peer's window as last advertised, RcvWnd the window last
	// advertised to the peer; both in bytes, scaled.
	SndWnd, RcvWnd int64
	// SndShift and RcvShift are the window shifts of the peer and of this end.
	// WindowScaling is 1 if window scaling is in use; if it is 0, so are they.
	SndShift, RcvShift, WindowScaling int64
	// RcvSpace and RcvSsthresh steer how far the receive window may grow, bytes.
	RcvSpace, RcvSsthresh int64
	// SndMSS and RcvMSS are segment sizes in bytes, Cwnd is in segments.
	SndMSS, RcvMSS, Cwnd int64

	// Probes is the number of unanswered probes (icsk_probes_out), Backoff the
	// number of times the timer was doubled (icsk_backoff).
	Probes, Backoff int64
	// Unacked is the number of segments in flight, TotalRetrans
	// the number of retransmissions so far.
	Unacked, TotalRetrans int64

	// BytesAcked and BytesReceived count payload, except that an active opener's
	// BytesAcked includes the SYN (tcp_snd_una_update).
	BytesAcked, BytesReceived int64
	// SegsOut and SegsIn count all segments, DataSegsOut and DataSegsIn those
	// with payload.
	SegsOut, SegsIn, DataSegsOut, DataSegsIn int64

	// Busy is the time with something to send; RwndLimited and SndbufLimited
	// are the parts of it in which the peer's window and the send buffer held it
	// back. RTT and RTO are the current estimates. All are in nanoseconds, with
	// the resolution of a microsecond or, for Busy and its parts, a jiffy.
	Busy, RwndLimited, SndbufLimited, RTT, RTO int64
}
