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

// Severities lists their names in ascending order.
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

// Confidences lists them, the surest first.
var Confidences = [...]Confidence{High, Medium, Low}

// Code is a stable short name of a cause, for scripts.
type Code string

// Finding is what was found to be wrong with a stream, or that nothing was.
type Finding struct {
	Severity Severity
	Code     Code
	// Wait is the time lost to the cause.
	Wait time.Duration
	// Sentence says who made the sender wait, and for how long.
	Sentence   string
	Confidence Confidence
	// Because says why it is as sure as that; it may be empty.
	Because string
	// Host is where to look next, and Command what to run there; empty if there is
	// nothing to run.
	Host    netip.Addr
	Command string
	// Frames are the frames that prove it.
	Frames []uint64
}

// ask names the next thing to run, and the host to run it on.
func (f *Finding) ask(on, peer netip.AddrPort) {
	f.Host = on.Addr()
	f.Command = fmt.Sprintf("ss -tinmpo src %s dst %s", on, peer)
}

// doubt makes a finding less sure because the capture missed packets, unless it
// rests on a packet that was captured and that no other could take back.
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
	f.Because += "packets that were dropped while capturing could tell otherwise"
}
