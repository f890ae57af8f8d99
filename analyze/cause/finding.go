package cause

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Severity is how bad a finding is.
type Severity uint8

// Severities in ascending order.
const (
	OK Severity = iota
	Note
	Warning
	Problem
)

// Severities are the names of the severities, in ascending order.
var Severities = [...]string{"ok", "note", "warning", "problem"}

func (s Severity) String() string { return Severities[s] }

// Confidence says how sure a finding is: at least 99 of 100 findings with high
// confidence name the right cause, and 9 of 10 with medium.
type Confidence string

// The confidences.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Confidences are all confidences, the surest first.
var Confidences = [...]Confidence{High, Medium, Low}

// Code is the stable short name of a cause. Codes are added, never renamed.
type Code string

// Evidence is a fact that supports a finding.
type Evidence struct {
	Text string
	Mark
}

// Finding is a cause that explains some of the time of a stream.
type Finding struct {
	Severity Severity
	Code     Code
	Party    Party
	// Flow is the direction whose sender waited: an index into Facts.Flows.
	Flow int
	// Wait is the time that the cause explains. In a verdict of Healthy, it is 0.
	Wait time.Duration
	// Sentence says what made the sender wait, and for how long.
	Sentence   string
	Confidence Confidence
	// Because gives the reason for the confidence; it may be empty.
	Because string
	// Evidence are the facts that support it, the most telling first. Excluded are
	// other causes that these facts rule out, each with a "not " before it.
	Evidence []Evidence
	Excluded []string
	// Cure is what ends the wait. Settle is what would make the finding sure, empty if
	// it is.
	Cure, Settle string
	// Host is where to look next, and Command what to run there; both are empty if
	// there is nothing to run.
	Host    netip.Addr
	Command string
	// Origin is the stream that is at the origin of the wait, nil if it is this one.
	Origin *int64
	// Frames prove the finding, in ascending order: those of the evidence, and more of the
	// longest stall.
	Frames []uint64
}

// Considered is a cause that was considered for a direction, and why it fell.
type Considered struct {
	Code Code
	Flow int
	Why  string
}

// Diagnosis is all that the causes say of a stream.
type Diagnosis struct {
	// Verdict is the cause that explains most of the time lost.
	Verdict Finding
	// Causes explain every moment of the stream once, the longest first. They belong to
	// the direction of the verdict; where the sender of that direction had nothing to
	// send, waits of the other direction explain why.
	Causes []Finding
	// Considered are the causes that fell.
	Considered []Considered
	// Stalls are who is to blame for each of Facts.Flows[].Stalls, "" if no cause explains it.
	Stalls [2][]Party
}

// say adds a piece of evidence.
func (f *Finding) say(at Mark, format string, args ...any) {
	f.Evidence = append(f.Evidence, Evidence{fmt.Sprintf(format, args...), at})
}

// not adds something that the facts exclude, and why: "loss: no data was sent again".
func (f *Finding) not(format string, args ...any) {
	f.Excluded = append(f.Excluded, "not "+fmt.Sprintf(format, args...))
}

// addFrames adds the frames of the evidence to those that prove the finding.
func (f *Finding) addFrames() {
	f.Frames = slices.Clone(f.Frames)
	for _, e := range f.Evidence {
		if at, found := slices.BinarySearch(f.Frames, e.Frame); !found && e.Frame != 0 {
			f.Frames = slices.Insert(f.Frames, at, e.Frame)
		}
	}
}

// sure sets the confidence and its reason.
func (f *Finding) sure(c Confidence, because string) { f.Confidence, f.Because = c, because }

// ask names the command that shows both sockets' state on a host.
func (f *Finding) ask(on, peer netip.AddrPort) {
	f.Host = on.Addr()
	f.Command = fmt.Sprintf("ss -tinmpo src %s dst %s", on, peer)
}

// AtMost returns the lower of two confidences.
func (c Confidence) AtMost(o Confidence) Confidence {
	if slices.Index(Confidences[:], c) < slices.Index(Confidences[:], o) {
		return o
	}
	return c
}

// atMost lowers the confidence to c, and says why, if it is higher.
func (f *Finding) atMost(c Confidence, because string) {
	if f.Confidence.AtMost(c) != f.Confidence {
		f.sure(c, because)
	}
}

// less lowers the confidence by one.
func (f *Finding) less(because string) {
	f.Confidence = Confidences[min(slices.Index(Confidences[:], f.Confidence)+1, len(Confidences)-1)]
	f.also(because)
}

// also adds to the reason for the confidence.
func (f *Finding) also(because string) {
	if f.Because != "" {
		f.Because += "; "
	}
	f.Because += because
}
