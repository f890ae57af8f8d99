package report

import (
	"fmt"
	"slices"
	"strings"

	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// Outcome is what an experiment comes to, in words: what was done, what the packets
// and the kernel say about it, and whether they agree.
type Outcome struct {
	SetUp string
	// Packets and Kernel are empty if the cause was not compared, Agree if nothing was.
	Packets, Kernel, Agree string
	// Measured is the throughput; it is empty if the experiment has no steady part.
	Measured string
	// OK is set unless something that was compared disagrees.
	OK bool
}

// NewOutcome returns the outcome of m's experiment; m.Witness must not be nil.
func NewOutcome(m *Material) Outcome {
	out := Outcome{SetUp: setUp(m.Witness), OK: true}
	if m.Proof == nil {
		return out
	}
	if c := m.Proof.Cause; c != nil {
		out.Packets = string(c.Code)
		if c.Confidence != "" {
			out.Packets += ", " + string(c.Confidence) + " confidence"
		}
		out.Kernel = c.Kernel
	}
	out.Measured = throughput(m.Proof.Measured)
	if m.Proof.Withheld != "" {
		out.Agree = "not compared: " + m.Proof.Withheld
		return out
	}
	wrong, right := agreement(m)
	switch {
	case len(wrong) > 0:
		out.Agree, out.OK = "NO: "+strings.Join(wrong, "; "), false
	case len(right) > 0:
		out.Agree = "yes: " + strings.Join(right, "; ")
	}
	if c := m.Proof.Cause; c != nil && c.Unjudged != "" && out.Agree != "" {
		out.Agree += "; the verdict is not compared, because " + c.Unjudged
	}
	return out
}

// setUp says what the experiment did, and with which settings.
func setUp(w *kernel.Witness) string {
	var with []string
	if w.Expected.SetUp != "" {
		with = append(with, w.Expected.SetUp)
	}
	if w.ChunkBytes > 0 {
		with = append(with, words.Bytes(w.ChunkBytes)+" each send()")
	}
	if w.RcvBufAsked > 0 {
		with = append(with, "SO_RCVBUF set to "+words.Count(w.RcvBufAsked))
	}
	if w.SndBufAsked > 0 {
		with = append(with, "SO_SNDBUF set to "+words.Count(w.SndBufAsked))
	}
	if w.Path == nil {
		with = append(with, "on loopback")
	} else {
		with = append(with, "over a link")
	}
	return strings.Join(with, "; ")
}

// throughput says how fast payload got through, and beside it what the window allows.
func throughput(m *proof.Measured) string {
	if m == nil || m.Throughput == nil || m.Throughput.Rate() == nil {
		return ""
	}
	t := m.Throughput
	text := Mbit(t.Rate()) + " Mbit/s of payload acknowledged in the steady " + words.Duration(t.Span)
	if ceiling := Mbit(t.Ceiling()); ceiling != "" {
		text += "; window ÷ RTT is " + ceiling + " Mbit/s"
	}
	return text
}

// agreement returns what disagrees and what agrees.
func agreement(m *Material) (wrong, right []string) {
	switch c := m.Proof.Cause; {
	case c == nil || !c.Judged:
	case c.OK:
		right = append(right, "the verdict is a cause that was set up")
	default:
		wrong = append(wrong, disagreement(c))
	}
	judged := 0
	for i := range m.Proof.Rows {
		if m.Proof.Rows[i].Judged {
			judged++
		}
	}
	var failed []string
	for _, r := range m.Proof.Failed() {
		failed = append(failed, r.Name)
	}
	switch {
	case len(failed) > 0:
		wrong = append(wrong, fmt.Sprintf("%d of %s compared %s not match the kernel's (%s)", len(failed), words.Counted(judged, "number"),
			verb(len(failed), "does", "do"), strings.Join(failed, ", ")))
	case judged > 0:
		right = append(right, words.Counted(judged, "number")+" compared below, and all match the kernel's")
	}
	if n := len(m.Witness.Failed()); n > 0 {
		wrong = append(wrong, fmt.Sprintf("%d of %s %s not hold", n, words.Counted(len(m.Witness.Findings), "claim"), verb(n, "does", "do")))
	}
	return wrong, right
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// disagreement says what is not as it was set up.
func disagreement(c *proof.Cause) string {
	var parts []string
	if !slices.Contains(c.Expected, string(c.Code)) {
		parts = append(parts, fmt.Sprintf("what was set up is %s, the verdict is %s", strings.Join(c.Expected, " or "), c.Code))
	}
	if c.ExpectedLimit != kernel.LimitUnknown && c.Limit != c.ExpectedLimit {
		parts = append(parts, fmt.Sprintf("the limit that was set up is %s, the kernel was limited by %s", c.ExpectedLimit.Words(), c.Limit.Words()))
	}
	if len(parts) == 0 {
		parts = append(parts, "the verdict is not what the kernel says")
	}
	return strings.Join(parts, "; ")
}
