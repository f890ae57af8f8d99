package cause

import (
	"net/netip"
	"time"
)

// Facts are what the causes judge a stream by.
type Facts struct {
	// Server is the end that the connection was opened to, as far as known.
	Server netip.AddrPort
	// Refused: an RST answered the SYN. Unanswered: nothing did.
	Refused, Unanswered bool
	// OneSided: only segments of one direction were captured.
	OneSided bool
	// Dropped: the capture itself reports missed packets.
	Dropped bool
	// Renumbered: the packets carry sequence numbers of two kinds.
	Renumbered bool
	// HalfScaled: one SYN carried the window scale option, and the other did not.
	HalfScaled bool
	// Total is the duration of the stream.
	Total time.Duration
	// First and Last are the first and the last segment of the stream in the capture.
	// RefusedAt is the RST, as far as nothing came after it.
	First, Last, RefusedAt Mark
	// Flows are the two directions, client to server first.
	Flows [2]Flow
}

// Flow is one direction: the data of Sender, and the window of Receiver.
type Flow struct {
	Sender, Receiver netip.AddrPort
	// Segments counts all segments from Sender, DataSegments those with payload.
	Segments, DataSegments uint64
	// Retransmissions counts segments sent again: data, SYN or FIN; DataRetransmissions
	// those with payload.
	Retransmissions, DataRetransmissions uint64
	Bytes                                int64
	// RTT is the smallest round trip, 0 if unknown.
	RTT time.Duration
	// LargestWindow is the largest window that Receiver advertised, in bytes; 0 while
	// the scale is unknown.
	LargestWindow int64
	// Captured is how much of it the capture shows.
	Captured Captured
	// UsualWindow is the same outside SYN segments.
	UsualWindow int64
	// NearReceiver: the capture point is closer to Receiver, so that the ACKs hide what is
	// in flight.
	NearReceiver bool
	// ToSender is the round trip between the capture point and Sender, 0 if unknown.
	ToSender time.Duration
	// MaxSegment is the largest payload. MSS is the largest that Receiver takes, as its SYN
	// says; 0 is unknown.
	MaxSegment, MSS int64
	// Pace is what the round trips and the losses showed.
	Pace Pace
	// Spent is what the time of the stream was spent on in this direction: every moment
	// is in one kind.
	Spent Times
	// Refused is the data within the open window that Receiver got and refused, and
	// RefusedShut what it refused while it kept the window closed.
	Refused, RefusedShut Refusal
	// Overrun is the data that Sender sent past the right edge and had to send again.
	Overrun Overrun
	// Rewrite is how a device changed the scale of Receiver's window. Misread is how
	// Receiver scales its window although neither side should.
	Rewrite Rewrite
	Misread Misread
	// Unscaled: Receiver's window never fell to half of what it was in its SYN, as it does
	// where a receiver scales it.
	Unscaled bool
	// BareLoss is what was lost past the bare window field, if nothing else was.
	BareLoss BareLoss
	// Withdrawn is the furthest that Receiver moved its right edge back at once.
	Withdrawn Withdrawal
	// MeanSegment is the mean payload of the segments with data; 0 if there are none.
	MeanSegment int64
	// Stalls are the stalls in which the sender waited or may have waited, the longest
	// ones in the order in which they began. StallCount and StallTime include those
	// that are no longer listed.
	Stalls     []Stall
	StallCount int64
	StallTime  time.Duration
	// Silence is at the end of the stream: data was sent again and again, and nothing came
	// back.
	Silence Silence
	// Doubtful is the duration of stalls in which the sender probed for something that it
	// never sent, after it had nothing to send: a FIN, probably. They are not in Stalls.
	Doubtful time.Duration
	// Probes were sent by Sender, ProbeAnswers by Receiver.
	Probes, ProbeAnswers uint64
	// Acked is the payload that Receiver acknowledged.
	Acked int64
	// Behind is set if Receiver waits for another stream: see Catalogue.Chains.
	Behind *Behind
}

// Silence is a time at the end of a stream in which data was sent again and again, and
// nothing came from the receiver. Unanswered of the copies were due an answer; it is 0 if
// there was no such time.
type Silence struct {
	Since      Mark
	Duration   time.Duration
	Unanswered int64
}

// Kind is what a moment of a direction was spent on.
type Kind uint8

