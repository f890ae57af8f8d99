package analyze

import (
	"net/netip"
	"slices"
	"time"

	"winwatch/analyze/cause"
)

// Handshake says how much of the three-way handshake was captured.
type Handshake string

// How much of the handshake was captured.
const (
	HandshakeComplete   Handshake = "complete"
	HandshakeSYNOnly    Handshake = "syn-only"
	HandshakeNoSYN      Handshake = "syn-missing"
	HandshakeNone       Handshake = "none"
	HandshakeRefused    Handshake = "refused"
	HandshakeUnanswered Handshake = "unanswered"
)

// Closing says how a stream ended.
type Closing string

// The ways a stream can end.
const (
	ClosedFIN   Closing = "fin"
	ClosedReset Closing = "reset"
	StillOpen   Closing = "open"
)

// Stream is one TCP connection.
type Stream struct {
	// ID is the number of the stream, as Wireshark's tcp.stream.
	ID int64
	// Client is the side that sent the SYN or received the SYN-ACK; if neither was
	// captured, the side with the higher port.
	Client, Server netip.AddrPort
	Handshake      Handshake
	// RTT is the smallest round trip: the smallest time from the capture point to one
	// end and back, from a SYN or data to its ACK, plus the same for the other end. Only
	// what was sent once and acknowledged without waiting for a window, an application or
	// a timer counts. It is nil if neither part is known; if only one is, the other
	// counts as 0, so that it is a lower bound unless the capture point is at an end.
	RTT *time.Duration
	// Begin, End, FirstFrame and LastFrame bound the stream in the capture; Span is
	// End - Begin.
	Begin, End            int64
	FirstFrame, LastFrame uint64
	Span                  time.Duration
	// Segments counts all segments, those captured twice included; Duplicates counts
	// the second captures, which count nowhere else.
	Segments, Duplicates uint64
	// OneSided: only segments of one direction were captured.
	OneSided bool
	// Closed says how the stream ended.
	Closed Closing
	// ResetBy is the direction of the RST, nil if there was none.
	ResetBy *Dir

	// Dirs holds the two directions, indexed by Dir.
	Dirs [2]Direction

	// Verdict is the cause that explains most of the time lost. Causes explain every
	// moment of the stream once, the longest first: see cause.Diagnosis. Considered are
	// the causes that fell.
	Verdict    Verdict
	Causes     []cause.Finding
	Considered []cause.Considered
	Warnings   []Warning
}

// Diagnose sets what the causes say of the stream.
func (s *Stream) Diagnose(d cause.Diagnosis) {
	s.Verdict = Verdict{Stream: s.ID, Dir: Dir(d.Verdict.Flow), Finding: d.Verdict}
	s.Causes, s.Considered = d.Causes, d.Considered
	for dir := range s.Dirs {
		s.Dirs[dir].blame(d.Stalls[dir])
	}
}

// blame names in the stalls in which the sender waited who is to blame for them, if that
// is anybody else than the window by itself suggests.
func (d *Direction) blame(parties []cause.Party) {
	d.Stalls = slices.Clone(d.Stalls)
	for i := range d.Stalls {
		if w := &d.Stalls[i]; len(parties) > 0 && !w.idle() {
			if p := parties[0]; p != "" && p != cause.ReceivingApplication && !w.early {
				w.Blame = p.Words()
			}
			parties = parties[1:]
		}
	}
}

// Direction is the data that one side of a stream sends, and the window of the
// other side that governs it.
type Direction struct {
	Sender, Receiver netip.AddrPort

	// Segments counts all segments from Sender, DataSegments those with payload.
	Segments, DataSegments uint64
	// Bytes is the payload sent, including retransmissions, UniqueBytes the payload
	// without them, and AckedBytes the payload that Receiver has acknowledged.
	Bytes, UniqueBytes, AckedBytes int64
	// Retransmissions counts segments that were sent again: data, SYN or FIN. Those
	// with payload are DataRetransmissions, at most DataSegments.
	Retransmissions, DataRetransmissions uint64
	// RetransmissionsIntoZeroWindow counts retransmissions while the window was 0: not
	// probes, but data that the receiver dropped or whose ACK was lost.
	RetransmissionsIntoZeroWindow uint64
	OutOfOrder, Gaps              uint64
	// DupACKs were sent by Receiver.
	DupACKs uint64
	// KeepAlives were sent by Sender, KeepAliveAnswers by Receiver.
	KeepAlives, KeepAliveAnswers uint64
	// Probes were sent by Sender, ProbeAnswers by Receiver. ProbeTimerData counts data
	// segments that the probe timer sent into a small open window; they are not
	// probes.
	Probes, ProbeAnswers, ProbeTimerData uint64
	// MSS is the maximum segment size that Receiver announced, in bytes; 0 if unknown.
	MSS uint16
	// MaxSegment is the largest payload seen, in bytes.
	MaxSegment int64
	// MaxInFlight is the largest number of bytes in flight; nil if never known.
	MaxInFlight *int64

	// Window is what Receiver advertised.
	Window Window
	Stalls []Stall
	// StallCount and StallTime cover the stalls in which the sender waited or may have
	// waited, including those that Stalls had no place for.
	StallCount int64
	StallTime  time.Duration
	Budget     Budget
	Buffer     Buffer
	Reader     Reader
	// Backlog is the data that send() had accepted and that waited in the sender
	// during the worst stall. From packets alone only a lower bound is known: the data
	// sent after the stall before the receiver acknowledged any of it.
	Backlog Estimate
}

// ScaleState says whether the window scale is known, absent or unknown.
type ScaleState string

// The states of a window scale.
const (
	// ScaleKnown: both SYNs carried the option (RFC 7323 2.2).
	ScaleKnown ScaleState = "known"
	// ScaleAbsent: the handshake shows that the window is not scaled.
	ScaleAbsent ScaleState = "absent"
	// ScaleUnknown: the handshake or its options were not captured.
	ScaleUnknown ScaleState = "unknown"
)

// Scale is what is known of the shift of a window.
type Scale struct {
	State ScaleState
	// Shift is valid if State is ScaleKnown; 0 if ScaleAbsent.
	Shift uint8
	// Min and Max bound the shift: equal if it is known, otherwise the range that the
	// traffic allows (Max is at most 14, RFC 7323 2.3).
	Min, Max uint8
	// Method says how the shift or its bounds were found, and how to find out more.
	Method string
}

// Window is the advertised window of one side over the stream's life.
type Window struct {
	Scale Scale
	// MaxRaw and MinRaw are the largest and smallest unscaled window field, except in
	// SYN and RST segments; -1 if there was none.
	MaxRaw, MinRaw int32
	// Largest is the largest window ever advertised, in bytes, including the SYN; nil
	// while the scale is unknown.
	Largest *int64
	// ZeroSegments counts segments with a zero window, ToZero and FromZero the
	// transitions to and from it.
	ZeroSegments, ToZero, FromZero uint64
	// Filled counts data segments that end exactly at the right edge.
	Filled uint64
	// Shrunk counts how often the right edge moved back.
	Shrunk uint64
	// Updates counts window updates.
	Updates uint64
}

// LargestAt returns what the largest window is in bytes if its unknown scale is
// shift.
func (w *Window) LargestAt(shift uint8) int64 { return int64(w.MaxRaw) << shift }
