package analyze

import (
	"math"
	"time"
)

// clock turns capture times into adjusted times that do not jump, so that their
// differences are durations. Packets are never sorted.
//
// A step back is a jump: the adjusted time continues from where it was. A step
// forward may be a pause; it is a jump if the next packet steps back again. One packet
// that is far from both of its neighbours has a wrong time stamp, which is ignored. So a
// packet far from the previous one is held until the next one (see Analyzer.jump).
// Nothing happens before the first packet: packets that are stamped a little earlier get
// its time.
type clock struct {
	started bool
	last    int64 // capture time of the last packet
	now     int64 // adjusted time of the last packet
	offset  int64 // adjusted = capture time + offset
	// low and high bound the adjusted time; low is the time of the first packet.
	low, high int64

	jumps     int64
	largest   int64 // ns, signed, of the largest jump
	largestAt uint64
}

// longest is how far the adjusted time can get from the first packet: 73 years.
const longest = 1 << 61

// absurd is a step that is no pause, even if no later packet shows that: a year.
const absurd = int64(365 * 24 * time.Hour)

// oldest is the time of the earliest captures: tcpdump was written in 1988.
var oldest = time.Date(1988, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// start sets the clock to the time of the first packet or, if a clock that was never set or
// one that ran ahead stamped it, of the second.
func (c *clock) start(first, second int64) {
	if by := apart(first, second); by >= absurd && first < oldest || by <= -absurd && second >= oldest {
		first = second
	}
	c.started, c.last, c.now = true, first, first
	c.low, c.high = first, plus(first, longest)
}

// read advances the clock to capture time t of a frame and returns the adjusted
// time. A step back shorter than step is a packet out of order, not a jump.
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

// skip ignores the time stamp of a frame, which is known to be wrong, and returns
// the time of the previous frame instead.
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

// plus returns a + b, saturating.
func plus(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

// apart returns b - a, saturating.
func apart(a, b int64) int64 {
	if a == math.MinInt64 { // -a would overflow
		a++
	}
	return plus(b, -a)
}
