package cause

import "time"

// Pace is what the round trips of a direction showed. It is empty for the many directions
// with few round trips, no losses and no waits.
type Pace struct {
	// Rounds is the number of round trips recorded, of a long stream only some. In Roomy of
	// them the window had room for twice what was in flight. Next of them followed directly
	// on the one recorded before, Clocked of these as soon as its ACK came: the sender had
	// data, and only waited for the ACK.
	Rounds, Roomy, Next, Clocked int64
	// MeanRTT is the mean of the round trips, LongestRTT the longest.
	MeanRTT, LongestRTT time.Duration
	// Most is the most bytes in flight.
	Most   int64
	MostAt Mark
	// Steady bytes were in flight, give or take a segment or an eighth, in SteadyRounds
	// round trips in a row, until SteadyAt; in SteadyRoomy of these the window had that room.
	Steady, SteadyRounds, SteadyRoomy int64
	SteadyAt                          Mark
	// Cuts is how often less than three quarters of what was in flight before was in
	// flight, LossCuts how often there was a loss in between. The last time it was cut from
	// CutFrom. Grew is how often it grew by a segment or more.
	Cuts, LossCuts, Grew int64
	CutFrom              int64
	CutAt                Mark
	// BareRounds is the most round trips in a row in which just as many bytes were in
	// flight as the window field says, BareField, although it should be shifted.
	BareRounds, BareField int64
	BareFrom, BareTo      Mark
	// QueueGrowth is the correlation of round trips with what was in flight: near 1, the
	// stream itself fills a queue.
	QueueGrowth float64
	// Rate is how many bytes a second were acknowledged in these round trips, Fastest the
	// most in one of them.
	Rate, Fastest int64
	// Recoveries counts the recoveries from losses, Spurious those in which nothing was
	// lost, and ByTimer those that a timer began.
	Recoveries, Spurious, ByTimer int64
	FirstLoss, LastLoss           Mark
	// Delays counts the small segments that left as soon as a delayed ACK came, OtherDelays
	// the delayed ACKs after which the sender did not go on at once.
	Delays, OtherDelays   int64
	LongestDelay          time.Duration
	FirstDelay, LastDelay Mark
	// FullWaits counts the waits of about a round trip for the window, HeldWaits those that
	// were much longer. In Squeezed of FullWaits, the window was less than half of what the
	// receiver had offered before.
	FullWaits, HeldWaits, Squeezed int64
	LongestHeld                    time.Duration
	FirstFull, FirstHeld           Mark
}

// share reports whether n is at least that share of all.
func share(n, all int64, least float64) bool { return float64(n) >= least*float64(all) && all > 0 }
