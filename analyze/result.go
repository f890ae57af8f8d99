package analyze

import (
	"net/netip"
	"time"

	"winwatch/analyze/cause"
	"winwatch/capture"
)

// Dir is a direction of a stream, named by who sends in it.
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

// Result is what a capture tells, as far as it was analyzed when the result was
// taken. Its fields, and the first Config.MaxVerdicts streams of Worst, are
// values that no longer change. Other streams are derived when they are asked
// for, so that a million of them need not fit in memory: while Run is on, as
// they are by then.
//
// Times are nanoseconds since the Unix epoch, spans are time.Duration, byte
// counts int64. A pointer that is nil, and an Estimate without a value, is
// unknown: never 0, never a guess.
type Result struct {
	// Input counts what the reader saw and skipped.
	Input capture.Counters
	// Damage lists where the input was broken.
	Damage []*capture.DamageError
	// Segments is the number of TCP segments analyzed.
	Segments uint64
	// StreamCount is the number of streams, including those no longer kept.
	StreamCount int64
	// Begin and End are the times of the first and the last segment; Span is
	// the time between, clock jumps taken out.
	Begin, End int64
	Span       time.Duration
	// Bytes is the payload on the wire, retransmissions included.
	Bytes int64

	// Stalls, Probes, KeepAlives, ZeroWindows and Retransmissions are totals over
	// all streams; StallTime is the sum of all stalls.
	Stalls, Probes, KeepAlives, ZeroWindows, Retransmissions int64
	StallTime                                                time.Duration
	// StalledStreams is the number of streams with at least one stall.
	StalledStreams int64

	// Verdicts are the findings, worst first, at most Config.MaxVerdicts.
	Verdicts []Verdict
	// Warnings are conditions of the whole capture that limit what can be said.
	Warnings []Warning
	// Evicted sums up the streams that were dropped to bound the memory.
	Evicted Evicted

	mostVerdicts int // Config.MaxVerdicts
	from         streams
}

// Evicted sums up the streams that were dropped to keep within Config.MaxStreams
// and Config.TroubleBytes.
type Evicted struct {
	Streams  int64
	Segments uint64
	Bytes    int64
	// Stalled is how many of them had stalls; those are in the totals, and the
	// worst are kept in full.
	Stalled int64
}

// WarningCode is the stable short name of a condition.
type WarningCode string

// The conditions that limit what can be said of a capture or of a stream.
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

// Warning is a condition that limits what can be said, told as a footnote.
type Warning struct {
	Code WarningCode
	// Text is a sentence for people.
	Text string
	// Frame is where it was met first, 0 if nowhere in particular.
	Frame uint64
	// Count is how often it was met.
	Count int64
}

// Estimate is a number that was inferred: a best value where there is one, the
// interval it must lie in, and how it was obtained.
type Estimate struct {
	// Value, Low and High are bytes unless the field that holds the Estimate
	// says otherwise; nil is unknown (for Low and High: unbounded).
	Value, Low, High *int64
	// Method says how the number was obtained, in words, or, without a value,
	// why it is unknown.
	Method string
}

// Handshake says how much of the three-way handshake was captured.
type Handshake string

