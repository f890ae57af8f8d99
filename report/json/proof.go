package json

import (
	"winwatch/analyze/proof"
	"winwatch/capture/kernel"
	"winwatch/report"
)

// experiment writes what is known from other sources than the packets.
func (j *writer) experiment(m *report.Material) {
	if m.Accepted == nil {
		j.null("accepted")
	} else {
		j.accepted(m.Accepted)
	}
	if m.Proof == nil {
		j.null("proof")
	} else {
		j.proof(m.Proof)
	}
	if m.Witness == nil {
		j.null("witness")
	} else {
		j.witness(m.Witness)
	}
}

func (j *writer) accepted(a *proof.Accepted) {
	j.object("accepted", func() {
		j.int("stream", a.Stream)
		j.string("direction", a.Dir.String())
		j.int("accepted_bytes", a.Bytes)
		j.int("half_bytes", a.Half)
		j.int("absorbed_bytes", a.Absorbed)
		j.int("backlog_bytes", a.Backlog)
		optional(j, "largest_window_bytes", a.LargestWindow)
		j.string("explanation", a.Explanation)
	})
}

func (j *writer) proof(p *proof.Proof) {
	j.object("proof", func() {
		j.int("stream", p.Stream)
		j.string("direction", p.Dir.String())
		j.bool("isolated", p.Isolated)
		j.stringIf("withheld", p.Withheld)
		j.causeProof(p.Cause)
		j.throughput(p)
		j.array("rows", func() {
			for i := range p.Rows {
				j.proofRow(&p.Rows[i])
			}
		})
	})
}

// proofRow writes one quantity. Its unit is part of its keys, as everywhere.
func (j *writer) proofRow(r *proof.Row) {
	unit := "_" + r.Unit
	j.object("", func() {
		j.string("name", r.Name)
		j.string("unit", r.Unit)
		optional(j, "inferred"+unit, r.Inferred)
		optional(j, "kernel"+unit, r.Kernel)
		optional(j, "difference"+unit, r.Difference)
		optional(j, "low"+unit, r.Low)
		optional(j, "high"+unit, r.High)
		j.bool("exact", r.Exact)
		j.bool("judged", r.Judged)
		j.stringIf("unjudged", r.Unjudged)
		j.bool("ok", r.OK)
		j.string("method", r.Method)
		j.string("source", r.Source)
	})
}

func (j *writer) causeProof(c *proof.Cause) {
	if c == nil {
		j.null("cause")
		return
	}
	j.object("cause", func() {
		j.string("set_up", c.SetUp)
		j.array("expected", func() {
			for _, code := range c.Expected {
				j.string("", code)
			}
		})
		j.string("code", string(c.Code))
		j.string("confidence", string(c.Confidence))
		j.limit("limit", c.Limit)
		j.limit("expected_limit", c.ExpectedLimit)
		j.stringIf("kernel", c.Kernel)
		j.bool("judged", c.Judged)
		j.stringIf("unjudged", c.Unjudged)
		j.bool("ok", c.OK)
	})
}

// throughput writes how fast payload got through in the steady part of the experiment, or
// null if it has none.
func (j *writer) throughput(p *proof.Proof) {
	if p.Measured == nil || p.Measured.Throughput == nil {
		j.null("throughput")
		return
	}
	t := p.Measured.Throughput
	j.object("throughput", func() {
		j.span("span_ns", t.Span)
		optional(j, "kernel_acknowledged_bytes", t.Kernel)
		optional(j, "packets_acknowledged_bytes", t.Packets)
		optional(j, "window_bytes", t.Window)
		optional(j, "rtt_ns", t.RTT)
		optional(j, "smallest_rtt_ns", t.SmallestRTT)
		optional(j, "smoothed_rtt_ns", t.SmoothedRTT)
	})
}

// limit writes the name of a limit, or null if it is unknown.
func (j *writer) limit(key string, l kernel.Limit) {
	if l == kernel.LimitUnknown {
		j.null(key)
		return
	}
	j.string(key, l.String())
}

