package cause

// Captured is how much of a direction the capture shows.
type Captured struct {
	// Missing is the payload that Receiver acknowledged and the capture does not have. It
	// is missing in Gaps places, at most LargestGap bytes in one; FirstGap is the segment
	// that showed the first.
	Missing, Gaps, LargestGap int64
	FirstGap                  Mark
	// ScaleUnknown: the window field is known, the window is not. It is the field shifted
	// by MinShift or more.
	ScaleUnknown bool
	MinShift     uint8
	// LargestField is the largest window field, InFlight the most bytes in flight.
	LargestField, InFlight int64
}

// missingShare is the share of the payload that the capture misses.
func (d *Flow) missingShare() float64 {
	return float64(d.Captured.Missing) / float64(max(d.Bytes+d.Captured.Missing, 1))
}

// isHidden reports whether the capture misses whole round trips: more in one place than
// a sender can send without an ACK. Packets that are lost at random leave gaps of a
// few; this is what a device does that carries the middle of a stream past the
// capture (offload), or a capture that was paused.
func (d *Flow) isHidden() bool {
	most := d.LargestWindow
	if c := &d.Captured; c.ScaleUnknown {
		most = c.LargestField << 14 // the largest scale (RFC 7323 2.3)
	}
	return d.Captured.LargestGap > most
}
