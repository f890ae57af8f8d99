package proof

import (
	"fmt"
	"slices"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/kernel"
	"winwatch/capture/words"
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
	// Limit is what the kernel says, ExpectedLimit what it must say. Kernel is its
	// evidence: "the window held the sender back for 7.05 s of 7.07 s". A limit that is
	// unknown is not judged.
	Limit, ExpectedLimit kernel.Limit
	Kernel               string
	// Judged is false if a disagreement would prove nothing; Unjudged says why, unless
	// Proof.Withheld does. OK is meaningful only if Judged.
	Judged, OK bool
	Unjudged   string
}

// cause compares the verdict on the stream with what the experiment set up. An
// experiment with several streams is about the one that its witness names. A verdict that
// is right stands, however late the link was; one that is not may be the link's fault.
func (p *Proof) cause(st *analyze.Stream, w *kernel.Witness) {
	e := &w.Expected
	if len(e.Causes) == 0 {
		return
	}
	v := &st.Verdict
	c := &Cause{SetUp: e.SetUp, Expected: e.Causes, Code: v.Code, Confidence: v.Confidence, ExpectedLimit: e.Limit, Unjudged: e.Void}
	c.Limit, c.Kernel = w.Limited()
	c.OK = slices.Contains(e.Causes, string(v.Code)) && c.limitFits()
	if c.Unjudged == "" && !c.OK && w.Path != nil && w.Path.Late() {
		c.Unjudged = fmt.Sprintf("this machine was busy: a packet left the link %s late", words.Duration(w.Path.Latest()))
	}
	c.Judged = p.Withheld == "" && c.Unjudged == ""
	p.Cause = c
}

// limitFits reports whether the kernel's limit is the one expected. It holds if either
// is unknown.
func (c *Cause) limitFits() bool {
	return c.Limit == kernel.LimitUnknown || c.ExpectedLimit == kernel.LimitUnknown || c.Limit == c.ExpectedLimit
}
