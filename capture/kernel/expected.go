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
}

// Limit is what held a sender back most of the time that it was not idle, according
// to its own kernel (tcp_chrono_start).
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
