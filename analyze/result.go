package analyze

import (
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
// Times are nanoseconds since the Unix epoch by the clock of the capture, with its
// jumps removed: the time stamp of the packet as long as the clock has not jumped.
// So an end never precedes its begin, and durations are differences of times. Spans are
// time.Duration, byte counts int64. A nil pointer or an Estimate without a value means
// unknown: never 0, never a guess.
type Result struct {
	// Input counts what the reader read and skipped.
	Input capture.Counters
	// Damage lists where the input was broken.
	Damage []*capture.DamageError
	// Segments is the number of TCP segments analyzed, those captured twice included;
	// Duplicates is the number of second captures, which count nowhere else.
	Segments, Duplicates uint64
	// StreamCount is the number of streams, including those no longer kept.
	StreamCount int64
	// Begin is the time of the first packet, End the latest time of any, and Span the
	// time between them. All other times are within it.
	Begin, End int64
	Span       time.Duration
	// Bytes is the payload on the wire: with retransmissions, without duplicates.
	Bytes int64

	// Stalls, Probes, KeepAlives, ZeroWindows and Retransmissions are totals over all
	// streams; StallTime is the total duration of the stalls.
	Stalls, Probes, KeepAlives, ZeroWindows, Retransmissions int64
	StallTime                                                time.Duration
	// StalledStreams is the number of streams with at least one stall.
	StalledStreams int64

	// Verdicts are the findings, worst first, at most Config.MaxVerdicts.
	Verdicts []Verdict
	// Findings are the findings of all streams by cause and place, worst first, at most
	// Config.MaxVerdicts; OtherFindings sums up the others. Streams that were evicted
	// without having stalled are in neither.
	Findings      []Group
	OtherFindings Rest
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

// Verdict is the finding for one stream.
type Verdict struct {
	Stream int64
	// Dir is the direction that the finding is about: see cause.Facts.Main.
	Dir Dir
	cause.Finding
}
