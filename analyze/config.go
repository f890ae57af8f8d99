package analyze

import (
	"time"

	"winwatch/analyze/cause"
)

// Config holds every threshold of the analysis. Start from DefaultConfig.
type Config struct {
	// MaxStreams bounds the number of streams kept in memory; when one more
	// comes, one that is over or was quiet for long is let go (Result.Evicted).
	// From some thousands on each shard has its half, so that the first goes
	// shortly before there are as many. The default takes some 300 MB if it is used
	// up, at 600 bytes a stream, so that the whole program stays below 512 MiB.
	MaxStreams int
	// TroubleBytes is the memory for what streams in trouble need, beside what as
	// many quiet ones as MaxStreams take: some 1,200 bytes each, and their lists of
	// stalls and probes. If all of it is used, the lists do not grow, and fewer
	// streams are kept.
	TroubleBytes int
	// MaxStalls and MaxProbes bound what is kept of one direction's stalls and
	// of one stall's probes; the counts go on.
	MaxStalls, MaxProbes int
	// MaxVerdicts bounds Result.Verdicts, MaxFrames the frames of one verdict.
	MaxVerdicts, MaxFrames int

	// ProbeTimer is the least time after which a stack sends its first probe:
	// Linux's TCP_RTO_MIN, 200 ms, less the granularity of its timers.
	ProbeTimer time.Duration
	// FirstProbe is the longest time after which an empty segment below
	// SND.UNA is taken for a first probe, or five round trips if they are
	// longer; later ones are keep-alives, whose least interval is a
	// second on every stack.
	FirstProbe time.Duration
	// NoProbe is the time after which a sender that has not probed a closed
	// window has nothing to send: BSD's first probe comes after 5 s, the latest
	// that is known.
	NoProbe time.Duration
	// RateLimit is the time in which a stack answers at most one segment that
	// is out of its window: net.ipv4.tcp_invalid_ratelimit, 500 ms.
	RateLimit time.Duration
	// MinStall is the least length of a stall that is listed although the
	// window never was 0.
	MinStall time.Duration
	// Causes are the thresholds of the catalogue of causes.
	Causes cause.Limits
	// Pause is how long a sender must be silent, with nothing in flight and the
	// window open, to count as having had nothing more to send.
	Pause time.Duration
	// ClockStep is the least step back in time that counts as a clock jump;
	// smaller ones are packets out of order. ClockLeap is the least step
	// forward that is doubted when the next packet takes it back.
	ClockStep, ClockLeap time.Duration
	// Duplicate is the longest time between two captures of one packet.
	Duplicate time.Duration
	// Reordering is the longest delay of a segment that was overtaken; later
	// ones are retransmissions (as Wireshark does).
	Reordering time.Duration
}

// DefaultConfig returns the thresholds that the documentation speaks of.
func DefaultConfig() Config {
	return Config{
		MaxStreams:   1 << 19,
		TroubleBytes: 48 << 20,
		MaxStalls:    256,
		MaxProbes:    32,
		MaxVerdicts:  64,
		MaxFrames:    64,
		ProbeTimer:   180 * time.Millisecond,
		FirstProbe:   950 * time.Millisecond,
		NoProbe:      10 * time.Second,
		RateLimit:    500 * time.Millisecond,
		MinStall:     180 * time.Millisecond,
		Causes:       cause.DefaultLimits(),
		Pause:        200 * time.Millisecond,
		ClockStep:    100 * time.Millisecond,
		ClockLeap:    time.Minute,
		Duplicate:    2 * time.Millisecond,
		Reordering:   3 * time.Millisecond,
	}
}
