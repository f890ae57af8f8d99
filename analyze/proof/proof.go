package proof

import (
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/capture/kernel"
)

// Proof sets what was inferred from packets against what the kernel said.
type Proof struct {
	Stream int64
	Dir    analyze.Dir
	// Isolated says that the kernel's event counters counted nothing else.
	Isolated bool
	Rows     []Row
	// Accepted is the account of everything that send() accepted.
	Accepted *Accepted
	// Withheld says why nothing is judged, such as packets that were not
	// captured; empty if the rows are.
	Withheld string
}

// Row is one quantity, known twice.
type Row struct {
	Name string
	// Unit is "bytes", "count" or "ns".
	Unit string
	// Inferred is from packets and, where Method says so, from what the programs
	// counted; Kernel is the kernel's own. nil is unknown.
	Inferred, Kernel *int64
	// Difference is Inferred - Kernel, nil if either is unknown.
	Difference *int64
	// Low and High bound where the kernel's number must lie, if the row is not
	// Exact; nil is unbounded.
	Low, High *int64
	// Exact: the two must be equal.
	Exact bool
	// Judged is false where a difference would prove nothing: Method says why.
	Judged bool
	// OK: equal, or inside the interval. It means something only if Judged.
	OK bool
	// Method says how Inferred was obtained and Source what Kernel is.
	Method, Source string
}

// Failed returns the rows in which winwatch was wrong.
func (p *Proof) Failed() []Row {
	var failed []Row
	for _, r := range p.Rows {
		if r.Judged && !r.OK {
			failed = append(failed, r)
		}
	}
	return failed
}

// Prove compares the data of direction dir of st with what the kernel said at
// the end of the experiment, before anything was closed. The timeline, which
// may be nil, holds the windows of st. withheld is why nothing can be judged, such
// as packets that were not captured; else empty.
func Prove(st *analyze.Stream, dir analyze.Dir, w *kernel.Witness, tl *chart.Timeline, withheld string) *Proof {
	p := &Proof{Stream: st.ID, Dir: dir, Isolated: w.Isolated, Withheld: withheld}
	end, ok := w.At(kernel.MomentEnd)
	if !ok {
		p.Withheld = "the experiment did not come to its end"
		return p
	}
	full, ok := w.At(kernel.MomentStall)
	if !ok || full.ReadBytes == end.ReadBytes {
		full = end // nothing has changed, and what a blocked call handed over is known
	}
	d := &st.Dirs[dir]
	p.Accepted, _ = NewAccepted(st, dir, end.AcceptedBytes)
	p.exact("receive queue", "bytes", new(d.AckedBytes-end.ReadBytes), end.Receiver.UnreadBytes,
		"payload acknowledged - payload that recv() returned", "FIONREAD at the receiver")
	p.within("receive buffer", "bytes", d.Buffer.RcvBuf, full.Receiver.RcvBuf, true, "SO_RCVBUF at the receiver")
	p.exact("send queue", "bytes", new(end.AcceptedBytes-d.AckedBytes), end.Sender.SendQueueBytes,
		"bytes that send() accepted - payload acknowledged", "SIOCOUTQ at the sender")
	p.sendBuffer(d, w, full, lastAt(tl, st.ID, dir.Reverse(), full.Time))
	p.exact("window seen", "bytes", windowOf(lastAt(tl, st.ID, dir.Reverse(), end.Time)), end.Sender.SndWnd,
		"the last window the receiver advertised", "tcpi_snd_wnd at the sender")
	p.counters(st, dir, w)
	p.times(st, d, w, end)
	return p
}

