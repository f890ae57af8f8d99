package proof

import (
	"math"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/cause"
	"winwatch/analyze/chart"
	"winwatch/capture/kernel"
)

// Measured is what a run came to, in the numbers that are worth comparing between runs
// with different settings.
type Measured struct {
	// Code is the verdict on the packets; it explains Waited of the time that the stream
	// lasted.
	Code           cause.Code
	Waited, Lasted time.Duration
	// Request is the median time of a request and its answer (kernel.Witness.Request); nil
	// if there were none.
	Request *time.Duration
	// Throughput is nil if the scenario has no steady part.
	Throughput *Throughput
	// Link describes the link between the hosts, as kernel.Path.Spec; "" on loopback.
	Link string
}

// Throughput is how fast payload got through in the steady part of a run, and what the
// window allows.
type Throughput struct {
	// Span is the length of the steady part.
	Span time.Duration
	// Kernel and Packets are the payload acknowledged in it, in bytes: by tcpi_bytes_acked
	// at the sender, and by the ACKs captured.
	Kernel, Packets *int64
	// Window is the window that the receiver advertised, on average over the time, in bytes.
	Window *int64
	// RTT is the round trip of the steady part, on average over the payload, from packets
	// captured at the sender; if they were captured elsewhere it is SmallestRTT, the
	// smallest in all packets. SmoothedRTT is tcpi_rtt at the sender at the end.
	RTT, SmallestRTT, SmoothedRTT *time.Duration
}

// Rate returns the kernel's throughput in bit/s, PacketRate that of the packets; nil if it
// is unknown.
func (t *Throughput) Rate() *float64 { return t.rate(t.Kernel) }

// PacketRate is like Rate.
func (t *Throughput) PacketRate() *float64 { return t.rate(t.Packets) }

func (t *Throughput) rate(bytes *int64) *float64 {
	if bytes == nil {
		return nil
	}
	return new(bitRate(*bytes, t.Span))
}

// Ceiling returns window ÷ RTT, in bit/s: no more than a window gets through in a round
// trip (RFC 9293 3.8.6). It is nil if either is unknown.
func (t *Throughput) Ceiling() *float64 {
	if t.Window == nil || t.RTT == nil || *t.RTT <= 0 {
		return nil
	}
	return new(bitRate(*t.Window, *t.RTT))
}

// Off returns by what share of the ceiling the kernel's throughput differs from it, nil if
// either is unknown or the ceiling is 0.
func (t *Throughput) Off() *float64 {
	rate, ceiling := t.Rate(), t.Ceiling()
	if rate == nil || ceiling == nil || *ceiling == 0 {
		return nil
	}
	return new((*rate - *ceiling) / *ceiling)
}

// bitRate returns n bytes in d as bit/s.
func bitRate(n int64, d time.Duration) float64 { return float64(n) * 8 / d.Seconds() }

// measure measures the run.
func measure(st *analyze.Stream, dir analyze.Dir, w *kernel.Witness, tl *chart.Timeline) *Measured {
	m := &Measured{Code: st.Verdict.Code, Waited: st.Verdict.Wait, Lasted: st.Span, Throughput: throughput(st, dir, w, tl)}
	if w.Request > 0 {
		m.Request = new(w.Request)
	}
	if w.Path != nil {
		m.Link = w.Path.Spec
	}
	return m
}

// throughput measures the steady part, or returns nil if the kernel was not read at both
// its ends.
func throughput(st *analyze.Stream, dir analyze.Dir, w *kernel.Witness, tl *chart.Timeline) *Throughput {
	from, ok := w.At(kernel.MomentSteady)
	to, ok2 := w.At(kernel.MomentStop)
	begin, end := from.Sender.Time, to.Sender.Time
	if !ok || !ok2 || end <= begin {
		return nil
	}
	t := &Throughput{Span: time.Duration(end - begin), RTT: st.RTT, SmallestRTT: st.RTT}
	if a, b := from.Sender.BytesAcked, to.Sender.BytesAcked; a != kernel.Unknown && b != kernel.Unknown {
		t.Kernel = new(b - a)
	}
	if rtt := to.Sender.RTT; rtt != kernel.Unknown && rtt > 0 {
		t.SmoothedRTT = new(time.Duration(rtt))
	}
	acks := dir.Reverse()
	if a, b := lastAt(tl, st.ID, acks, begin), lastAt(tl, st.ID, acks, end); a != nil && b != nil &&
		a.Ack != analyze.Unknown && b.Ack != analyze.Unknown {
		t.Packets = new(b.Ack - a.Ack)
	}
	t.Window = meanWindow(tl, st.ID, acks, begin, end)
	if w.CapturedAt == "" || w.CapturedAt == w.Sender.String() {
		if rtt := meanRTT(tl, st.ID, dir, begin, end); rtt != nil {
			t.RTT = rtt
		}
	}
	return t
}

