package cause

import "time"

// Limits are the thresholds of the catalogue. Start from DefaultLimits.
type Limits struct {
	// Grave is the time waited from which a stall is a problem, not a warning: after a second a person notices that something is slow (Nielsen, Usability
	// Engineering, 1993).
	Grave time.Duration
	// LossCount retransmissions, and one of at most LossOneIn data segments, make
	// loss the first suspect. One or two may be a lost tail, and where less than
	// half a percent is lost, a sender seldom notices.
	LossCount, LossOneIn uint64
	// LimitedShare is the share of its time in which a full window must have held a
	// sender back to be worth a note: less than a tenth is hard to notice.
	LimitedShare float64
	// SlowShare: a receiver that stalled several times read too slowly, rather than
	// not at all, if its longest stall is less than this share of the stall time.
	SlowShare float64
}

// DefaultLimits returns the thresholds that the documentation describes.
func DefaultLimits() Limits {
	return Limits{Grave: time.Second, LossCount: 3, LossOneIn: 200, LimitedShare: 0.1, SlowShare: 0.8}
}
