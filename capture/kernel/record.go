package kernel

import (
	"net/netip"
	"time"
)

// Unknown stands for a number the kernel did not give: an older kernel's
// TCP_INFO is shorter, and some readings need a right that is missing. It is
// never 0, and no reading can be negative by itself.
const Unknown int64 = -1

// End is one end of an experiment's connection.
type End uint8

// The client opened the connection, the server accepted it.
const (
	ClientEnd End = iota
	ServerEnd
)

// String returns "client" or "server".
func (e End) String() string {
	if e == ServerEnd {
		return "server"
	}
	return "client"
}

// Peer returns the other end.
func (e End) Peer() End { return e ^ ServerEnd }

// Witness is what the kernel said of one experiment. Nothing in it was read
// from packets, so it can be held against what was inferred from them.
type Witness struct {
	// Scenario is the name of what was run, such as "send-blocking".
	Scenario string
	// Started and Ended are Unix times in nanoseconds, on the packets' clock.
	Started, Ended int64
	// Client and Server are the two ends of the only connection.
	Client, Server netip.AddrPort
	// Sender is the end whose data the scenario is about.
	Sender End
	// Isolated says that the connection had a network namespace to itself, so
	// that Counters are the experiment's alone.
	Isolated bool
	// Kernel is the release, as uname -r prints it.
	Kernel string
	// Congestion is the sender's congestion control.
	Congestion string
	// MTU is that of the loopback interface, in bytes.
	MTU int64
	// Tick is how often the clock of SocketState.Busy and its like ticks
	// (1 / CONFIG_HZ); 0 if unknown.
	Tick time.Duration

	// ChunkBytes is the size of one send(). RcvBufAsked and SndBufAsked are the
	// bytes given to SO_RCVBUF and SO_SNDBUF, 0 where the default was kept.
	ChunkBytes, RcvBufAsked, SndBufAsked int64

	// Send are the sender's calls and Recv the receiver's, over the whole run.
	Send, Recv CallStats
	// AcceptedBytes is what send() took from the program, up to MomentEnd. It
	// includes what a call that was still blocked had already handed over:
	// BlockedCallBytes, which that call returned when it was woken.
	AcceptedBytes, BlockedCallBytes int64

	// Blocked is the proof of where a thread stood, nil if the scenario has none.
	Blocked *BlockedCall

	// Readings are both sockets at named moments, in order of time.
	Readings []Reading
	// Counters are the kernel's event counters before and after.
	Counters []Counter
	// Probes is the number of empty window probes this connection sent, or
	// Unknown. ProbesFrom names what counted them: "TCPWinProbe" of a private
	// namespace, or "icsk_backoff" of the sender's socket, which is watched all
	// the time (it grows by one with each probe and falls to 0 when the window
	// opens).
	Probes     int64
	ProbesFrom string

	// Findings is what the scenario showed.
	Findings []Finding
}

// The moments at which a scenario reads both sockets. All scenarios take
// MomentEnd: when nothing moves any more and before anything is closed.
const (
	MomentEstablished = "established"
	MomentStall       = "stall"
	MomentEnd         = "end"
)

// At returns the reading of the named moment.
func (w *Witness) At(moment string) (Reading, bool) {
	for _, r := range w.Readings {
		if r.Moment == moment {
			return r, true
		}
	}
	return Reading{}, false
}

// Counter returns how far the named kernel counter rose during the experiment.
func (w *Witness) Counter(name string) (rise int64, ok bool) {
	for _, c := range w.Counters {
		if c.Name == name {
			return c.After - c.Before, true
		}
	}
	return 0, false
}

// Failed returns the findings that did not hold.
func (w *Witness) Failed() []Finding {
	var failed []Finding
	for _, f := range w.Findings {
		if !f.Holds {
			failed = append(failed, f)
		}
	}
	return failed
}

// Reading is both sockets and both programs at one moment.
type Reading struct {
	Moment string
	// Time is Unix time in nanoseconds.
	Time int64
	// Sender and Receiver are the ends in the sense of Witness.Sender.
	Sender, Receiver SocketState
	// AcceptedBytes is what send() had taken, ReadBytes what recv() had given. A
	// call that was blocked at the moment has handed over up to a chunk more; that
	// is known, and included, at MomentEnd only.
	AcceptedBytes, ReadBytes int64
}