// meanWindow returns the average over time of the window that the segments of dir
// advertise from one time to another, or nil if it is not known all the time.
func meanWindow(tl *chart.Timeline, stream int64, dir analyze.Dir, from, to int64) *int64 {
	last := lastAt(tl, stream, dir, from)
	if last == nil || last.Window == analyze.Unknown {
		return nil
	}
	points, _ := tl.Points(stream)
	sum, since, window := 0.0, from, last.Window
	for i := range points {
		p := &points[i]
		if p.Dir != dir || p.Time <= from || p.Time > to {
			continue
		}
		if p.Window == analyze.Unknown {
			return nil
		}
		sum += float64(window) * float64(p.Time-since)
		since, window = p.Time, p.Window
	}
	sum += float64(window) * float64(to-since)
	return new(int64(math.Round(sum / float64(to-from))))
}

// meanRTT returns the average over the payload in direction dir of the time until its ACK,
// for ACKs from one time to another; nil if there are none. The packets must have been
// captured at the sender. What was sent twice does not count (RFC 6298 3).
func meanRTT(tl *chart.Timeline, stream int64, dir analyze.Dir, from, to int64) *time.Duration {
	points, _ := tl.Points(stream)
	sent := map[int64]int64{} // the time at which the data before a sequence number was sent
	acked, bytes, sum := int64(analyze.Unknown), 0.0, 0.0
	for i := range points {
		p := &points[i]
		switch {
		case p.Time > to:
		case p.Dir == dir && p.SeqEnd > p.Seq:
			if _, again := sent[p.SeqEnd]; again || p.Events.Has(analyze.EventRetransmission) {
				sent[p.SeqEnd] = analyze.Unknown
				continue
			}
			sent[p.SeqEnd] = p.Time
		case p.Dir != dir && p.Ack > acked:
			at, ok := sent[p.Ack]
			if ok && at != analyze.Unknown && p.Time >= from && acked != analyze.Unknown {
				bytes += float64(p.Ack - acked)
				sum += float64(p.Ack-acked) * float64(p.Time-at)
			}
			acked = p.Ack
		}
	}
	if bytes == 0 {
		return nil
	}
	return new(time.Duration(sum / bytes))
}

// evenRounds is the number of round trips from which a steady part is long enough to
// compare throughputs: an ACK passes the capture up to half a round trip before the sender
// gets it, and so does the one at the other end; that is 5% of 20 round trips.
const evenRounds = 20

// throughput compares the payload acknowledged in the steady part. segment is the size of
// the largest, which may be acknowledged while the kernel is read.
func (p *Proof) throughput(segment int64) {
	t := p.Measured.Throughput
	if t == nil {
		return
	}
	est := analyze.NewEstimate("the ACKs that bound the steady part were not captured", nil, nil, nil)
	if v := t.Packets; v != nil {
		est = analyze.NewEstimate("rise of the acknowledgment number in the steady part of the run, within 5% and a segment", v, new(*v-*v/20-segment), new(*v+*v/20+segment))
	}
	kernels := kernel.Unknown
	if t.Kernel != nil {
		kernels = *t.Kernel
	}
	p.within("acknowledged while steady", "bytes", est, kernels, "tcpi_bytes_acked at the sender")
	if t.RTT == nil || t.Span < evenRounds**t.RTT {
		p.Rows[len(p.Rows)-1].withhold("the steady part is too short: one burst more or less decides")
	}
}
