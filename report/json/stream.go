package json

import "winwatch/analyze"

func (j *writer) stream(s *analyze.Stream) {
	j.object("", func() {
		j.int("stream", s.ID)
		j.endpoint("client", s.Client)
		j.endpoint("server", s.Server)
		j.string("handshake", string(s.Handshake))
		optional(j, "rtt_ns", s.RTT)
		j.int("begin_ns", s.Begin)
		j.int("end_ns", s.End)
		j.frame("first_frame", s.FirstFrame)
		j.frame("last_frame", s.LastFrame)
		j.span("span_ns", s.Span)
		j.uint("segments", s.Segments)
		j.uint("duplicates", s.Duplicates)
		j.bool("one_sided", s.OneSided)
		j.string("closed", string(s.Closed))
		if s.ResetBy == nil {
			j.null("reset_by")
		} else {
			j.string("reset_by", s.ResetBy.String())
		}
		j.verdict("verdict", &s.Verdict)
		j.causes(s.Causes)
		j.considered(s.Considered)
		j.warnings(s.Warnings)
		j.array("directions", func() {
			for dir := range s.Dirs {
				j.direction(analyze.Dir(dir), &s.Dirs[dir])
			}
		})
	})
}

func (j *writer) direction(dir analyze.Dir, d *analyze.Direction) {
	j.object("", func() {
		j.string("direction", dir.String())
		j.endpoint("sender", d.Sender)
		j.endpoint("receiver", d.Receiver)
		j.uint("segments", d.Segments)
		j.uint("data_segments", d.DataSegments)
		j.int("payload_bytes", d.Bytes)
		j.int("unique_bytes", d.UniqueBytes)
		j.int("acked_bytes", d.AckedBytes)
		j.uint("retransmissions", d.Retransmissions)
		j.uint("data_retransmissions", d.DataRetransmissions)
		j.uint("retransmissions_into_zero_window", d.RetransmissionsIntoZeroWindow)
		j.uint("out_of_order", d.OutOfOrder)
		j.uint("gaps", d.Gaps)
		j.uint("dup_acks", d.DupACKs)
		j.uint("keep_alives", d.KeepAlives)
		j.uint("keep_alive_answers", d.KeepAliveAnswers)
		j.uint("probes", d.Probes)
		j.uint("probe_answers", d.ProbeAnswers)
		j.uint("probe_timer_data_segments", d.ProbeTimerData)
		j.intIf("mss_bytes", d.MSS != 0, int64(d.MSS))
		j.int("max_segment_bytes", d.MaxSegment)
		optional(j, "max_in_flight_bytes", d.MaxInFlight)
		j.window(&d.Window)
		j.array("stalls", func() {
			for i := range d.Stalls {
				j.stall(&d.Stalls[i])
			}
		})
		j.int("stall_count", d.StallCount)
		j.span("stall_time_ns", d.StallTime)
		j.budget(&d.Budget)
		j.buffer(&d.Buffer)
		j.reader(&d.Reader)
		j.estimate("backlog", bytesUnit, &d.Backlog)
	})
}

func (j *writer) window(w *analyze.Window) {
	unknown := w.Scale.State == analyze.ScaleUnknown
	j.object("window", func() {
		j.object("scale", func() {
			j.string("state", string(w.Scale.State))
			j.intIf("shift", !unknown, int64(w.Scale.Shift))
			j.int("min_shift", int64(w.Scale.Min))
			j.int("max_shift", int64(w.Scale.Max))
			j.string("method", w.Scale.Method)
		})
		j.intIf("max_raw", w.MaxRaw >= 0, int64(w.MaxRaw))
		j.intIf("min_raw", w.MinRaw >= 0, int64(w.MinRaw))
		optional(j, "largest_bytes", w.Largest)
		// The traffic allows several shifts and nothing tells which is right, so list
		// the window under each.
		j.array("largest_by_shift", func() {
			for shift := w.Scale.Min; unknown && w.MaxRaw >= 0 && shift <= w.Scale.Max; shift++ {
				j.object("", func() {
					j.int("shift", int64(shift))
					j.int("largest_bytes", w.LargestAt(shift))
				})
			}
		})
		j.uint("zero_segments", w.ZeroSegments)
		j.uint("to_zero", w.ToZero)
		j.uint("from_zero", w.FromZero)
		j.uint("filled", w.Filled)
		j.uint("shrunk", w.Shrunk)
		j.uint("updates", w.Updates)
	})
}