// What the capture held of the handshake.
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
	// Client is who sent the SYN (or was sent the SYN-ACK); where neither was
	// captured, the side with the higher port.
	Client, Server netip.AddrPort
	Handshake      Handshake
	// RTT is the time from SYN to the ACK of the SYN-ACK or, failing that, the
	// smallest time from data to its ACK; nil if unknown.
	RTT *time.Duration
	// Begin, End, FirstFrame and LastFrame bound the stream in the capture.
	Begin, End            int64
	FirstFrame, LastFrame uint64
	// Span is End - Begin with clock jumps taken out.
	Span     time.Duration
	Segments uint64
	// Duplicates counts packets that the capture holds twice.
	Duplicates uint64
	// OneSided: segments of one direction only were captured.
	OneSided bool
	// Closed says how the stream ended: "fin", "reset", or "open".
	Closed string
	// ResetBy is who sent the RST, nil if nobody.
	ResetBy *Dir

	// Dirs holds the two directions, by who sends: ClientToServer, ServerToClient.
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
	// Bytes is the payload sent, retransmissions included; UniqueBytes without
	// them; AckedBytes what Receiver has acknowledged of it.
	Bytes, UniqueBytes, AckedBytes int64
	Retransmissions                uint64
	// RetransmissionsIntoZeroWindow are retransmissions while the window was 0:
	// no probes, but data that the receiver threw away or whose ACK was lost.
	RetransmissionsIntoZeroWindow uint64
	OutOfOrder, Gaps              uint64
	// DupACKs are those that Receiver sent.
	DupACKs uint64
	// KeepAlives were sent by Sender, KeepAliveAnswers by Receiver.
	KeepAlives, KeepAliveAnswers uint64
	// Probes were sent by Sender; ProbeTimerData counts segments of data that
	// the probe timer sent into a small open window: not probes.
	Probes, ProbeAnswers, ProbeTimerData uint64
	// MSS is what Receiver announced that it accepts, in bytes; 0 if unknown.
	MSS uint16
	// MaxSegment is the largest payload seen, in bytes.
	MaxSegment int64
	// MaxInFlight is the most that was outstanding; nil if never known.
	MaxInFlight *int64

	// Window is what Receiver advertised.
	Window Window
	Stalls []Stall
	// StallCount and StallTime are of the stalls in which the sender waited, or may
	// have; they count also those that were too many to keep.
	StallCount int64
	StallTime  time.Duration
	Budget     Budget
	Buffer     Buffer
	Reader     Reader
	// Backlog is what the sender had accepted from its application and could
	// not send in the worst stall. Offline it is known only from what came out
	// before the receiver acknowledged any of it: a lower bound.
	Backlog Estimate
}

// ScaleState tells the three things apart that a missing shift can mean.
type ScaleState string

// The states of a window scale.
const (
	// ScaleKnown: both SYNs carried the option (RFC 7323 2.2).
	ScaleKnown ScaleState = "known"
	// ScaleAbsent: the handshake shows that the window is not scaled.
	ScaleAbsent ScaleState = "absent"
	// ScaleUnknown: the handshake, or its options, were not captured.
	ScaleUnknown ScaleState = "unknown"
)

// Scale is what is known of the shift of a window.
type Scale struct {
	State ScaleState
	// Shift is valid if State is ScaleKnown; 0 if ScaleAbsent.
	Shift uint8
	// Min and Max bound the shift: equal if it is known, else what the traffic
	// allows (Max is at most 14, RFC 7323 2.3).
	Min, Max uint8
	// Method says how Min was found, or what would settle the shift.
	Method string
}

// Window is the advertised window of one side over the stream's life.
type Window struct {
	Scale Scale
	// MaxRaw and MinRaw are the largest and smallest window field, not scaled,
	// SYN and RST aside; -1 if there was none.
	MaxRaw, MinRaw int32
	// Largest is the largest window ever advertised, in bytes, SYN included;
	// nil while the scale is unknown.
	Largest *int64
	// ZeroSegments counts segments with window 0; ToZero and FromZero the
	// transitions.
	ZeroSegments, ToZero, FromZero uint64
	// Filled counts data segments that end exactly at the right edge.
	Filled uint64
	// Shrunk counts retractions of the right edge.
	Shrunk uint64
	// Updates counts window updates.
	Updates uint64
}

// LargestAt is the largest window in bytes if its unknown scale is shift.
func (w *Window) LargestAt(shift uint8) int64 { return int64(w.MaxRaw) << shift }

// StallEnd says how a stall ended.
type StallEnd string

// The ways in which a stall ends.
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
	// Begin is when the sender could send no more because of the window. It
	// can precede the first zero window.
	Begin      int64
	BeginFrame uint64
	// BeganBeforeCapture: the window was closed when the stream came into view.
	BeganBeforeCapture bool
	// ZeroBegin is when the window was first 0 in this stall; ZeroFrame is 0
	// if it never was.
	ZeroBegin int64
	ZeroFrame uint64
	// End is when it ended or, if EndedBy is EndCaptureEnded, the last moment
	// at which it was known to last: Duration is then a lower bound.
	End      int64
	EndFrame uint64
	EndedBy  StallEnd
	Duration time.Duration

	// Unread is what the receiver had acknowledged and its application not
	// taken when the window closed.
	Unread Estimate
	// SenderWaiting says whether the sender had data to send: it probed, or sent
	// as soon as the window opened. nil if it can't be told. A zero window that
	// nobody waited for costs nothing and is not in StallTime.
	SenderWaiting *bool
	// KeepAlives counts the sender's keep-alives while the window was 0.
	KeepAlives int64
	// WindowAtBegin is what was left of the window when the stall began: less
	// than the next segment.
	WindowAtBegin *int64
	// ProbeCount is the number of probes; Probes holds at most
	// Config.MaxProbes of them, the first and the last ones.
	ProbeCount int64
	Probes     []Probe
	// Backoff is the fitted ratio of successive probe gaps; 0 if there are too
	// few.
	Backoff float64
	// NextProbeDue is when the next probe would have been sent, if the stall
	// was still on: the worst-case wait if a window update gets lost; nil if
	// unknown.
	NextProbeDue *int64
	// Released is the new data that came out after the stall, until the sender
	// paused; nil if the stall did not end with an open window.
	Released *int64
	// Burst is the part of Released that came before the receiver acknowledged
	// any of it: it lay in the sender's socket when the window opened.
	Burst *int64
	// taken is the payload that the receiver acknowledged while its window was 0.
	taken int64
	// Blame says who could have ended it sooner, in words.
	Blame string
}

