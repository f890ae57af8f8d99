package kernel

// Expected is the answer key of an experiment: what it sets up.
type Expected struct {
	// SetUp says what is set up, for people: "the server never reads".
	SetUp string
	// Causes are the codes of the verdicts that are right (package analyze/cause). The
	// first is what the experiment is about.
	Causes []string
	// Limit is what the sender's kernel must call the limit (Witness.Limited).
	Limit Limit
	// Void says why the key may be wrong this time, such as a setting that changes the
	// cause; it is empty if the key holds.
	Void string
}

// Limit is what held a sender back, according to its own kernel (Witness.Limited).
type Limit uint8

// The limits. LimitUnknown is not judged.
const (
	LimitUnknown Limit = iota
	// LimitWindow is the peer's window: tcpi_rwnd_limited.
	LimitWindow
	// LimitSendBuffer is the send buffer: tcpi_sndbuf_limited.
	LimitSendBuffer
	// LimitNetwork is the rest of tcpi_busy_time: the congestion window, pacing, or
	// waiting for acknowledgments.
	LimitNetwork
	// LimitApplication is the time outside of tcpi_busy_time: nothing to send.
	LimitApplication
)

// Limits are the names of the limits, in their order.
var Limits = [...]string{"unknown", "window", "send-buffer", "network", "application"}

// Words names the limit in a sentence: "the window".
func (l Limit) Words() string {
	return [...]string{"nothing that it counts", "the window", "the send buffer", "the network", "the sending application"}[l]
}

// String returns the limit's name in Limits.
func (l Limit) String() string { return Limits[l] }
