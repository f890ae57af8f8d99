package cause

import (
	"slices"
	"time"
)

// Case is one direction of a stream while the causes explain its time.
type Case struct {
	Limits *Limits
	Facts  *Facts
	// Dir is the direction. D are its facts, O those of the opposite direction.
	Dir  int
	D, O *Flow

	left Times
	// taker is the cause whose turn it is, takers are those that took the stalls.
	taker  *cause
	takers []*cause
}

// Claim is what a cause explains in one direction.
type Claim struct {
	// Time is the time that it explains.
	Time time.Duration
	// Severity is how bad that is if people can notice it.
	Severity Severity
	// Stands: it is a finding whatever the time, or the verdict where nobody waited.
	Stands bool
	// Stalls are how many stalls it explains, wholly or in part, StallTime the durations of
	// those that it explains wholly, and Longest the longest of them, nil if there is none.
	Stalls    int64
	StallTime time.Duration
	Longest   *Stall
	// Begin and End are the times between which these stalls lie, 0 if there are none or
	// some are no longer listed.
	Begin, End int64
}

// begin makes x the case of a direction before any cause.
func (x *Case) begin(l *Limits, f *Facts, dir int) {
	x.Limits, x.Facts, x.Dir, x.D, x.O = l, f, dir, &f.Flows[dir], &f.Flows[1-dir]
	x.left = x.D.Spent
	x.takers = slices.Grow(x.takers[:0], len(x.D.Stalls))[:len(x.D.Stalls)]
	clear(x.takers)
}

// Left is the time of some kinds that is not explained yet.
func (x *Case) Left(kinds ...Kind) time.Duration { return x.left.Sum(kinds...) }

// take explains all that is left of some kinds.
func (x *Case) take(kinds ...Kind) (sum time.Duration) {
	for _, k := range kinds {
		sum += x.left[k]
		x.left[k] = 0
	}
	return sum
}

// busy is the time in which the sender had something to send.
func (x *Case) busy() time.Duration { return x.Facts.Total - x.D.Spent[Idle] }

// limited returns how bad it is that a limit held a sender back for that long in all.
func (x *Case) limited(wait time.Duration) Severity {
	switch l := x.Limits; {
	case wait >= l.Grave && share(int64(wait), int64(x.busy()), l.MostShare):
		return Warning
	case share(int64(wait), int64(x.Facts.Total), l.LimitedShare):
		return Note
	}
	return OK
}

// pacing is the same for what sets the pace of every transfer that nothing else limits:
// a note where any other limit is a warning.
func (x *Case) pacing(wait time.Duration) Severity {
	if x.limited(wait) == Warning {
		return Note
	}
	return OK
}

// takeSome explains up to d of some kinds, in their order.
func (x *Case) takeSome(d time.Duration, kinds ...Kind) (sum time.Duration) {
	for _, k := range kinds {
		n := min(x.left[k], d-sum)
		x.left[k] -= n
		sum += n
	}
	return sum
}

// windowKinds are the kinds of time that stalls consist of, in the order in which they are
// taken. In a capture of one direction, all time is unjudged. A filled window is data in
// flight until the ACK that closes it, and what is lost then is recovered meanwhile.
var windowKinds = []Kind{Closed, Small, Held, Full, Unjudged, Recovering, Flight}

// takeStalls explains the stalls for which is returns true.
func (x *Case) takeStalls(is func(*Stall) bool) (c Claim) {
	for i := range x.D.Stalls {
		w := &x.D.Stalls[i]
		if x.takers[i] != nil || !is(w) {
			continue
		}
		x.takers[i] = x.taker
		c.Stalls++
		c.StallTime += w.Duration
		c.Time += x.takeSome(w.Duration, windowKinds...)
		if c.Stalls == 1 {
			c.Begin, c.End = w.Begin.Time, w.End.Time
		}
		c.Begin, c.End = min(c.Begin, w.Begin.Time), max(c.End, w.End.Time)
		if c.Longest == nil || w.Duration > c.Longest.Duration {
			c.Longest = w
		}
	}
	c.Severity = x.Limits.severity(c.Time)
	return c
}

// takeEnds explains all that is left of a kind of time that stalls end with or are followed
// by, each for as long as end returns. The stalls of the claim have such an end, and Longest
// is the one with the longest; the stalls themselves are left to other causes.
func (x *Case) takeEnds(k Kind, end func(*Stall) time.Duration) Claim {
	c := Claim{Time: x.take(k)}
	c.Severity = x.Limits.severity(c.Time)
	for i := range x.D.Stalls {
		w := &x.D.Stalls[i]
		if end(w) == 0 {
			continue
		}
		c.Stalls++
		if c.Longest == nil || end(w) > end(c.Longest) {
			c.Longest = w
		}
	}
	return c
}

// takeUnlisted explains the stalls that are no longer listed as part of c.
func (x *Case) takeUnlisted(c *Claim) {
	listed, sum := int64(len(x.D.Stalls)), time.Duration(0)
	for i := range x.D.Stalls {
		sum += x.D.Stalls[i].Duration
	}
	if more := x.D.StallCount - listed; more > 0 {
		c.Stalls += more
		c.Begin, c.End = 0, 0
		c.StallTime += x.D.StallTime - sum
		c.Time += x.takeSome(x.D.StallTime-sum, windowKinds...)
	}
	c.Severity = x.Limits.severity(c.Time)
}

// longest returns the longest stall that is not explained yet, nil if there is none.
func (x *Case) longest() (longest *Stall) {
	for i := range x.D.Stalls {
		if w := &x.D.Stalls[i]; x.takers[i] == nil && (longest == nil || w.Duration > longest.Duration) {
			longest = w
		}
	}
	return longest
}

// tooShort reports whether too few round trips were recorded to show what set the pace.
func (x *Case) tooShort() bool { return x.D.Pace.Rounds < x.Limits.Rounds }

// void reports whether nothing happened in the direction that costs time: it carried no
// data, and no window or answer was waited for. Then no cause but the last of the table
// has anything to claim.
func (x *Case) void() bool {
	f, d := x.Facts, x.D
	return d.DataSegments == 0 && d.StallCount == 0 && d.Captured.Missing == 0 && d.Rewrite.After.Frame == 0 &&
		d.Spent.Sum() == d.Spent[Idle]+d.Spent[Flight] && !f.Refused && !f.Unanswered && !f.OneSided && !f.Renumbered
}
