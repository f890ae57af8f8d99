package kernel

import (
	"net/netip"
	"time"
)

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

// Connection is one connection of an experiment.
type Connection struct{ Client, Server netip.AddrPort }

// Witness is the kernel's report on one experiment. Nothing in it comes from
// packets, so it can be compared with what was inferred from them.
type Witness struct {
	// Scenario is the name of the scenario that ran, such as "send-blocking".
	Scenario string
	// Started and Ended are Unix times in nanoseconds, on the packets' clock.
	Started, Ended int64
	// Client and Server are the two ends of the connection that everything else is about.
	Client, Server netip.AddrPort
	// Others are further connections of the experiment. Counters cover them too.
	Others []Connection
	// Sender is the end whose data the scenario is about.
	Sender End
	// Isolated is set if the connection had a private network namespace, so that
	// Counters cover only the experiment.
	Isolated bool
	// Kernel is the release, as uname -r prints it.
	Kernel string
	// Congestion is the sender's congestion control.
	Congestion string
	// MTU of the hosts' interfaces, in bytes, or Unknown.
	MTU int64
	// Tick is the interval between two ticks of the clock that measures
	// SocketState.Busy and its parts (1 / CONFIG_HZ); 0 if unknown.
	Tick time.Duration

	// ChunkBytes is the size of one send(). RcvBufAsked and SndBufAsked are the
	// bytes given to SO_RCVBUF and SO_SNDBUF, 0 where the default was kept.
	ChunkBytes, RcvBufAsked, SndBufAsked int64

	// Send counts the sender's calls and Recv the receiver's, over the whole run.
	Send, Recv CallStats
	// AcceptedBytes is what send() took from the program, up to MomentEnd. It
	// includes BlockedCallBytes, which a call that was still blocked had already
	// handed over and returned when it woke.
	AcceptedBytes, BlockedCallBytes int64

	// Request is the median time from the first write of a request to its answer, by the
	// client's clock; 0 if the scenario makes no requests.
	Request time.Duration

	// Blocked proves where a thread was blocked; nil if the scenario blocks none.
	Blocked *BlockedCall

	// Expected is what the experiment set up.
	Expected Expected
	// Path is what the link between two hosts did; nil on loopback. CapturedAt is the
	// point of it where the capture was taken: "client", "server" or "link".
	Path       *Path
	CapturedAt string

	// Readings are the states of both sockets at named moments, in order of time.
	Readings []Reading
	// Counters are the kernel's event counters before and after.
	Counters []Counter
	// Probes is the number of empty window probes this connection sent, or
	// Unknown. ProbesFrom names what counted them: "TCPWinProbe" of a private
	// namespace, or "icsk_backoff" of the sender's socket, which is sampled
	// throughout (it grows by one with each probe and falls to 0 when the window
	// opens).
	Probes     int64
	ProbesFrom string

	// Findings are the claims the scenario tested.
	Findings []Finding
}

// The moments at which a scenario reads both sockets. All scenarios read at
// MomentEnd: after everything has come to rest, before anything is closed.
const (
	MomentEstablished = "established"
	// Between MomentSteady and MomentStop a transfer runs at its usual rate; nothing
	// is at rest then.
	MomentSteady = "steady"
	MomentStop   = "stop"
	MomentStall  = "stall"
	MomentEnd    = "end"
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

// Counter returns how much the named kernel counter rose during the experiment.
func (w *Witness) Counter(name string) (rise int64, ok bool) {
	for _, c := range w.Counters {
		if c.Name == name {
			return c.After - c.Before, true
		}
	}
	return 0, false
}

// Failed returns the findings that did not hold. If the link was late, it returns none:
// what they are about may be the link's fault.
func (w *Witness) Failed() []Finding {
	if w.Path != nil && w.Path.Late() {
		return nil
	}
	var failed []Finding
	for _, f := range w.Findings {
		if !f.Holds {
			failed = append(failed, f)
		}
	}
	return failed
}

// Finding is one claim that a scenario tests against the kernel's own numbers.
type Finding struct {
	// Claim is a sentence that is true in general.
	Claim string
	// Holds reports whether it was true this time.
	Holds bool
	// Evidence states the numbers in a sentence.
	Evidence string
}