// sendBuffer bounds sk_sndbuf by the backlog with which send() blocked. send()
// starts to wait when sk_wmem_queued reaches sk_sndbuf, and waits until a third
// of it is free (sk_stream_is_writeable). sk_wmem_queued is the backlog and what
// each sk_buff costs; an sk_buff holds a segment at least, which is at most half
// the largest window (tcp_bound_to_half_wnd).
func (p *Proof) sendBuffer(d *analyze.Direction, w *kernel.Witness, full kernel.Reading, last *analyze.Point) {
	est := analyze.Estimate{Method: "send() never found the send buffer full"}
	blocked := w.Send.WouldBlock > 0 || w.Blocked != nil && w.Blocked.Syscall != "recvfrom"
	if blocked && last != nil && last.Ack != analyze.Unknown {
		backlog := full.AcceptedBytes - max(last.Ack-1, 0) // the SYN is no payload
		segment := d.MaxSegment
		if d.MSS > 0 {
			segment = int64(d.MSS)
		}
		if d.Window.Largest != nil {
			segment = min(segment, max(*d.Window.Largest/2, minSegment))
		}
		// A call that was blocked then, and returned later, had handed over some of
		// its chunk.
		most := backlog
		if full.Moment == kernel.MomentStall && w.Send.WouldBlock == 0 {
			most += w.ChunkBytes
		}
		buffers := most/max(segment, 1) + 2
		est = analyze.Estimate{Value: new(backlog), High: new((most + buffers*skbOverhead) * 3 / 2),
			Method: "from the backlog with which send() blocked: at least two thirds of the buffer were in use, by it and " +
				"by what its packets cost; the kernel tests the limit only when a packet starts, so there is no lower bound"}
	}
	p.within("send buffer", "bytes", est, full.Sender.SndBuf, blocked, "SO_SNDBUF at the sender")
}

const (
	// minSegment is the least to which Linux cuts a segment for a small window
	// (TCP_MIN_MSS less options, tcp_bound_to_half_wnd).
	minSegment = 68 - 40
	// skbOverhead is more than an sk_buff costs beside its payload: itself and
	// a linear part that holds headers alone, rounded up by the allocator.
	skbOverhead = 2304
)

// counters compares event counts. The kernel's count for a network namespace,
// in both directions.
func (p *Proof) counters(st *analyze.Stream, dir analyze.Dir, w *kernel.Witness) {
	fwd, rev := &st.Dirs[dir], &st.Dirs[dir.Reverse()]
	where := "this namespace alone"
	if !w.Isolated {
		where = "the whole host: other traffic counts too, so nothing is judged (--isolate would)"
	}
	probes := fwd.Probes
	if w.ProbesFrom == "TCPWinProbe" {
		probes += rev.Probes
	}
	p.exact("probes", "count", new(int64(probes)), w.Probes, "probes seen", w.ProbesFrom)
	namespace := func(name, method, counter string, n uint64, judge bool) {
		rise, ok := w.Counter(counter)
		if !ok {
			rise = kernel.Unknown
		}
		p.exact(name, "count", new(int64(n)), rise, method, counter+" of "+where)
		if r := &p.Rows[len(p.Rows)-1]; !w.Isolated || !judge {
			r.Judged = false
		}
	}
	namespace("keep-alives", "keep-alives seen", "TCPKeepAlive", fwd.KeepAlives+rev.KeepAlives, true)
	transitions, comparable := "transitions on the wire", true
	if why := uncounted(w); why != "" {
		transitions, comparable = transitions+": nothing is judged, because "+why, false
	}
	namespace("to zero window", transitions, "TCPToZeroWindowAdv", fwd.Window.ToZero+rev.Window.ToZero, comparable)
	namespace("from zero window", transitions, "TCPFromZeroWindowAdv", fwd.Window.FromZero+rev.Window.FromZero, comparable)
}

// uncounted says why the kernel's counts of zero windows, made in
// tcp_select_window, may differ from those on the wire; "" if they can't.
func uncounted(w *kernel.Witness) string {
	rose := func(name string) bool {
		rise, ok := w.Counter(name)
		return !ok || rise > 0
	}
	switch {
	case rose("TCPRcvQDrop"):
		return "a window of 0 that is sent because memory is short (ICSK_ACK_NOMEM) is not counted"
	case rose("OutRsts"):
		return "the kernel counts the window of a reset, which means nothing"
	}
	return ""
}

