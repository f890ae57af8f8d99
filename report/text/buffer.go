package text

import (
	"fmt"
	"strings"

	"winwatch/analyze"
	"winwatch/capture/words"
	"winwatch/report"
)

// inference is one inferred number in the form that is shown.
type inference struct {
	name, number, how string
}

// inferences returns what is known about the buffers and the reader of a direction and, if
// all is set, also why the rest is unknown.
func inferences(d *analyze.Direction, all bool) []inference {
	var out []inference
	add := func(name string, e *analyze.Estimate, unit func(int64) string) {
		number := report.Estimated(e, unit)
		if number == "" {
			if !all || e.Method() == "" {
				return
			}
			number = "unknown"
		}
		out = append(out, inference{name, number, strings.TrimPrefix(e.Method(), "unknown: ")})
	}
	add("absorbed", &d.Buffer.Absorbed, words.Bytes)
	add("largest window", &d.Buffer.LargestWindow, words.Bytes)
	add("SO_RCVBUF", &d.Buffer.RcvBuf, words.Bytes)
	add("backlog", &d.Backlog, words.Bytes)
	add("read rate", &d.Reader.Rate, words.Rate)
	add("enough buffer", &d.Reader.AvoidBuffer, words.Bytes)
	add("enough rate", &d.Reader.AvoidRate, words.Rate)
	return out
}

// buffers writes what was inferred about the buffers and the reading application, each
// number with how it was obtained.
func (t *writer) buffers(d *analyze.Direction) {
	found := inferences(d, t.Verbose)
	if set := d.Buffer.ExplicitlySet; set != nil && *set {
		found = append(found, inference{"SO_RCVBUF", "set by the program", "the shift is too small for an auto-tuned buffer"})
	}
	if r := &d.Reader; r.LastRead != nil {
		found = append(found, inference{"last read", fmt.Sprintf("at %s (frame %d)", t.elapsed(*r.LastRead), r.LastReadFrame), ""})
	}
	for i, f := range found {
		how := ""
		if f.how != "" {
			how = ": " + f.how
		}
		t.item(label(i, "Buffers"), f.name+" "+f.number, how)
	}
}
