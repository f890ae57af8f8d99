package analyze

import "winwatch/capture"

// Point is one segment of a stream for charts: a copy of the Sample that may be
// kept. Byte counts are Unknown where they are in the Sample.
type Point struct {
	// Time is the capture time in nanoseconds since the Unix epoch, with clock jumps
	// removed.
	Time int64
	// Frame is the frame number, as Wireshark's frame.number.
	Frame uint64
	// Window, RightEdge, Ack, Seq, SeqEnd and InFlight are as in Sample: in bytes,
	// sequence numbers relative to the initial one.
	Window, RightEdge, Ack, Seq, SeqEnd, InFlight int64
	Events                                        Events
	Flags                                         capture.Flags
	// WindowRaw is the unscaled window field, for charts where the scale is unknown.
	WindowRaw uint16
	// Dir is the direction in which the segment went.
	Dir Dir
	// Rare points survive thinning as far as the bound allows.
	Rare bool
}
