package analyze

import "math"

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
	// low and high bound the adjusted time.
	low, high int64

	jumps     int64
	largest   int64 // ns, signed, of the largest jump
	largestAt uint64
}

// longest is how far from its first packet a capture's time can go, 73 years: the
// difference of any two such times is a duration that an int64 holds.
const longest = 1 << 61

// start sets the clock to the time of the first packet.
func (c *clock) start(t int64) {
	if !c.started {
		c.started, c.last, c.now = true, t, t
		c.low, c.high = plus(t, -longest), plus(t, longest)
	}
}

// read advances the clock to capture time t of a frame and returns the
// adjusted time. Steps back of less than step are packets out of order: they
// pass unchanged.
func (c *clock) read(t int64, frame uint64, step int64) int64 {
	if back := apart(t, c.last); back >= step {
		c.note(-back, frame)
		c.offset = plus(c.offset, back)
	}
	c.last = t
	now := min(max(plus(t, c.offset), c.low), c.high)
	c.now = max(c.now, now)
	return now
}

// skip passes over a frame whose stamp is known to be wrong: it happened when
// the last one did.
func (c *clock) skip(t int64, frame uint64) int64 {
	c.note(apart(c.last, t), frame)
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

// plus is a + b, or the end of time on that side.
func plus(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

// apart is the time from a to b, or the longest that there is.
func apart(a, b int64) int64 {
	if a == math.MinInt64 { // which has no negative
		a++
	}
	return plus(b, -a)
}
