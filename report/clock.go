package report

import (
	"time"

	"winwatch/analyze"
	"winwatch/capture"
)

// Clock writes the times of a capture as times of day. The capture's own clock counts as
// UTC, except where it was text without a date: such times are in the zone of whoever
// wrote the text.
type Clock struct {
	layout string
	// Zone is the time zone, for the first time in a list; it is empty if unknown.
	Zone string
}

// NewClock returns the clock of a capture. It writes the date if the capture covers more
// than one day, and no times at all if frames have none.
func NewClock(r *analyze.Result) Clock {
	const day, clock = "2006-01-02", "15:04:05.000000"
	begin, end := time.Unix(0, r.Begin).UTC(), time.Unix(0, r.End).UTC()
	switch noted := &r.Input.Noted; {
	case noted[capture.NoTime] > 0:
		return Clock{}
	case noted[capture.TextNoDate] > 0:
		return Clock{layout: clock}
	case begin.Format(day) != end.Format(day):
		return Clock{layout: day + " " + clock, Zone: "UTC"}
	}
	return Clock{layout: clock, Zone: "UTC"}
}

// Time returns the time of day, in Unix nanoseconds, to the microsecond; it is empty if
// unknown.
func (c Clock) Time(ns int64) string {
	if c.layout == "" || ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(c.layout)
}
