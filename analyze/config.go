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
	Inference
	// Causes are the thresholds of the catalogue of causes.
	Causes cause.Limits
}

// Memory bounds what the analysis keeps.
type Memory struct {
	// MaxStreams bounds the number of streams in memory. When there is one more, a
	// stream that has ended or was quiet for long is evicted (Result.Evicted). From
	// some thousands on each shard has half of them, so that the first eviction
	// comes shortly before the bound. The default takes some 300 MB if used up, at
	// 600 bytes a stream, so that the whole program stays below 512 MiB.
	MaxStreams int
	// TroubleBytes is the memory for what streams in trouble need beyond what
	// MaxStreams quiet ones take: some 1,200 bytes each, and their lists of stalls
	// and probes. Once it is used up, the lists stop growing, and fewer streams are
	// kept.
	TroubleBytes int
	// MaxStalls and MaxProbes bound the lists of one direction's stalls and of one
	// stall's probes; the counts go on.
	MaxStalls, MaxProbes int
	// MaxVerdicts bounds Result.Verdicts, MaxFrames the frames of one verdict.
	MaxVerdicts, MaxFrames int
	// MaxHoles bounds the holes in the data that are remembered of a flow: the last
	// ones. More than a few at a time are rare, and each segment walks all of them.
	MaxHoles int
	// EvictionSample is how many streams are looked at to find one to evict: one
	// that has ended, or else the one that was quiet longest. A list in the order of
	// last use would find the very last, but would cost two cache misses a packet.
	EvictionSample int
	// TimeWait is how long after its end a stream may still see a late segment, which
	// would otherwise begin a new one (Linux: TCP_TIMEWAIT_LEN).
	TimeWait time.Duration
}

// Probing tells probes from keep-alives.
type Probing struct {
	// ProbeTimer is the least time after which a stack sends its first probe:
	// Linux's TCP_RTO_MIN, 200 ms, less the granularity of its timers.
	ProbeTimer time.Duration
	// FirstProbe is the longest time after which an empty segment below SND.UNA
	// counts as a first probe, or five round trips if that is longer; later ones are
	// keep-alives, whose interval is at least a second on every stack.
	FirstProbe time.Duration
	// NoProbe is the time after which a sender that has not probed a closed window
	// has nothing to send: the latest first probe known is BSD's, after 5 s.
	NoProbe time.Duration
	// MaxProbeGap is the longest time between two probes (Linux: TCP_RTO_MAX).
	MaxProbeGap time.Duration
	// ProbeGrowth is the factor by which a gap between probes must have grown to
	// count as backing off. Stacks double it; their timers are coarse.
	ProbeGrowth float64
	// BackoffLow and BackoffHigh bound the growth of the gap between two segments
	// that are probes although each alone could be a keep-alive: around 2 (RFC 9293
	// 3.8.6.1, SHLD-30).
	BackoffLow, BackoffHigh float64
	// RateLimit is the time in which a stack answers at most one segment that is out
	// of its window: net.ipv4.tcp_invalid_ratelimit, 500 ms.
	RateLimit time.Duration
}

// Timing are the spans of time that tell one event from another.
type Timing struct {
	// MinStall is the least length of a stall that is listed although the window
	// never was 0: one probe timer, which is what such a stall costs at least.
	MinStall time.Duration
	// Pause is how long a sender must be silent, with nothing in flight and the
	// window open, to count as having had nothing more to send: longer than a
	// delayed ACK takes (RFC 9293 3.8.6.3: less than 500 ms; Linux: 40 to 200 ms).
	Pause time.Duration
	// Promptly is how soon after the window opened a sender that was held back sends
	// again, if two round trips are less: what a host needs to act on a segment.
	Promptly time.Duration
	// FarAway is the round trip from which it matters at which end the capture was
	// taken: it must exceed what the hosts themselves take.
	FarAway time.Duration
	// ClockStep is the least step back in time that counts as a clock jump; smaller
	// ones are packets out of order. ClockLeap is the least step forward that is
	// doubted until the next packet: pauses of a minute are common, but a packet
	// that takes one back is not.
	ClockStep, ClockLeap time.Duration
	// Duplicate is the longest time between two captures of one packet, by a bridge
	// or both ends of a veth pair on one host.
	Duplicate time.Duration
	// Reordering is the longest delay of a segment that was overtaken; later ones
	// are retransmissions (as in Wireshark).
	Reordering time.Duration
}

// Inference bounds what is inferred of buffers.
type Inference struct {
	// BufferFactor is the most by which the payload that a receiver took with nobody
	// reading can exceed the largest window it advertised: Linux before 6.6
	// advertised half of the free space (tcp_adv_win_scale) and took the rest all
	// the same; a tenth is left for what arrives at the end.
	BufferFactor float64
	// PacketOverhead is what the kernel needs for a received packet beside its
	// payload, in bytes: struct sk_buff and skb_shared_info, and the rounding of its
	// data (Linux: SKB_TRUESIZE). A packet that is coalesced with the one before
	// costs less.
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
		},
		Timing: Timing{
			MinStall:   180 * time.Millisecond,
			Pause:      200 * time.Millisecond,
			Promptly:   10 * time.Millisecond,
			FarAway:    time.Millisecond,
			ClockStep:  100 * time.Millisecond,
			ClockLeap:  time.Minute,
			Duplicate:  2 * time.Millisecond,
			Reordering: 3 * time.Millisecond,
		},
		Inference: Inference{BufferFactor: 2.2, PacketOverhead: 832},
		Causes:    cause.DefaultLimits(),
	}
}
