// Package proof compares what was inferred from packets with what the kernel and the
// sending application counted.
package proof

import (
	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture"
	"winwatch/capture/kernel"
)

// Proof compares what was inferred from packets with the kernel's own numbers.
type Proof struct {
	Stream int64
	Dir    analyze.Dir
	// Isolated says that the kernel's event counters cover nothing but the experiment.
	Isolated bool
	Rows     []Row
	// Cause compares the verdict with what was set up; nil if that is unknown.
	Cause *Cause
	// Accepted accounts for everything that send() accepted.
	Accepted *Accepted
	// Measured is what sweeps compare; nil if the experiment did not finish.
	Measured *Measured
	// Withheld says why no row is judged, such as packets that were not captured; it
	// is empty if rows are judged.
	Withheld string
}

// Prove compares direction dir of st with the kernel's readings at the end of the
// experiment, taken before anything was closed. tl holds the windows of st and may
// be nil. withheld says why nothing can be judged, such as packets that were not
// captured; it is empty otherwise. others are the streams of Witness.Others.
func Prove(st *analyze.Stream, dir analyze.Dir, w *kernel.Witness, tl *chart.Timeline, withheld string, others ...*analyze.Stream) *Proof {
	p := &Proof{Stream: st.ID, Dir: dir, Isolated: w.Isolated, Withheld: withheld}
	end, ok := w.At(kernel.MomentEnd)
	if !ok {
		p.Withheld = "the experiment did not finish"
		return p
	}
	full, ok := w.At(kernel.MomentStall)
	if !ok || full.ReadBytes == end.ReadBytes {
		full = end // nothing was read since, and end includes what a blocked call handed over
	}
	d := &st.Dirs[dir]
	p.Accepted, _ = NewAccepted(st, dir, end.AcceptedBytes)
	p.exact("receive queue", "bytes", new(d.AckedBytes-end.ReadBytes), end.Receiver.UnreadBytes,
		"payload acknowledged - payload that recv() returned", "FIONREAD at the receiver")
	p.within("receive buffer", "bytes", d.Buffer.RcvBuf, full.Receiver.RcvBuf, "SO_RCVBUF at the receiver")
	p.exact("send queue", "bytes", new(end.AcceptedBytes-d.AckedBytes), end.Sender.SendQueueBytes,
		"bytes that send() accepted - payload acknowledged", "SIOCOUTQ at the sender")
	p.sendBuffer(d, w, full, lastAt(tl, st.ID, dir.Reverse(), full.Time))
	p.exact("window seen", "bytes", windowOf(lastAt(tl, st.ID, dir.Reverse(), end.Time)), end.Sender.SndWnd,
		"the last window the receiver advertised", "tcpi_snd_wnd at the sender")
	p.back(&st.Dirs[dir.Reverse()], &end)
	p.counters(st, dir, w, others)
	p.times(st, dir, w, tl, end)
	p.elsewhere(w, &end)
	p.cause(st, w)
	p.Measured = measure(st, dir, w, tl)
	p.throughput(d.MaxSegment)
	return p
}

// back compares the queues of the other direction, d, if it carried data.
func (p *Proof) back(d *analyze.Direction, end *kernel.Reading) {
	if end.BackAcceptedBytes == 0 {
		return
	}
	p.exact("sender's receive queue", "bytes", new(d.AckedBytes-end.BackReadBytes), end.Sender.UnreadBytes,
		"payload acknowledged - payload that recv() returned", "FIONREAD at the sender")
	p.exact("receiver's send queue", "bytes", new(end.BackAcceptedBytes-d.AckedBytes), end.Receiver.SendQueueBytes,
		"bytes that send() accepted - payload acknowledged", "SIOCOUTQ at the receiver")
}

// sendBuffer bounds sk_sndbuf by the backlog at which send() blocked. send() starts
// to wait when sk_wmem_queued reaches sk_sndbuf, and waits until a third of it is
// free (sk_stream_is_writeable). sk_wmem_queued is the backlog plus the overhead of
// each sk_buff; an sk_buff holds at least one segment, which is at most half the
// largest window (tcp_bound_to_half_wnd).
func (p *Proof) sendBuffer(d *analyze.Direction, w *kernel.Witness, full kernel.Reading, last *analyze.Point) {
	est := analyze.NewEstimate("send() never found the send buffer full", nil, nil, nil)
	blocked := w.Send.WouldBlock > 0 || w.Blocked != nil && w.Blocked.Syscall != "recvfrom"
	if blocked && last != nil && last.Ack != analyze.Unknown {
		backlog := full.AcceptedBytes - max(last.Ack-1, 0) // the SYN is not payload
		segment := d.MaxSegment
		if d.MSS > 0 {
			segment = int64(d.MSS)
		}
		if d.Window.Largest != nil {
			segment = min(segment, max(*d.Window.Largest/2, minSegment))
		}
		// A call that was blocked at that time and returned later may have handed over
		// part of its chunk already.
		most := backlog
		if full.Moment == kernel.MomentStall && w.Send.WouldBlock == 0 {
			most += w.ChunkBytes
		}
		buffers := most/max(segment, 1) + 2
		est = analyze.NewEstimate("from the backlog at which send() blocked: it and the overhead of its packets filled at least two thirds of the "+
			"buffer; the kernel tests the limit only when a packet starts, so there is no lower bound",
			&backlog, nil, new((most+buffers*skbOverhead)*3/2))
	}
	p.within("send buffer", "bytes", est, full.Sender.SndBuf, "SO_SNDBUF at the sender")
}

const (
	// minSegment is the smallest segment that Linux cuts for a small window
	// (TCP_MIN_MSS less options, tcp_bound_to_half_wnd).
	minSegment = 68 - 40
	// skbOverhead is an upper bound of the overhead of an sk_buff: the structure itself
	// and a linear part that holds only headers, rounded up by the allocator.
	skbOverhead = 2304
)

// lastAt returns the last segment of dir, except RST, up to the time at, or nil if
// there is none.
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
