package cause

import "time"

// Together are the thresholds by which one stream waits for another.
type Together struct {
	// Promptly is how soon an application goes on, on top of two round trips each: what it
	// sent makes room only once it is acknowledged, which Linux delays by up to 40 ms
	// (TCP_DELACK_MIN), and a host needs some 10 ms to act. TogetherShare allows for more
	// after a long stall, since what was buffered goes out first. Of stalls that end at any
	// time, one in twenty ends within that share of its duration by chance.
	Promptly      time.Duration
	TogetherShare float64
	// CoveredShare is the least share of a stall during which the other stream is held
	// back too: most of it, since what opens its window for a moment is filled from the
	// buffers in between, and no stall begins before that is acknowledged.
	CoveredShare float64
	// FollowShare is the greatest share by which what went out differs from what came in,
	// which leaves room for the headers that a proxy adds.
	FollowShare float64
	// TogetherOften is how many stalls that end together are no chance: with
	// TogetherShare, one in 8,000.
	TogetherOften int
}

var defaultTogether = Together{Promptly: 50 * time.Millisecond, TogetherShare: 0.05, CoveredShare: 0.5, FollowShare: 0.1, TogetherOften: 3}