func (j *writer) witness(w *kernel.Witness) {
	j.object("witness", func() {
		j.string("scenario", w.Scenario)
		j.int("started_ns", w.Started)
		j.int("ended_ns", w.Ended)
		j.endpoint("client", w.Client)
		j.endpoint("server", w.Server)
		j.array("others", func() {
			for _, c := range w.Others {
				j.object("", func() {
					j.endpoint("client", c.Client)
					j.endpoint("server", c.Server)
				})
			}
		})
		j.string("sender", w.Sender.String())
		j.bool("isolated", w.Isolated)
		j.string("kernel", w.Kernel)
		j.stringIf("congestion", w.Congestion)
		j.known("mtu_bytes", w.MTU)
		j.int("chunk_bytes", w.ChunkBytes)
		j.intIf("rcvbuf_asked_bytes", w.RcvBufAsked != 0, w.RcvBufAsked)
		j.intIf("sndbuf_asked_bytes", w.SndBufAsked != 0, w.SndBufAsked)
		j.calls("send", &w.Send)
		j.calls("recv", &w.Recv)
		j.int("accepted_bytes", w.AcceptedBytes)
		j.int("blocked_call_bytes", w.BlockedCallBytes)
		j.blocked(w.Blocked)
		j.intIf("request_ns", w.Request != 0, int64(w.Request))
		j.stringIf("set_up", w.Expected.SetUp)
		j.path(w.Path)
		j.stringIf("captured_at", w.CapturedAt)
		j.array("readings", func() {
			for i := range w.Readings {
				j.reading(&w.Readings[i])
			}
		})
		j.array("counters", func() {
			for _, c := range w.Counters {
				j.object("", func() {
					j.string("name", c.Name)
					j.known("before", c.Before)
					j.known("after", c.After)
				})
			}
		})
		j.known("probes", w.Probes)
		j.stringIf("probes_from", w.ProbesFrom)
		j.array("findings", func() {
			for _, f := range w.Findings {
				j.object("", func() {
					j.string("claim", f.Claim)
					j.bool("holds", f.Holds)
					j.string("evidence", f.Evidence)
				})
			}
		})
	})
}

// known writes a number of the kernel, or null if the kernel gave none.
func (j *writer) known(key string, v int64) { j.intIf(key, v != kernel.Unknown, v) }

func (j *writer) calls(key string, c *kernel.CallStats) {
	j.object(key, func() {
		j.int("calls", c.Calls)
		j.int("returned_bytes", c.Bytes)
		j.int("partial", c.Partial)
		j.int("would_block", c.WouldBlock)
		j.int("interrupted", c.Interrupted)
		j.int("eofs", c.EOFs)
		j.int("errors", c.Errors)
		j.stringIf("last_error", c.LastError)
		j.span("in_call_ns", c.InCall)
		j.span("longest_call_ns", c.Longest)
	})
}

func (j *writer) blocked(b *kernel.BlockedCall) {
	if b == nil {
		j.null("blocked")
		return
	}
	j.object("blocked", func() {
		j.int("since_ns", b.At)
		j.int("seen_ns", b.Seen)
		j.int("tid", int64(b.TID))
		j.stringIf("syscall", b.Syscall)
		j.int("syscall_number", b.Number)
		j.array("args", func() {
			for _, a := range b.Args {
				j.uint("", a)
			}
		})
		j.stringIf("wchan", b.Wchan)
		j.stringIf("thread_state", b.State)
		j.array("stack", func() {
			for _, f := range b.Stack {
				j.string("", f)
			}
		})
	})
}

func (j *writer) reading(r *kernel.Reading) {
	j.object("", func() {
		j.string("moment", r.Moment)
		j.int("time_ns", r.Time)
		j.known("accepted_bytes", r.AcceptedBytes)
		j.known("read_bytes", r.ReadBytes)
		j.known("back_accepted_bytes", r.BackAcceptedBytes)
		j.known("back_read_bytes", r.BackReadBytes)
		j.socket("sender", &r.Sender)
		j.socket("receiver", &r.Receiver)
	})
}

func (j *writer) socket(key string, s *kernel.SocketState) {
	j.object(key, func() {
		j.stringIf("state", s.State)
		for _, f := range report.SocketFields {
			j.known(f.Name, *f.Of(s))
		}
	})
}
