package analyze

import (
	"time"
)

// StallEnd says how a stall ended.
type StallEnd string

// The ways a stall can end.
const (
	EndWindowUpdate    StallEnd = "window-update"
	EndProbeAnswer     StallEnd = "probe-answer"
	EndDataAccepted    StallEnd = "data-accepted" // with the ACK of a probe byte, or of what a timer sent
	EndSenderTimer     StallEnd = "sender-timer"  // it sent what fits; the window never was 0
	EndResetByReceiver StallEnd = "reset-by-receiver"
	EndResetBySender   StallEnd = "reset-by-sender"
	EndFIN             StallEnd = "fin"
	EndGaveUp          StallEnd = "gave-up"
	EndCaptureEnded    StallEnd = "capture-ended"
)

// reset reports whether the stream was reset.
func (w *Stall) reset() bool { return w.EndedBy == EndResetByReceiver || w.EndedBy == EndResetBySender }

// opened reports whether the window opened.
func (e StallEnd) opened() bool {
	return e == EndWindowUpdate || e == EndProbeAnswer || e == EndDataAccepted
}

// Stall is a time in which the receiver's window, not the network and not the
// sender's application, kept the sender from sending.
type Stall struct {
	// Begin is when the window began to hold the sender back. It can precede the
	// first zero window.
	Begin      int64
	BeginFrame uint64
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
	// Heard and HeardFrame are the receiver's last sign of life before the stall ended:
	// until then, its window is known to have been closed. HeardFrame is 0 if it never was
	// 0.
	Heard      int64
	HeardFrame uint64
	// Unanswered is how many probes and retransmissions since then were due an answer
	// and got none. If they are at least Config.SilentProbes, Silent is the time since
	// then, which says nothing about the receiver's application.
	Silent     time.Duration
	Unanswered uint32
	// refused counts the copies of data that the receiver refused during the stall.
	refused uint32
	// taken is the payload that the receiver acknowledged during the stall, at
	// most 4 GiB.
	taken uint32
	// offer is what the receiver had offered when the stall began.
	offer offer
	// BeganBeforeCapture: the window was already closed in the first segment captured.
	BeganBeforeCapture bool
	// AfterKeepAlives: until it began, the sender sent keep-alives, so it had nothing to
	// send.
	AfterKeepAlives bool
	// Asked: it ended with the answer to a probe, or to the data that the sender's timer
	// sent, not with a window update of the receiver's own accord.
	Asked bool
	// early: the window was 0 before the receiver had taken any data.
	early bool
	// OpenedTo is the window that ended it, in bytes; nil if it did not end with an open
	// window, or if the scale is unknown.
	OpenedTo *int64
	// Mutual is how long the opposite window was closed as well.
	Mutual time.Duration
	// Unaware is how long after End the sender did not know that the window had opened:
	// it went on probing, so the window update never reached it.
	Unaware time.Duration
	// Stuck is how long the sender sent nothing, not even a probe, although it had data,
	// the window was open, and the next probe had been due. It follows Unaware.
	Stuck time.Duration
	// Backoff is the factor by which the gaps between probes grew; 0 if unknown.
	Backoff float64
	// NextProbeDue is when the next probe would have been sent if the stall was still
	// on, which is how long a lost window update can delay the sender. It is nil if
	// unknown, and if the receiver is silent, since the sender may give up first.
	NextProbeDue *int64
	// Released is the new data sent after the stall until the sender paused; nil if
	// the stall did not end with an open window.
	Released *int64
	// Burst is the part of Released sent before the receiver acknowledged any of it:
	// it was in the sender's socket when the window opened.
	Burst *int64
	// flat counts the gaps between its probes that did not grow; even: there are so many that
	// they may be keep-alives.
	flat uint32
	even bool
	// Blame names, in words, what could have ended the stall sooner.
	Blame string
}

// ProbeForm is the shape of a probe.
type ProbeForm string

// The forms of probes; docs/how-it-works.md lists which stack sends which.
const (
	ProbeEmpty     ProbeForm = "empty"     // 0 bytes at SND.UNA - 1: Linux, Zephyr
	ProbePush      ProbeForm = "push"      // 0 bytes, PSH, at SND.NXT: picoTCP
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
	// next probe followed at once and was answered), "not-due" (an empty segment at the
	// left edge of a zero window is acceptable, and nobody acknowledges what is empty;
	// RFC 9293 3.10.7.4), "capture-ended" (too soon to tell) or "peer-silent". It is
	// empty if the probe was answered.
	Silence string
}
