package analyze

import (
	"fmt"
	"math"

	"winwatch/analyze/words"
	"winwatch/capture"
)

// SetInput says what the reader of the capture counted. It is called once, before
// anything is taken from the result: where packets were dropped, that is a warning,
// and verdicts that they could change are less sure.
func (r *Result) SetInput(c capture.Counters) {
	r.Input = c
	if c.Dropped() == 0 {
		return
	}
	r.Warnings = append(r.Warnings, droppedPackets(&c))
	for i := range r.Verdicts {
		r.Verdicts[i].doubt()
	}
	streams, worst, byID := r.streams, r.worst, r.byID
	r.streams = func(yield func(*Stream) bool) {
		for s := range streams {
			if !yield(doubted(s)) {
				return
			}
		}
	}
	r.worst = func(n int) (list []*Stream) {
		for _, s := range worst(n) {
			list = append(list, doubted(s))
		}
		return list
	}
	r.byID = func(id int64) *Stream { return doubted(byID(id)) }
}

// droppedPackets is the warning. Who counted them did not ask for streams: whose
// packets they were is not known.
func droppedPackets(c *capture.Counters) Warning {
	kernel, iface := c.Noted[capture.KernelDrops], c.Noted[capture.InterfaceDrops]
	what := words.Counted(c.Dropped(), "packet") + " dropped"
	switch {
	case iface == 0:
		what += " by the kernel"
	case kernel == 0:
		what += " at the interface or by the program that captured"
	default:
		what += fmt.Sprintf(", %s by the kernel and %s at the interface or by the program that captured", words.Count(kernel), words.Count(iface))
	}
	return Warning{Code: "dropped-packets", Count: int64(min(c.Dropped(), math.MaxInt64)),
		Text: fmt.Sprintf("the capture reports %s, of these streams or of others: byte counts, probes and "+
			"what was in flight are lower bounds", what)}
}

// doubted returns a copy of the stream, which others may hold, with a verdict that
// is in doubt; nil if there is none.
func doubted(s *Stream) *Stream {
	if s == nil {
		return nil
	}
	copied := *s
	copied.Verdict.doubt()
	return &copied
}

// doubt makes a verdict less sure, unless it rests on a packet that was captured
// and that no other could take back.
func (v *Verdict) doubt() {
	if v.Code == "refused" {
		return
	}
	if v.Confidence == "high" {
		v.Confidence = "medium"
	} else {
		v.Confidence = "low"
	}
	if v.Because != "" {
		v.Because += "; "
	}
	v.Because += "packets that were dropped while capturing could tell otherwise"
}
