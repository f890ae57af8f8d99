package analyze

// Estimate is an inferred number: the best value if there is one, the interval it
// must lie in, and how it was obtained. The number is in bytes unless the field that
// holds the Estimate says otherwise. It can't contradict itself, since only
// NewEstimate makes one; the zero Estimate says nothing.
type Estimate struct {
	value, low, high *int64
	method           string
}

// NewEstimate returns an estimate; nil means unknown (for low and high: unbounded).
// No inferred quantity is negative, and a value lies within its interval. What
// contradicts that is dropped, since an unknown number is better than an impossible
// one: a negative lower bound, a value outside the interval, everything if the
// interval is empty. method says in words how the number was obtained or why it is
// unknown.
func NewEstimate(method string, value, low, high *int64) Estimate {
	e := consistent(method, value, low, high)
	if given := value != nil || low != nil || high != nil; given && e.value == nil && e.low == nil && e.high == nil {
		return unknown("unknown: the packets contradict each other: " + method)
	}
	return e
}

// consistent drops what contradicts the rest.
func consistent(method string, value, low, high *int64) Estimate {
	e := unknown(method)
	if low != nil && *low >= 0 {
		e.low = new(*low)
	}
	if high != nil {
		if *high < 0 || e.low != nil && *e.low > *high {
			return unknown(method)
		}
		e.high = new(*high)
	}
	if value != nil && *value >= 0 && (e.low == nil || *e.low <= *value) && (e.high == nil || *value <= *e.high) {
		e.value = new(*value)
	}
	return e
}

// unknown returns an estimate of which nothing is known; method says why.
func unknown(method string) Estimate { return Estimate{method: method} }

// Value returns the best value, or nil if it is unknown.
func (e Estimate) Value() *int64 { return copied(e.value) }

// Low returns the lower bound, or nil if there is none.
func (e Estimate) Low() *int64 { return copied(e.low) }

// High returns the upper bound, or nil if there is none.
func (e Estimate) High() *int64 { return copied(e.high) }

// Method says in words how the number was obtained or why it is unknown.
func (e Estimate) Method() string { return e.method }

func copied(n *int64) *int64 {
	if n == nil {
		return nil
	}
	return new(*n)
}
