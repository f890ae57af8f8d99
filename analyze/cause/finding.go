package cause

import (
	"fmt"
	"net/netip"
	"time"
)

// Severity orders findings.
type Severity uint8

// The severities, least first.
const (
	OK Severity = iota
	Note
	Warning
	Problem
)

// Severities lists the names of the severities in ascending order.
var Severities = [...]string{"ok", "note", "warning", "problem"}

// String returns "ok", "note", "warning" or "problem".
func (s Severity) String() string { return Severities[s] }

// Confidence says how sure a finding is.
type Confidence string

// The degrees of confidence.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Confidences lists the degrees of confidence, surest first.
var Confidences = [...]Confidence{High, Medium, Low}

// Code is a stable short name of a cause, for scripts.
type Code string

// Judgement is what a cause decides without explaining it.
type Judgement struct {
	Severity Severity
	Code     Code
	// Wait is the time lost to the cause.
	Wait time.Duration
}

// Finding says what is wrong with a stream, or that nothing is.
type Finding struct {
	Severity Severity
	Code     Code
	// Wait is the time lost to the cause.
	Wait time.Duration
	// Sentence says what made the sender wait, and for how long.
	Sentence   string
	Confidence Confidence
	// Because gives the reason for the confidence; it may be empty.
	Because string
	// Host is where to look next, and Command what to run there; both are empty if
	// there is nothing to run.
	Host    netip.Addr
	Command string
	// Frames prove the finding.
	Frames []uint64
}

// ask sets what to run next, and the host to run it on.
func (f *Finding) ask(on, peer netip.AddrPort) {
	f.Host = on.Addr()
	f.Command = fmt.Sprintf("ss -tinmpo src %s dst %s", on, peer)
}

// doubt lowers the confidence of a finding because the capture missed packets. A
// refusal stays certain: no missed packet can change what the RST says.
func (f *Finding) doubt() {
	if f.Code == Refused {
		return
	}
	if f.Confidence == High {
		f.Confidence = Medium
	} else {
		f.Confidence = Low
	}
	if f.Because != "" {
		f.Because += "; "
	}
	f.Because += "packets dropped while capturing could change the finding"
}
