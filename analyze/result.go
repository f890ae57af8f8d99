package analyze

import (
	"net/netip"
	"time"

	"winwatch/analyze/cause"
	"winwatch/capture"
)

// Dir is a direction of a stream, named by its sender and receiver.
type Dir uint8

// The two directions of a stream.
const (
	ClientToServer Dir = iota
	ServerToClient
)

// Reverse returns the other direction.
func (d Dir) Reverse() Dir { return d ^ 1 }

// String returns "client-to-server" or "server-to-client".
func (d Dir) String() string {
	if d == ClientToServer {
		return "client-to-server"
	}
	return "server-to-client"
}

// Result holds the results of the analysis up to the moment it was taken. Its
// fields and the first Config.MaxVerdicts streams of Worst no longer change. Other
// streams are derived on demand, so that a million results need not fit in memory;
// while Run is active, they reflect the state of the engine at that time.
//
// Times are nanoseconds since the Unix epoch, spans are time.Duration, byte counts
// int64. A nil pointer or an Estimate without a value means unknown: never 0,
// never a guess.
type Result struct {
	// Input counts what the reader read and skipped.
	Input capture.Counters
	// Damage lists where the input was broken.
	Damage []*capture.DamageError
	// Segments is the number of TCP segments analyzed.
	Segments uint64
	// StreamCount is the number of streams, including those no longer kept.
	StreamCount int64
	// Begin and End are the times of the first and the last segment; Span is the time
	// between them, with clock jumps removed.
	Begin, End int64
	Span       time.Duration
	// Bytes is the payload on the wire, retransmissions included.
	Bytes int64

	// Stalls, Probes, KeepAlives, ZeroWindows and Retransmissions are totals over all
	// streams; StallTime is the total duration of the stalls.
	Stalls, Probes, KeepAlives, ZeroWindows, Retransmissions int64
	StallTime                                                time.Duration
	// StalledStreams is the number of streams with at least one stall.
	StalledStreams int64

	// Verdicts are the findings, worst first, at most Config.MaxVerdicts.
	Verdicts []Verdict
	// Warnings are conditions of the whole capture that limit the conclusions.
	Warnings []Warning
	// Evicted sums up the streams evicted to bound memory.
	Evicted Evicted

	mostVerdicts int // Config.MaxVerdicts
	from         streams
}

// Evicted sums up the streams that were evicted to stay within Config.MaxStreams
// and Config.TroubleBytes.
type Evicted struct {
	Streams  int64
	Segments uint64
	Bytes    int64
	// Stalled is how many of them had stalls. The totals include these stalls, and the
	// worst of these streams are kept in full.
	Stalled int64
}

// WarningCode is the stable short name of a condition.
type WarningCode string

// The conditions that limit the conclusions about a capture or a stream.
const (
	WarnClockJump      WarningCode = "clock-jump"
	WarnStreamsEvicted WarningCode = "streams-retired"
	WarnDropped        WarningCode = "dropped-packets"
	WarnDamaged        WarningCode = "damaged-input"
	WarnInterrupted    WarningCode = "interrupted"
	WarnNoHandshake    WarningCode = "no-handshake"
	WarnOneSided       WarningCode = "one-sided"
	WarnDuplicates     WarningCode = "duplicates"
	WarnScaleUnknown   WarningCode = "scale-unknown"
	WarnShrunk         WarningCode = "window-shrunk"
	WarnUnseen         WarningCode = "unseen"
	WarnStallsCut      WarningCode = "stalls-cut"
)

// Warning is a condition that limits the conclusions.
type Warning struct {
	Code WarningCode
	// Text is a sentence for people.
	Text string
	// Frame is the frame that shows it best, 0 if there is none.
	Frame uint64
	// Count is how often it occurred; its unit depends on Code.
	Count int64
}

// Estimate is an inferred number: the best value if there is one, the interval it
// must lie in, and how it was obtained.
type Estimate struct {
	// Value, Low and High are bytes unless the field that holds the Estimate says
	// otherwise; nil means unknown (for Low and High: unbounded).
	Value, Low, High *int64
	// Method says in words how the number was obtained or why it is unknown.
	Method string
}

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

