package analyze

import (
	"fmt"
	"net/netip"
	"time"

	"winwatch/analyze/cause"
	"winwatch/capture/words"
)

// Group is one finding about all streams that wait for the same cause at the same place:
// sixty streams to one server are one finding. Each stream counts once, with its verdict,
// and only if that is a finding that a person could notice.
type Group struct {
	// Severity is that of the worst of its streams.
	Severity cause.Severity
	Code     cause.Code
	Party    cause.Party
	// At is whom it concerns: the receiver if the cause is there, the sender if it is
	// there. A server is its address and port; of a client, only the address counts, and
	// the port is 0. Where the path or both ends are concerned, At is the receiver and
	// Peer the sender, both without a port; otherwise Peer is not valid. Neither is if the
	// capture itself is to blame.
	At, Peer netip.AddrPort
	// Streams is the number of streams, Wait the time that they lost to the cause.
	Streams int64
	Wait    time.Duration
	// Worst is the verdict on the worst of them, nil if that stream was evicted and not
	// kept.
	Worst *Verdict
	// Confidence is the lowest among its worst streams, at most three.
	Confidence cause.Confidence
	// Begin and End are the times between which the streams waited or, where that is not
	// known, between which they lasted.
	Begin, End int64
	// Sentence says it in plain English.
	Sentence string
}

// Rest is what Result.Findings leaves out.
type Rest struct {
	// Streams is the number of streams with a finding, Wait the time that they lost.
	Streams int64
	Wait    time.Duration
}

func (r *Rest) add(streams int64, wait time.Duration) {
	r.Streams += streams
	r.Wait = time.Duration(plus(int64(r.Wait), int64(wait)))
}

// concerned returns whom a cause concerns: see Group.At.
func concerned(p cause.Party, sender, receiver netip.AddrPort, d Dir) (at, peer netip.AddrPort) {
	host := func(e netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(e.Addr(), 0) }
	server := func(e netip.AddrPort, is bool) netip.AddrPort {
		if is {
			return e
		}
		return host(e)
	}
	switch p {
	case cause.ReceivingApplication, cause.ReceiveBuffer, cause.ReceivingHost, cause.ReceivingHostOrPath:
		return server(receiver, d == ClientToServer), peer
	case cause.SendingApplication, cause.SendingHost:
		return server(sender, d == ServerToClient), peer
	case cause.Path, cause.Middlebox, cause.BothHosts, cause.BothApplications:
		return host(receiver), host(sender)
	}
	return at, peer
}

// say writes the sentence.
func (g *Group) say() {
	s := words.Counted(g.Streams, "stream")
	if g.Streams == 1 && g.Worst != nil {
		s = fmt.Sprintf("stream %d", g.Worst.Stream)
	}
	switch {
	case !g.At.IsValid():
	case g.Peer.IsValid():
		s += fmt.Sprintf(" from %s to %s", g.Peer.Addr(), g.At.Addr())
	case g.Party == cause.SendingApplication || g.Party == cause.SendingHost:
		s += " from " + placeName(g.At)
	default:
		s += " to " + placeName(g.At)
	}
	s += ": " + g.Code.Clause()
	if g.Wait > 0 {
		s += ", " + words.Duration(g.Wait)
		if g.Streams > 1 {
			s += " in all"
		}
	}
	if g.Streams > 1 && g.Worst != nil {
		s += fmt.Sprintf("; worst is stream %d", g.Worst.Stream)
		if g.Worst.Wait > 0 {
			s += fmt.Sprintf(" (%s)", words.Duration(g.Worst.Wait))
		}
	}
	g.Sentence = s
}

// placeName names a place: an address, with the port of a server.
func placeName(at netip.AddrPort) string {
	if at.Port() == 0 {
		return at.Addr().String()
	}
	return at.String()
}
