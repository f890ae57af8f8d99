package proof

import (
	"winwatch/analyze/cause"
	"winwatch/capture/kernel"
)

// Cause compares the verdict on the packets with what the experiment set up and with
// what the sender's kernel says held it back.
type Cause struct {
	// SetUp says what was set up, for people; Expected are the codes that are right.
	SetUp    string
	Expected []string
	// Code and Confidence are the verdict on the packets.
	Code       cause.Code
	Confidence cause.Confidence
	// Limit is what the kernel says, ExpectedLimit what it must say (not judged if
	// unknown), and Kernel its evidence: "limited by the window for 97% of 7.0 s".
	Limit, ExpectedLimit kernel.Limit
	Kernel               string
	// Judged is false if a disagreement would prove nothing. OK is meaningful only if
	// Judged.
	Judged, OK bool
}
