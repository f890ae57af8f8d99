package analyze

// clock turns capture times into a time that does not jump, so that durations
// can be taken from it. Packets are never sorted.
//
// A step back is a jump: time goes on from where it was. A step forward may be
// a pause; it is a jump if the packet after it takes it back, and for that one
// packet is held (see Analyzer.jump).
type clock struct {
	started bool
	last    int64 // capture time of the last packet
	now     int64 // adjusted time of the last packet
	offset  int64 // adjusted = capture time + offset

	jumps     int64
	largest   int64 // ns, signed, of the largest jump
	largestAt uint64
}

// start sets the clock to the time of the first packet.
func (c *clock) start(t int64) {
	if !c.started {
		c.started, c.last, c.now = true, t, t
	}
}

// read advances the clock to capture time t of a frame and returns the
// adjusted time. Steps back of less than step are packets out of order: they
// pass unchanged.
func (c *clock) read(t int64, frame uint64, step int64) int64 {
	if back := c.last - t; back >= step {
		c.note(-back, frame)
		c.offset += back
	}
	c.last = t
	c.now = max(c.now, t+c.offset)
	return t + c.offset
}

// skip passes over a frame whose stamp is known to be wrong: it happened when
// the last one did.
func (c *clock) skip(t int64, frame uint64) int64 {
	c.note(t-c.last, frame)
	return c.now
}

func (c *clock) note(by int64, frame uint64) {
	c.jumps++
	if abs(by) > abs(c.largest) {
		c.largest, c.largestAt = by, frame
	}
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