// CallStats sums up the results of one kind of call on one socket.
type CallStats struct {
	// Calls have returned; Bytes is the sum of what they returned.
	Calls, Bytes int64
	// Partial calls moved fewer bytes than they were asked to, but some.
	Partial int64
	// WouldBlock and Interrupted ended with EAGAIN and EINTR.
	WouldBlock, Interrupted int64
	// EOFs are recv() calls that returned 0.
	EOFs int64
	// Errors ended otherwise; LastError is the name of the last one's errno.
	Errors    int64
	LastError string
	// InCall is the time spent inside all calls and Longest that inside one. A
	// call that has not returned counts in neither.
	InCall, Longest time.Duration
}

// BlockedCall is the proof that a thread sat in a system call, as a debugger
// attached to it would show.
type BlockedCall struct {
	// At is when the call was made, that is when its predecessor had returned
	// for the last time (Unix, ns).
	At int64
	// Seen is when the rest was read.
	Seen int64
	// TID is the thread.
	TID int
	// Syscall is the name, such as "sendto", Number its number and Args its
	// six arguments, from /proc/self/task/TID/syscall. Syscall is empty where
	// the kernel doesn't tell.
	Syscall string
	Number  int64
	Args    [6]uint64
	// Wchan is the kernel function the thread sleeps in, and State the letter
	// of its scheduler state: S for sleeping.
	Wchan string
	State string
	// Stack is the kernel stack, innermost frame first. Only root may read it.
	Stack []string
}

// Counter is one of the kernel's event counters (/proc/net/netstat and
// /proc/net/snmp), which count for a whole network namespace.
type Counter struct {
	Name          string
	Before, After int64
}

// Finding is one thing a scenario showed, judged by the kernel's own numbers.
type Finding struct {
	// Claim is a sentence that is true in general.
	Claim string
	// Holds says whether it was so this time.
	Holds bool
	// Evidence is the numbers, in a sentence.
	Evidence string
}

// Sample is both sockets at one moment of a running experiment, with
// the calls made so far.
type Sample struct {
	// Time is Unix time in nanoseconds, when the reading began.
	Time           int64
	Client, Server SocketState
	// Send are the sender's calls, Recv the receiver's.
	Send, Recv CallStats
}

// SocketState is what the kernel tells of one TCP socket. Each number is
// Unknown if it does not.
type SocketState struct {
	// Time is when the reading began (Unix, ns).
	Time int64

	// UnreadBytes arrived in order and were not taken by recv() (FIONREAD).
	UnreadBytes int64
	// SendQueueBytes were accepted by send() and are not acknowledged
	// (SIOCOUTQ): the backlog. NotSentBytes of them never left (SIOCOUTQNSD).
	SendQueueBytes, NotSentBytes int64

	// RcvBuf and SndBuf are sk_rcvbuf and sk_sndbuf in bytes of memory, as
	// getsockopt(SO_RCVBUF) gives them: twice what was set.
	RcvBuf, SndBuf int64
	// RmemAlloc and WmemQueued are the bytes of memory that received and queued
	// data take, overhead included (SO_MEMINFO).
	RmemAlloc, WmemQueued int64

	// State is the TCP state, "ESTABLISHED".
	State string
	// SndWnd is the peer's window as last advertised, RcvWnd the window last
	// advertised to the peer; both in bytes, scaled.
	SndWnd, RcvWnd int64
	// SndShift and RcvShift are the window shifts of the peer and of this end;
	// 0 if window scaling is not in use, which WindowScaling tells: 1 or 0.
	SndShift, RcvShift, WindowScaling int64
	// RcvSpace and RcvSsthresh steer how far the receive window may grow, bytes.
	RcvSpace, RcvSsthresh int64
	// SndMSS and RcvMSS are segment sizes in bytes, Cwnd is in segments.
	SndMSS, RcvMSS, Cwnd int64

	// Probes are the unanswered probes (icsk_probes_out), Backoff the doublings
	// of the timer (icsk_backoff).
	Probes, Backoff int64
	// Unacked is the number of segments in flight, TotalRetrans that of
	// retransmissions so far.
	Unacked, TotalRetrans int64

	// BytesAcked and BytesReceived count payload, except that an active opener's
	// BytesAcked has the SYN in it (tcp_snd_una_update).
	BytesAcked, BytesReceived int64
	// SegsOut and SegsIn count all segments, DataSegsOut and DataSegsIn those
	// with payload.
	SegsOut, SegsIn, DataSegsOut, DataSegsIn int64

	// Busy is the time with something to send; RwndLimited and SndbufLimited
	// are the parts of it in which the peer's window and the send buffer held
	// it back. RTT and RTO are the current estimates. All in nanoseconds, of
	// microsecond or (Busy and its parts) jiffy resolution.
	Busy, RwndLimited, SndbufLimited, RTT, RTO int64
}
