package csv

import (
	"bufio"
	"io"
	"net/netip"
	"strconv"

	"winwatch/analyze"
	"winwatch/report"
)

// eventsHeader names the columns of Events. A row is a stall or a probe; the columns that
// only the other kind has are empty. stall counts from 1 in its stream and direction, and
// links a probe to its stall.
const eventsHeader = "kind,stream,direction,sender,sender_port,receiver,receiver_port,stall," +
	"begin_frame,begin_ns,begin_s,end_frame,end_ns,end_s,duration_s,ended_by," +
	"began_before_capture,zero_frame,zero_ns,unread_bytes,unread_low_bytes,unread_high_bytes,window_at_begin_bytes,released_bytes," +
	"probes,backoff_ratio,next_probe_due_ns,next_probe_due_s," +
	"gap_s,form,len,silence,why\n"

// Events writes the stalls and probes of all streams. A probe begins when it was sent and
// ends when its answer arrived; its end is empty if there was no answer. Seconds count
// from the first packet of the capture.
func Events(w io.Writer, m *report.Material) error {
	e := &events{w: bufio.NewWriterSize(w, 64<<10), start: m.Result.Begin}
	e.w.WriteString(eventsHeader) // bufio keeps the error
	for s := range m.Result.All() {
		for dir := range s.Dirs {
			e.direction(s.ID, analyze.Dir(dir), &s.Dirs[dir])
		}
	}
	return e.w.Flush()
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

// open starts a row with the columns that stalls and probes share.
func (e *events) open(kind string, stream int64, dir analyze.Dir, d *analyze.Direction, stall int) {
	e.row = append(e.row[:0], kind...)
	e.int(true, stream)
	e.text(dir.String())
	e.endpoint(d.Sender)
	e.endpoint(d.Receiver)
	e.int(true, int64(stall))
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
}

func (e *events) probe(p *analyze.Probe) {
	e.point(p.Frame, true, p.Time)
	e.point(p.AnswerFrame, p.AnswerFrame != 0, p.AnswerTime)
	e.skip(14)
	e.seconds(int64(p.Gap))
	e.text(string(p.Form))
	e.int(true, int64(p.Len))
	e.text(p.Silence)
	e.skip(1)
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