// Stream is one TCP connection.
type Stream struct {
	// ID is the number of the stream, as Wireshark's tcp.stream.
	ID int64
	// Client is the side that sent the SYN or received the SYN-ACK; if neither was
	// captured, the side with the higher port.
	Client, Server netip.AddrPort
	Handshake      Handshake
	// RTT is the time from SYN to the ACK of the SYN-ACK or, failing that, the
	// smallest time from data to its ACK; nil if unknown.
	RTT *time.Duration
	// Begin, End, FirstFrame and LastFrame bound the stream in the capture.
	Begin, End            int64
	FirstFrame, LastFrame uint64
	// Span is End - Begin with clock jumps removed.
	Span     time.Duration
	Segments uint64
	// Duplicates counts packets that were captured twice.
	Duplicates uint64
	// OneSided: only segments of one direction were captured.
	OneSided bool
	// Closed says how the stream ended: "fin", "reset", or "open".
	Closed string
	// ResetBy is the direction of the RST, nil if there was none.
	ResetBy *Dir

	// Dirs holds the two directions, indexed by Dir.
	Dirs [2]Direction

	Verdict  Verdict
	Warnings []Warning
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
	Retransmissions                uint64
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

// StallEnd says how a stall ended.
type StallEnd string

// The ways a stall can end.
const (
	EndWindowUpdate    StallEnd = "window-update"
	EndProbeAnswer     StallEnd = "probe-answer"
	EndDataAccepted    StallEnd = "data-accepted"
	EndResetByReceiver StallEnd = "reset-by-receiver"
	EndResetBySender   StallEnd = "reset-by-sender"
	EndFIN             StallEnd = "fin"
	EndGaveUp          StallEnd = "gave-up"
	EndCaptureEnded    StallEnd = "capture-ended"
)

// Stall is a time in which the receiver's window, not the network and not the
// sender's application, kept the sender from sending.
type Stall struct {
	// Begin is when the window began to hold the sender back. It can precede the
	// first zero window.
	Begin      int64
	BeginFrame uint64
	// BeganBeforeCapture: the window was already closed in the first segment captured.
	BeganBeforeCapture bool
	// ZeroBegin and ZeroFrame are the first zero window of this stall; ZeroFrame is 0
	// if there was none.
	ZeroBegin int64
	ZeroFrame uint64
	// End is when the stall ended. If EndedBy is EndCaptureEnded, it is the last time
	// at which it was known to last, and Duration is a lower bound.
	End      int64
	EndFrame uint64
	EndedBy  StallEnd
	Duration time.Duration

	// Unread is the number of unread bytes when the window closed: acknowledged by the
	// receiver, but not yet taken by its application.
	Unread Estimate
	// SenderWaiting says whether the sender had data to send: it probed, or sent as
	// soon as the window opened. It is nil if unknown. A zero window without a waiting
	// sender costs nothing and is not in StallTime.
	SenderWaiting *bool
	// KeepAlives counts the sender's keep-alives while the window was 0.
	KeepAlives int64
	// WindowAtBegin is the rest of the window when the stall began: less than the next
	// segment.
	WindowAtBegin *int64
	// ProbeCount is the number of probes; Probes holds at most Config.MaxProbes of
	// them, the first and the last ones.
	ProbeCount int64
	Probes     []Probe
	// Backoff is the factor by which the gaps between probes grew; 0 if unknown.
	Backoff float64
	// NextProbeDue is when the next probe would have been sent if the stall was still
	// on, which is how long a lost window update can delay the sender. It is nil if
	// unknown.
	NextProbeDue *int64
	// Released is the new data sent after the stall until the sender paused; nil if
	// the stall did not end with an open window.
	Released *int64
	// Burst is the part of Released sent before the receiver acknowledged any of it:
	// it was in the sender's socket when the window opened.
	Burst *int64
	// taken is the payload that the receiver acknowledged during the stall.
	taken int64
	// Blame names, in words, what could have ended the stall sooner.
	Blame string
}

// ProbeForm is the shape of a probe.
type ProbeForm string

// The forms of probes; docs/how-it-works.md lists which stack sends which.
const (
	ProbeEmpty     ProbeForm = "empty"     // 0 bytes at SND.UNA - 1: Linux, Zephyr, picoTCP
	ProbeJunkByte  ProbeForm = "junk-byte" // 1 byte at SND.UNA - 1: gVisor
	ProbeDataByte  ProbeForm = "data-byte" // 1 byte at SND.NXT: BSD, macOS, Windows, lwIP, smoltcp
	ProbeFIN       ProbeForm = "fin"       // a bare FIN at SND.NXT: lwIP
	ProbeUrgent    ProbeForm = "urgent"    // empty, URG, at SND.UNA: Linux with urgent data pending
	ProbeDataBlock ProbeForm = "data"      // several bytes past the right edge
)

// Probe is one probe of a stall.
type Probe struct {
	Frame uint64
	Time  int64
	// Gap is the time since the previous probe or, for the first one, since the first
	// zero window of the stall.
	Gap  time.Duration
	Form ProbeForm
	Len  uint32
	// AnswerFrame and AnswerTime are the ACK that answered it; AnswerFrame is 0 if
	// there was none.
	AnswerFrame uint64
	AnswerTime  int64
	// Silence is the likely reason why there was no answer: "rate-limited" (within
	// 500 ms of the last answer, as on Linux; RFC 5961 7), "answered-together" (the
	// next probe followed at once and was answered), "capture-ended" (too soon to
	// tell) or "peer-silent". It is empty if the probe was answered.
	Silence string
}

// Budget divides the time of one direction; the classes add up to Total.
type Budget struct {
	Total time.Duration
	// ZeroWindow: the window was 0 and the sender had data.
	ZeroWindow time.Duration
	// SmallWindow: the window was open but smaller than the next segment.
	SmallWindow time.Duration
	// WindowFull: the sender had filled the window and waited for an ACK.
	WindowFull time.Duration
	// Network: data was in flight or being recovered from loss.
	Network time.Duration
	// SenderIdle: the sender had nothing to send.
	SenderIdle time.Duration
	// Unjudged: packets or one direction were not captured.
	Unjudged time.Duration
}

// ReceiverLimited is the time in which the receiver's window held the sender back,
// which Linux counts as tcpi_rwnd_limited.
func (b *Budget) ReceiverLimited() time.Duration {
	return b.ZeroWindow + b.SmallWindow + b.WindowFull
}

// Buffer is what was inferred about the receiver's buffer.
type Buffer struct {
	// Absorbed is the payload acknowledged while nobody read: a lower bound of
	// what the receive buffer can hold.
	Absorbed Estimate
	// LargestWindow is for comparison: it is a poor estimate of the buffer.
	LargestWindow Estimate
	// RcvBuf is the interval for SO_RCVBUF as getsockopt returns it (sk_rcvbuf).
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
	// AvoidBuffer is the buffer size in bytes, and AvoidRate the read rate in bytes a
	// second, that would have avoided the worst stall.
	AvoidBuffer, AvoidRate Estimate
}

// Verdict is the finding for one stream.
type Verdict struct {
	Stream int64
	// Dir is the direction that the finding is about: see cause.Facts.Main.
	Dir Dir
	cause.Finding
}