func (j *writer) stall(s *analyze.Stall) {
	j.object("", func() {
		j.int("begin_ns", s.Begin)
		j.frame("begin_frame", s.BeginFrame)
		j.bool("began_before_capture", s.BeganBeforeCapture)
		j.intIf("zero_begin_ns", s.ZeroFrame != 0, s.ZeroBegin)
		j.frame("zero_frame", s.ZeroFrame)
		j.int("end_ns", s.End)
		j.frame("end_frame", s.EndFrame)
		j.string("ended_by", string(s.EndedBy))
		j.bool("open", s.EndedBy == analyze.EndCaptureEnded)
		j.span("duration_ns", s.Duration)
		j.estimate("unread", bytesUnit, &s.Unread)
		optional(j, "window_at_begin_bytes", s.WindowAtBegin)
		j.boolIf("sender_waiting", s.SenderWaiting)
		j.int("keep_alives", s.KeepAlives)
		j.int("probe_count", s.ProbeCount)
		j.array("probes", func() {
			for i := range s.Probes {
				j.probe(&s.Probes[i])
			}
		})
		if s.Backoff == 0 {
			j.null("backoff_ratio")
		} else {
			j.float("backoff_ratio", s.Backoff)
		}
		optional(j, "next_probe_due_ns", s.NextProbeDue)
		optional(j, "released_bytes", s.Released)
		optional(j, "burst_bytes", s.Burst)
		j.stringIf("blame", s.Blame)
	})
}

func (j *writer) probe(p *analyze.Probe) {
	answered := p.AnswerFrame != 0
	j.object("", func() {
		j.frame("frame", p.Frame)
		j.int("time_ns", p.Time)
		j.span("gap_ns", p.Gap)
		j.string("form", string(p.Form))
		j.int("payload_bytes", int64(p.Len))
		j.frame("answer_frame", p.AnswerFrame)
		j.intIf("answer_time_ns", answered, p.AnswerTime)
		j.stringIf("silence", p.Silence)
	})
}

func (j *writer) budget(b *analyze.Budget) {
	j.object("budget", func() {
		j.span("total_ns", b.Total)
		j.span("zero_window_ns", b.ZeroWindow)
		j.span("small_window_ns", b.SmallWindow)
		j.span("window_full_ns", b.WindowFull)
		j.span("held_ns", b.Held)
		j.span("recovering_ns", b.Recovering)
		j.span("delayed_ns", b.Delayed)
		j.span("network_ns", b.Network)
		j.span("sender_idle_ns", b.SenderIdle)
		j.span("unjudged_ns", b.Unjudged)
		j.span("receiver_limited_ns", b.ReceiverLimited())
	})
}

func (j *writer) buffer(b *analyze.Buffer) {
	j.object("buffer", func() {
		j.estimate("absorbed", bytesUnit, &b.Absorbed)
		j.estimate("largest_window", bytesUnit, &b.LargestWindow)
		j.estimate("rcvbuf", bytesUnit, &b.RcvBuf)
		j.boolIf("explicitly_set", b.ExplicitlySet)
	})
}

func (j *writer) reader(r *analyze.Reader) {
	j.object("reader", func() {
		optional(j, "last_read_ns", r.LastRead)
		j.frame("last_read_frame", r.LastReadFrame)
		j.estimate("rate", rateUnit, &r.Rate)
		j.estimate("avoid_buffer", bytesUnit, &r.AvoidBuffer)
		j.estimate("avoid_rate", rateUnit, &r.AvoidRate)
	})
}

// The units of estimates, as suffixes of their keys.
const (
	bytesUnit = "_bytes"
	rateUnit  = "_bytes_per_s"
)

func (j *writer) estimate(key, unit string, e *analyze.Estimate) {
	j.object(key, func() {
		optional(j, "value"+unit, e.Value())
		optional(j, "low"+unit, e.Low())
		optional(j, "high"+unit, e.High())
		j.string("method", e.Method())
	})
}
