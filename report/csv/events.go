package csv

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/capture/words"
	"winwatch/report"
)

// eventsHeader names the columns of Events. A row is a finding, a fact that supports one
// (evidence), something that it excludes, a stall or a probe; columns that only other kinds
// have are empty. stall counts from 1 in its stream and direction, and links a probe to its
// stall. From severity on, the columns have the names of the JSON report; code links facts
// to their finding, and text is its sentence or the fact.
const eventsHeader = "kind,stream,direction,sender,sender_port,receiver,receiver_port,stall," +
	"begin_frame,begin_ns,begin_s,end_frame,end_ns,end_s,duration_s,ended_by," +
	"began_before_capture,zero_frame,zero_ns,unread_bytes,unread_low_bytes,unread_high_bytes,window_at_begin_bytes,released_bytes," +
	"probes,backoff_ratio,next_probe_due_ns,next_probe_due_s," +
	"gap_s,form,len,silence,why," +
	"severity,code,party,confidence,wait_ns,text\n"

// hurriedStreams is how many streams are listed even in a hurry, which takes half a second.
const hurriedStreams = 100_000

// Events writes the findings, stalls and probes of all streams. A probe begins when it was
// sent and ends when its answer arrived; its end is empty if there was no answer. Seconds
// count from the first packet of the capture. In a hurry, it fails if there are too many
// streams: a list of events that ends early would look like one that is whole.
func Events(w io.Writer, m *report.Material) error {
	e := &events{w: bufio.NewWriterSize(w, 64<<10), start: m.Result.Begin}
	e.w.WriteString(eventsHeader) // bufio keeps the error
	n := 0
	for s := range m.Result.All() {
		if n++; n > hurriedStreams && m.Hurried() {
			return fmt.Errorf("csv: interrupted: %s have too many events to list in time", words.Counted(m.Result.StreamCount, "stream"))
		}
		for i := range s.Causes {
			e.finding(s, &s.Causes[i])
		}
		if !explained(s) {
			e.finding(s, &s.Verdict.Finding)
		}
		for dir := range s.Dirs {
			e.direction(s.ID, analyze.Dir(dir), &s.Dirs[dir])
		}
	}
	return e.w.Flush()
}

// explained reports whether the verdict is among the causes: not if it took no time, as a
// connection that was refused.
func explained(s *analyze.Stream) bool {
	return slices.ContainsFunc(s.Causes, func(f cause.Finding) bool {
		return f.Code == s.Verdict.Code && f.Flow == s.Verdict.Flow
	})
}

type events struct {
	w     *bufio.Writer
	start int64
	row   []byte
}

func (e *events) direction(stream int64, dir analyze.Dir, d *analyze.Direction) {
	for i := range d.Stalls {
		st := &d.Stalls[i]
		e.open("stall", stream, dir, d, i+1)
		e.stall(st)
		e.line()
		for k := range st.Probes {
			e.open("probe", stream, dir, d, i+1)
			e.probe(&st.Probes[k])
			e.line()
		}
	}
}

// finding writes a cause that a person could notice, with its evidence.
func (e *events) finding(s *analyze.Stream, f *cause.Finding) {
	if f.Severity == cause.OK {
		return
	}
	dir := analyze.Dir(f.Flow)
	d := &s.Dirs[dir]
	e.open("finding", s.ID, dir, d, 0)
	e.skip(25)
	e.text(f.Severity.String())
	e.text(string(f.Code))
	e.text(string(f.Party))
	e.text(string(f.Confidence))
	e.int(true, int64(f.Wait))
	e.text(f.Sentence)
	e.line()
	for i := range f.Evidence {
		at := &f.Evidence[i]
		e.open("evidence", s.ID, dir, d, 0)
		e.point(at.Frame, at.Time != 0, at.Time)
		e.fact(22, f.Code, at.Text)
	}
	for _, text := range f.Excluded {
		e.open("excluded", s.ID, dir, d, 0)
		e.fact(25, f.Code, text)
	}
}

// fact ends the row of a fact that belongs to a cause, after n columns for stalls and probes.
func (e *events) fact(n int, code cause.Code, text string) {
	e.skip(n + 1) // severity
	e.text(string(code))
	e.skip(3)
	e.text(text)
	e.line()
}

// open starts a row with the columns that all kinds share. stall is 0 if there is none.
func (e *events) open(kind string, stream int64, dir analyze.Dir, d *analyze.Direction, stall int) {
	e.row = append(e.row[:0], kind...)
	e.int(true, stream)
	e.text(dir.String())
	e.endpoint(d.Sender)
	e.endpoint(d.Receiver)
	e.int(stall > 0, int64(stall))
}

func (e *events) stall(st *analyze.Stall) {
	e.point(st.BeginFrame, true, st.Begin)
	e.point(st.EndFrame, true, st.End)
	e.seconds(int64(st.Duration))
	e.text(string(st.EndedBy))
	e.text(strconv.FormatBool(st.BeganBeforeCapture))
	e.frame(st.ZeroFrame)
	e.int(st.ZeroFrame != 0, st.ZeroBegin)
	e.optional(st.Unread.Value())
	e.optional(st.Unread.Low())
	e.optional(st.Unread.High())
	e.optional(st.WindowAtBegin)
	e.optional(st.Released)
	e.int(true, st.ProbeCount)
	if st.Backoff == 0 {
		e.skip(1)
	} else {
		e.row = strconv.AppendFloat(append(e.row, ','), st.Backoff, 'f', 3, 64)
	}
	e.optional(st.NextProbeDue)
	if st.NextProbeDue == nil {
		e.skip(1)
	} else {
		e.row = appendElapsed(append(e.row, ','), e.start, *st.NextProbeDue)
	}
	e.skip(4)
	e.text(st.Blame)
	e.skip(6)
}

func (e *events) probe(p *analyze.Probe) {
	e.point(p.Frame, true, p.Time)
	e.point(p.AnswerFrame, p.AnswerFrame != 0, p.AnswerTime)
	e.skip(14)
	e.seconds(int64(p.Gap))
	e.text(string(p.Form))
	e.int(true, int64(p.Len))
	e.text(p.Silence)
	e.skip(7)
}

// point writes a frame, its time in nanoseconds, and its time in seconds.
func (e *events) point(frame uint64, known bool, ns int64) {
	e.frame(frame)
	e.int(known, ns)
	e.row = append(e.row, ',')
	if known {
		e.row = appendElapsed(e.row, e.start, ns)
	}
}

func (e *events) seconds(ns int64) { e.row = appendElapsed(append(e.row, ','), 0, ns) }

func (e *events) frame(v uint64) { e.int(v != 0, int64(v)) }

func (e *events) optional(v *int64) {
	if v == nil {
		e.skip(1)
		return
	}
	e.int(true, *v)
}

func (e *events) int(known bool, v int64) {
	e.row = append(e.row, ',')
	if known {
		e.row = appendInt(e.row, v)
	}
}

func (e *events) endpoint(a netip.AddrPort) {
	e.row = append(e.row, ',')
	if a.Addr().IsValid() {
		e.row = a.Addr().AppendTo(e.row)
	}
	e.int(true, int64(a.Port()))
}

func (e *events) text(s string) { e.row = appendText(append(e.row, ','), s) }

// skip writes n empty columns.
func (e *events) skip(n int) {
	for range n {
		e.row = append(e.row, ',')
	}
}

func (e *events) line() {
	e.row = append(e.row, '\n')
	e.w.Write(e.row) // bufio keeps the error
}