// ProbeForm is the shape of a probe.
type ProbeForm string

// The forms of probes (who sends which: docs/how-it-works.md).
const (
	ProbeEmpty     ProbeForm = "empty"     // 0 bytes at SND.UNA - 1: Linux, Zephyr, picoTCP
	ProbeJunkByte  ProbeForm = "junk-byte" // 1 byte at SND.UNA - 1: gVisor
	ProbeDataByte  ProbeForm = "data-byte" // 1 byte at SND.NXT: BSD, macOS, Windows, lwIP, smoltcp
	ProbeFIN       ProbeForm = "fin"       // a bare FIN at SND.NXT: lwIP
	ProbeUrgent    ProbeForm = "urgent"    // empty, URG, at SND.UNA: Linux with urgent data pending
	ProbeDataBlock ProbeForm = "data"      // more than a byte past the edge
)

// Probe is one probe of a stall.
type Probe struct {
	Frame uint64
	Time  int64
	// Gap is the time since the probe before it or, for the first, since the
	// stall began.
	Gap  time.Duration
	Form ProbeForm
	Len  uint32
	// AnswerFrame and AnswerTime are of the ACK it drew; AnswerFrame is 0 if
	// it drew none.
	AnswerFrame uint64
	AnswerTime  int64
	// Silence says why there was no answer, as far as can be told:
	// "rate-limited" (within 500 ms of the last answer, as Linux does; RFC
	// 5961 7), "answered-together" (the next probe followed at once, and had
	// the answer), "capture-ended" (too soon to tell), "peer-silent"; empty if
	// it was answered.
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
	// Network: recovering from loss, or data on its way.
	Network time.Duration
	// SenderIdle: the sender had nothing to send.
	SenderIdle time.Duration
	// Unjudged: a gap in the capture or one side missing.
	Unjudged time.Duration
}

// ReceiverLimited is the time in which the receiver's window held the sender
// back; it is what Linux counts as tcpi_rwnd_limited.
func (b *Budget) ReceiverLimited() time.Duration {
	return b.ZeroWindow + b.SmallWindow + b.WindowFull
}

// Buffer is what was inferred of the receiver's buffer.
type Buffer struct {
	// Absorbed is the payload acknowledged while nobody read: a lower bound of
	// what the receive buffer can hold.
	Absorbed Estimate
	// LargestWindow stands beside it; it is a poor estimate of the buffer.
	LargestWindow Estimate
	// RcvBuf is the interval for SO_RCVBUF as getsockopt returns it (sk_rcvbuf).
	RcvBuf Estimate
	// ExplicitlySet: the shift is too small for an auto-tuned buffer, so that
	// SO_RCVBUF was set; nil if it can't be told.
	ExplicitlySet *bool
}

// Reader is what was inferred of the receiving application.
type Reader struct {
	// LastRead is the last time at which the right edge rose for reading; nil
	// if unknown.
	LastRead      *int64
	LastReadFrame uint64
	// Rate is how fast it reads, in bytes a second, over the time in which the
	// window limited the stream.
	Rate Estimate
	// AvoidBuffer is the buffer in bytes, and AvoidRate the read rate in bytes
	// a second, with which the worst stall would not have happened.
	AvoidBuffer, AvoidRate Estimate
}

// Verdict is the finding for one stream.
type Verdict struct {
	Stream int64
	// Dir is the direction that the finding is about: see Facts.Main of package
	// cause.
	Dir Dir
	cause.Finding
}
