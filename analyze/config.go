package analyze

import (
	"time"

	"winwatch/analyze/cause"
)

// Config holds every threshold of the analysis. Start from DefaultConfig.
type Config struct {
	Memory
	Probing
	Timing
	Bursts
	Inference
	// Causes holds the thresholds of the catalogue of causes.
	Causes cause.Limits
}

// Memory bounds what the analysis keeps.
type Memory struct {
	// MaxStreams bounds the number of streams in memory. Beyond it, a stream that
	// has ended or has been quiet for long is evicted for each new one
	// (Result.Evicted). With a bound of some thousands or more, each shard gets half
	// of it, so the first eviction can come a little before the bound. The default
	// takes up to some 300 MB, at 600 bytes a stream, which keeps the whole program
	// below 512 MiB.
	MaxStreams int
	// TroubleBytes is the memory for streams in trouble, on top of the memory for
	// MaxStreams quiet ones: some 1,400 bytes each, plus their lists of stalls and
	// probes. Once it is used up, the lists stop growing and fewer streams are kept.
	TroubleBytes int
	// MaxStalls bounds the list of stalls of a direction, MaxProbes the list of
	// probes of a stall; the counts include what is not listed.
	MaxStalls, MaxProbes int
	// MaxVerdicts bounds Result.Verdicts, MaxFrames the frames of one verdict.
	MaxVerdicts, MaxFrames int
	// MaxGroups bounds the groups of findings that are counted at once, at some 500 bytes
	// each. Beyond it, the smallest are summed up in Result.OtherFindings.
	MaxGroups int
	// MaxChained bounds the stalled streams among which those are found that wait for
	// others: those that waited longest.
	MaxChained int
	// MaxHoles bounds the holes remembered for a flow; the oldest are forgotten
	// first. More than a few at a time are rare, and each segment walks all of them.
	MaxHoles int
	// EvictionSample is how many streams are examined to find one to evict: one that
	// has ended, or else the one that has been quiet longest. An exact LRU list would
	// cost two cache misses a packet.
	EvictionSample int
	// TimeWait is how long an ended stream stays worth keeping: a late segment of an
	// evicted stream would begin a new one (Linux: TCP_TIMEWAIT_LEN).
	TimeWait time.Duration
}

// Probing holds the constants that distinguish probes from keep-alives.
type Probing struct {
	// ProbeTimer is the least time after which a stack sends its first probe:
	// Linux's TCP_RTO_MIN, 200 ms, less the granularity of its timers.
	ProbeTimer time.Duration
	// FirstProbe is the longest time after which an empty segment below SND.UNA
	// counts as a first probe, or five round trips if that is longer; later ones are
	// keep-alives, whose interval is at least a second on every stack.
	FirstProbe time.Duration
	// NoProbe is the time after which a sender that has not probed a closed window
	// has nothing to send. The slowest known first probe is BSD's, after 5 s.
	NoProbe time.Duration
	// MaxProbeGap is the longest time between two probes (Linux: TCP_RTO_MAX).
	MaxProbeGap time.Duration
	// ProbeGrowth is the least growth of the gap between probes that counts as backing
	// off. Stacks double the gap, but their timers are coarse.
	ProbeGrowth float64
	// BackoffLow and BackoffHigh bound the growth factor of the gaps that makes
	// probes of segments that could be keep-alives: around 2 (RFC 9293 3.8.6.1,
	// SHLD-30).
	BackoffLow, BackoffHigh float64
	// EvenGaps is the least number of gaps between probes that did not grow which makes
	// keep-alives as likely: a timer may be shortened once (Linux:
	// tcp_clamp_probe0_to_user_timeout).
	EvenGaps uint32
	// RefusedCopies is how many copies of the same data must have been answered by a
	// repeated ACK to count as refused: one may be a coincidence.
	RefusedCopies uint32
	// RateLimit is the time in which a stack answers at most one out-of-window
	// segment: net.ipv4.tcp_invalid_ratelimit, 500 ms.
	RateLimit time.Duration
	// SilentProbes is how many probes in a row that were due an answer must get none for
	// the receiver to count as silent: one missing answer is a lost packet.
	SilentProbes int
}

