// Package json writes reports as JSON described by a JSON Schema.
package json

import (
	"encoding/json"
	"io"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/report"
)

// SchemaVersion names the form of the JSON report. It changes when a key is removed or
// changes its meaning, not when one is added.
const SchemaVersion = "winwatch/2"

// Write writes the whole result as one object, described by Schema. Byte counts and
// nanoseconds are integers with the unit in the key; unknown values are null. Streams are
// derived and written one at a time.
func Write(w io.Writer, m *report.Material) error {
	j, r := newWriter(w), m.Result
	j.object("", func() {
		j.string("schema", SchemaVersion)
		j.input(r)
		j.summary(r)
		j.retired(&r.Evicted)
		j.array("verdicts", func() {
			for i := range r.Verdicts {
				j.verdict("", &r.Verdicts[i])
			}
		})
		j.findings(r)
		j.warnings(r.Warnings)
		j.experiment(m)
		j.streams(m)
	})
	j.w.WriteByte('\n')
	return j.w.Flush()
}

// hurriedStreams is how many streams are listed even in a hurry: they take no time.
const hurriedStreams = 100

// streams lists the streams, as many as there is time for.
func (j *writer) streams(m *report.Material) {
	n, cut := 0, false
	j.array("streams", func() {
		for s := range m.Result.All() {
			if cut = n >= hurriedStreams && m.Hurried(); cut {
				return
			}
			j.stream(s)
			n++
		}
	})
	if cut {
		j.bool("streams_cut", true)
	}
}

// Proof writes the comparison with the kernel alone, as one line, for the sweep that
// started this run. It writes null if there is none.
func Proof(w io.Writer, m *report.Material) error {
	return json.NewEncoder(w).Encode(m.Proof)
}

func (j *writer) input(r *analyze.Result) {
	j.object("input", func() {
		j.uint("frames", r.Input.Frames)
		j.uint("segments", r.Input.Segments)
		j.array("skipped", func() {
			for reason, n := range r.Input.Skips() {
				j.count("reason", reason.String(), n)
			}
		})
		j.array("notes", func() {
			for note, n := range r.Input.Notes() {
				j.count("note", note.String(), n)
			}
		})
	})
}

func (j *writer) count(key, name string, n uint64) {
	j.object("", func() {
		j.string(key, name)
		j.uint("count", n)
	})
}

func (j *writer) summary(r *analyze.Result) {
	seen := r.Segments > 0
	j.object("summary", func() {
		j.uint("segments", r.Segments)
		j.int("streams", r.StreamCount)
		j.int("stalled_streams", r.StalledStreams)
		j.intIf("begin_ns", seen, r.Begin)
		j.intIf("end_ns", seen, r.End)
		j.span("span_ns", r.Span)
		j.int("payload_bytes", r.Bytes)
		j.int("stalls", r.Stalls)
		j.span("stall_time_ns", r.StallTime)
		j.int("zero_windows", r.ZeroWindows)
		j.int("probes", r.Probes)
		j.int("keep_alives", r.KeepAlives)
		j.int("retransmissions", r.Retransmissions)
		j.uint("duplicates", r.Duplicates)
	})
}

func (j *writer) retired(r *analyze.Evicted) {
	j.object("retired", func() {
		j.int("streams", r.Streams)
		j.uint("segments", r.Segments)
		j.int("payload_bytes", r.Bytes)
		j.int("stalled_streams", r.Stalled)
	})
}

func (j *writer) verdict(key string, v *analyze.Verdict) {
	j.object(key, func() {
		j.int("stream", v.Stream)
		j.finding(&v.Finding, v.Dir)
	})
}

func (j *writer) causes(causes []cause.Finding) {
	j.array("causes", func() {
		for i := range causes {
			j.object("", func() { j.finding(&causes[i], analyze.Dir(causes[i].Flow)) })
		}
	})
}

func (j *writer) finding(f *cause.Finding, dir analyze.Dir) {
	j.string("direction", dir.String())
	j.string("severity", f.Severity.String())
	j.string("code", string(f.Code))
	j.string("party", string(f.Party))
	j.string("sentence", f.Sentence)
	j.span("wait_ns", f.Wait)
	optional(j, "origin_stream", f.Origin)
	j.stringIf("confidence", string(f.Confidence))
	j.stringIf("because", f.Because)
	j.array("evidence", func() {
		for i := range f.Evidence {
			j.evidence(&f.Evidence[i])
		}
	})
	j.array("excluded", func() {
		for _, text := range f.Excluded {
			j.string("", text)
		}
	})
	j.stringIf("cure", f.Cure)
	j.stringIf("settle", f.Settle)
	j.addr("host", f.Host)
	j.stringIf("command", f.Command)
	j.array("frames", func() {
		for _, n := range f.Frames {
			j.uint("", n)
		}
	})
}

func (j *writer) evidence(e *cause.Evidence) {
	j.object("", func() {
		j.string("text", e.Text)
		j.frame("frame", e.Frame)
		j.intIf("time_ns", e.Time != 0, e.Time)
	})
}

func (j *writer) considered(list []cause.Considered) {
	j.array("considered", func() {
		for i := range list {
			j.object("", func() {
				j.string("direction", analyze.Dir(list[i].Flow).String())
				j.string("code", string(list[i].Code))
				j.string("why", list[i].Why)
			})
		}
	})
}

func (j *writer) warnings(ws []analyze.Warning) {
	j.array("warnings", func() {
		for i := range ws {
			j.object("", func() {
				j.string("code", string(ws[i].Code))
				j.string("text", ws[i].Text)
				j.frame("frame", ws[i].Frame)
				j.int("count", ws[i].Count)
			})
		}
	})
}