// times compares the time budget. The kernel was read at one moment, the packets
// may end before it: a stall that was still on has lasted until then.
func (p *Proof) times(st *analyze.Stream, d *analyze.Direction, w *kernel.Witness, end kernel.Reading) {
	silence, after := max(time.Duration(end.Time-st.End), 0), max(time.Duration(st.End-end.Time), 0)
	var until, open time.Duration // the silence, if it is known to belong to a stall, and if not
	if stalled(d) {
		until = silence
	} else {
		open = silence
	}
	// The kernel reads its clock when a state begins and when it ends.
	tolerance := (st.Span+until)/20 + w.Tick*time.Duration(2+2*d.StallCount)
	span := func(v time.Duration, method string) analyze.Estimate {
		return analyze.Estimate{Value: new(int64(v)), Low: new(int64(max(v-tolerance-after, 0))), High: new(int64(v + tolerance + open)),
			Method: method + ", within 5% of the stream's time and a tick of the kernel's clock for each change"}
	}
	b := &d.Budget
	p.within("time limited by the window", "ns",
		span(b.ReceiverLimited()+until, "zero window + small window + window full"),
		end.Sender.RwndLimited, b.Total > 0, "tcpi_rwnd_limited at the sender")
	p.within("time busy", "ns",
		span(b.Total-b.SenderIdle-b.Unjudged+until, "all time but the sender's idle time"),
		end.Sender.Busy, b.Total > 0, "tcpi_busy_time at the sender")
}

// stalled reports whether a sender with data was held back when the capture
// ended.
func stalled(d *analyze.Direction) bool {
	for i := range d.Stalls {
		if w := &d.Stalls[i]; w.EndedBy == analyze.EndCaptureEnded && w.SenderWaiting != nil && *w.SenderWaiting {
			return true
		}
	}
	return false
}

// exact adds a row whose numbers must be equal.
func (p *Proof) exact(name, unit string, inferred *int64, actual int64, method, source string) {
	r := Row{Name: name, Unit: unit, Inferred: inferred, Exact: true, Method: method, Source: source}
	p.add(r, actual, true)
}

// within adds a row whose number from the kernel must lie in an interval.
func (p *Proof) within(name, unit string, est analyze.Estimate, actual int64, judge bool, source string) {
	r := Row{Name: name, Unit: unit, Inferred: est.Value, Low: est.Low, High: est.High, Method: est.Method, Source: source}
	p.add(r, actual, judge && (est.Low != nil || est.High != nil))
}

func (p *Proof) add(r Row, actual int64, judge bool) {
	if actual != kernel.Unknown {
		r.Kernel = new(actual)
	}
	if r.Kernel != nil && r.Inferred != nil {
		r.Difference = new(*r.Inferred - actual)
	}
	if r.Exact {
		r.Judged = judge && r.Difference != nil
		r.OK = r.Difference != nil && *r.Difference == 0
	} else {
		r.Judged = judge && r.Kernel != nil
		r.OK = r.Kernel != nil && (r.Low == nil || *r.Low <= actual) && (r.High == nil || actual <= *r.High)
	}
	r.Judged = r.Judged && p.Withheld == ""
	p.Rows = append(p.Rows, r)
}

// lastAt returns the last segment of dir up to the given time whose window and
// acknowledgment count, nil if there is none.
func lastAt(tl *chart.Timeline, stream int64, dir analyze.Dir, at int64) *analyze.Point {
	if tl == nil {
		return nil
	}
	points, _ := tl.Points(stream)
	for i := len(points) - 1; i >= 0; i-- {
		if p := &points[i]; p.Dir == dir && p.Time <= at && !p.Flags.Has(capture.RST) {
			return p
		}
	}
	return nil
}

func windowOf(p *analyze.Point) *int64 {
	if p == nil || p.Window == analyze.Unknown {
		return nil
	}
	return new(p.Window)
}