// Timing holds the durations that distinguish events.
type Timing struct {
	// MinStall is the least duration of a listed stall whose window was never 0: one
	// probe timer, the least that such a stall costs.
	MinStall time.Duration
	// HeldTrips is how many round trips the window must stay too small, with nothing in
	// flight, for the receiver to hold the sender back: an update sent when the
	// application reads at once arrives within one, and its ACK may be delayed by
	// another.
	HeldTrips float64
	// LateACK is how much later than a round trip an ACK must come to count as delayed:
	// a bit less than the least delay of a stack (Linux: TCP_DELACK_MIN, 40 ms). AtOnce
	// is how soon after it a sender sends what it held back: no application but the
	// kernel does that. NagleTimes is how often that must happen to be no coincidence.
	LateACK, AtOnce time.Duration
	NagleTimes      uint32
	// Pause is how long a sender must be silent, with nothing in flight and the
	// window open, to count as out of data: longer than a delayed ACK takes (RFC 9293
	// 3.8.6.3: less than 500 ms; Linux: 40 to 200 ms).
	Pause time.Duration
	// Promptly is how soon a sender that was held back sends once the window opens,
	// if two round trips are less: the time a host needs to act on a segment.
	Promptly time.Duration
	// FarAway is the least round trip for which it matters at which end the capture
	// was taken. It must exceed the processing time of the hosts.
	FarAway time.Duration
	// Defer is how long after its last segment a sender waits at the most for room for a
	// burst, with data to send and room for a segment: 1 ms, and until the next ACK, if that
	// is due within 1 ms, too (Linux: tcp_tso_should_defer). It may come as late again.
	Defer time.Duration
	// DelayedACK is the longest time for which a receiver delays an ACK (RFC 9293
	// 3.8.6.3: less than 500 ms). SlowACK is the longest for which a sender waits for
	// its first ACK before it sends again: the initial RTO, 1 s (RFC 6298) or, in older
	// stacks, 3 s (RFC 1122 4.2.3.1). Longer times are no round trips.
	DelayedACK, SlowACK time.Duration
	// ClockStep is the least step back in time that counts as a clock jump; smaller
	// ones are packets out of order. ClockLeap is the least step forward that needs
	// confirmation by the next packet: pauses of a minute are common, a time stamp
	// that goes back afterwards is not.
	ClockStep, ClockLeap time.Duration
	// Duplicate is the longest time between two captures of one packet, on a bridge
	// or on both ends of a veth pair on one host.
	Duplicate time.Duration
	// PointDelay is the longest time between the captures of one packet at two points
	// of its path. It exceeds the delay to a satellite and back to earth, 0.27 s, and is
	// below the first repetition of a SYN, 1 s (RFC 6298 2.1).
	PointDelay time.Duration
	// Reordering is the longest delay of an overtaken segment, unless the round trip to its
	// sender is longer; later ones are
	// retransmissions (as in Wireshark).
	Reordering time.Duration
}

// Bursts holds what makes a burst that a sender waits for room for, once the window was full
// (Linux: tcp_tso_should_defer).
type Bursts struct {
	// BurstShare is the part of the window that is always enough: a third
	// (net.ipv4.tcp_tso_win_divisor). Burst is how many bytes are: what the network card
	// cuts into segments at once (Linux: GSO_LEGACY_MAX_SIZE).
	BurstShare, Burst int64
}

// Inference holds the constants that buffer sizes are inferred with.
type Inference struct {
	// UnreadError is the largest error of a number of unread bytes, as a part of it: what
	// may have been read before must be less, or there is only an upper bound.
	UnreadError float64
	// PaceSpread is the factor within which the pace of an application that reads a little
	// at a time stays from stall to stall: its own timer and the window's steps blur it.
	PaceSpread float64
	// BufferFactor is the greatest ratio of the payload that a receiver accepted
	// while nobody read to the largest window it advertised. Linux before 6.6
	// advertised half of the free space (tcp_adv_win_scale) but accepted the rest
	// too; a tenth is added for what arrives at the end.
	BufferFactor float64
	// PacketOverhead is the memory that the kernel needs for a received packet on top
	// of its payload, in bytes: struct sk_buff, skb_shared_info and the rounding of
	// the data (Linux: SKB_TRUESIZE). A packet coalesced with the previous one costs
	// less.
	PacketOverhead int64
}

// DefaultConfig returns the thresholds that the documentation describes.
func DefaultConfig() Config {
	return Config{
		Memory: Memory{
			MaxStreams:     1 << 19,
			TroubleBytes:   48 << 20,
			MaxStalls:      256,
			MaxProbes:      32,
			MaxVerdicts:    64,
			MaxFrames:      64,
			MaxGroups:      4096,
			MaxChained:     1024,
			MaxHoles:       16,
			EvictionSample: 32,
			TimeWait:       time.Minute,
		},
		Probing: Probing{
			ProbeTimer:  180 * time.Millisecond,
			FirstProbe:  950 * time.Millisecond,
			NoProbe:     10 * time.Second,
			MaxProbeGap: 120 * time.Second,
			ProbeGrowth: 1.3,
			BackoffLow:  1.6,
			BackoffHigh: 2.6,
			RateLimit:   500 * time.Millisecond,

			SilentProbes:  2,
			RefusedCopies: 2,
			EvenGaps:      2,
		},
		Timing: Timing{
			MinStall:   180 * time.Millisecond,
			HeldTrips:  2,
			LateACK:    30 * time.Millisecond,
			AtOnce:     time.Millisecond,
			NagleTimes: 3,
			Pause:      200 * time.Millisecond,
			Promptly:   10 * time.Millisecond,
			FarAway:    time.Millisecond,
			Defer:      time.Millisecond,
			DelayedACK: 500 * time.Millisecond,
			SlowACK:    3 * time.Second,
			ClockStep:  100 * time.Millisecond,
			ClockLeap:  time.Minute,
			Duplicate:  2 * time.Millisecond,
			PointDelay: 500 * time.Millisecond,
			Reordering: 3 * time.Millisecond,
		},
		Bursts:    Bursts{BurstShare: 3, Burst: 1 << 16},
		Inference: Inference{UnreadError: 0.02, PaceSpread: 3, BufferFactor: 2.2, PacketOverhead: 832},
		Causes:    cause.DefaultLimits(),
	}
}
