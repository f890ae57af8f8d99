package analyze

import "winwatch/capture"

// Point is one segment of a stream as charts need it: a copy of its Sample,
// free to keep. Byte counts are Unknown where the Sample's are.
type Point struct {
	// Time is the capture time in nanoseconds since the Unix epoch, clock jumps
	// taken out.
	Time int64
	// Frame is the number of the frame, as Wireshark's frame.number.
	Frame uint64
	// Window, RightEdge, Ack, Seq, SeqEnd and InFlight are as in Sample: bytes,
	// relative to the initial sequence number.
	Window, RightEdge, Ack, Seq, SeqEnd, InFlight int64
	Events                                        Events
	Flags                                         capture.Flags
	// WindowRaw is the window field, not scaled: all there is to draw where the
	// scale is unknown.
	WindowRaw uint16
	// Dir is the direction in which the segment went.
	Dir Dir
	// Rare points outlive thinning as long as the bound allows.
	Rare bool
}