// The kinds of time.
const (
	// Closed: the window was 0.
	Closed Kind = iota
	// Small: nothing was in flight, and the window was too small for the next segment.
	Small
	// Full: data was in flight, and the rest of the window was too small for the next
	// segment, for about a round trip at a time.
	Full
	// Held: as Small and Full, but for much longer than a round trip at a time.
	Held
	// Recovering: data that was lost was being recovered.
	Recovering
	// Refusing: the receiver refused data that lay within its window.
	Refusing
	// Delayed: a small write waited for an ACK that the receiver delayed.
	Delayed
	// Silent: what was due an answer got none, until the stream ended.
	Silent
	// Unaware: the window had opened, and the sender did not know.
	Unaware
	// Stuck: the sender had data, the window was open, and it sent nothing.
	Stuck
	// Flight: data was in flight, and the window had room for more.
	Flight
	// Idle: the sender had nothing to send.
	Idle
	// Unjudged: the capture does not show enough.
	Unjudged
	// Kinds is the number of kinds.
	Kinds
)

// Times are durations by kind.
type Times [Kinds]time.Duration

// Sum returns the total of some kinds, or of all if none is named.
func (t *Times) Sum(kinds ...Kind) (sum time.Duration) {
	if len(kinds) == 0 {
		for _, d := range t {
			sum += d
		}
	}
	for _, k := range kinds {
		sum += t[k]
	}
	return sum
}

// Move changes the kind of some time, as much as there is of it, and returns how much.
func (t *Times) Move(from, to Kind, d time.Duration) time.Duration {
	d = min(max(d, 0), t[from])
	t[from] -= d
	t[to] += d
	return d
}

// Limited is the time in which the receiver's window held the sender back.
func (d *Flow) Limited() time.Duration { return d.Spent.Sum(Closed, Small, Full, Held) }

// Mark is a place in a capture: a frame, 0 if there is none, and its time in
// nanoseconds since the Unix epoch.
type Mark struct {
	Frame uint64
	Time  int64
}

// Stall is a time in which the receiver's window kept the sender from sending.
type Stall struct {
	Begin, End Mark
	// Duration is how long the window is known to have kept the sender from sending.
	Duration time.Duration
	// Zero is the first window of 0, Heard the receiver's last sign of life before the
	// stall ended; neither has a frame if the window was never 0. After it, Unanswered probes or
	// retransmissions that were due an answer got none, for Silent: the end of the
	// stall, which Duration does not include.
	Zero, Heard Mark
	Silent      time.Duration
	Unanswered  int64
	// Open: it was still on when the capture ended. BeganBefore: it was already on in
	// the first segment captured.
	Open, BeganBefore bool
	// Early: it began before the receiver had taken any data.
	Early bool
	// WasZero: the window was 0, not merely too small. ByTimer: it was too small, and
	// the sender's timer sent what fits.
	WasZero, ByTimer bool
	// AfterKeepAlives: before it, the sender kept the connection alive with the window closed,
	// so it had nothing to send then.
	AfterKeepAlives bool
	// Even: the gaps between its probes did not grow, as those of keep-alives.
	Even bool
	// How it ended, unless the window opened.
	ResetByReceiver, ResetBySender, GaveUp bool
	// Waiting: the sender is known to have had data to send.
	Waiting bool
	// Asked: the window opened only with the answer to a probe, or to what the sender's
	// timer sent. OpenedTo is the window that ended it in bytes, 0 if unknown or if it did
	// not open.
	Asked    bool
	OpenedTo int64
	// Mutual is how long the opposite window was closed as well.
	Mutual time.Duration
	// Unaware is how long after End the sender went on probing. Stuck is for how long
	// after that it sent nothing.
	Unaware, Stuck time.Duration
	// KeepAlives is how many keep-alives the sender sent. DataProbed: the last probe,
	// LastProbe, carried data that was not accepted.
	KeepAlives int64
	DataProbed bool
	LastProbe  Mark
	// Unread is the number of unread bytes at the receiver or, if UnreadAtMost is set, an
	// upper bound of it; 0 if nothing is known.
	Unread       int64
	UnreadAtMost bool
	// Offered is the largest window that the receiver had advertised when the stall began,
	// and TakenBack how far its right edge was behind the furthest one, in bytes; 0 if
	// unknown.
	Offered, TakenBack int64
	// Probes is how many probes the sender sent. NextProbe is how long after the last
	// probe the next one is due, 0 if unknown.
	Probes    int64
	NextProbe time.Duration
	// Frames prove the stall. They are left out where only the judgement matters.
	Frames []uint64
}

// Main is the direction that the finding is about if there is nothing else to choose it
// by: the one with more stall time or, if equal, with more data, captured or not.
func (f *Facts) Main() int {
	c, s := &f.Flows[0], &f.Flows[1]
	if s.StallTime > c.StallTime || s.StallTime == c.StallTime && s.Bytes+s.Captured.Missing > c.Bytes+c.Captured.Missing {
		return 1
	}
	return 0
}
