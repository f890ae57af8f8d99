package analyze

import (
	"fmt"
	"math"
	"time"
)

func nanos(n int64) time.Duration { return time.Duration(n) }

// unread estimates what the receiver's application had not read when the window
// closed. As long as nothing shows that it read, it is all that was
// acknowledged; when it is more than the receiver can have kept, it is unknown.
func (sh *shard) unread(st *stream, f *flow, t *flowstate) {
	e := &t.stall.Unread
	acked := f.acked()
	switch {
	case !f.is(hasISN):
		e.Method = "unknown: the stream began before the capture"
	case t.edge.closedAt != t.stall.zeroAt:
		e.High = new(f.most(acked, sh.cfg.BufferFactor))
		e.Method = "at most what was acknowledged and can have been kept: the application has read since the first zero window"
	case f.is(isAnswered) && after(f.readTo, f.base+1):
		e.Value, e.High = new(acked-f.payload(f.readTo)), new(acked)
		e.Method = "what was acknowledged since the receiver's side last sent data itself, by which its application had read what came before"
	case t.edge.doubled:
		e.High = new(f.most(acked, sh.cfg.BufferFactor))
		e.Method = "at most: the window doubled before it closed while no data came, so the application has read some"
	case float64(acked) > sh.cfg.BufferFactor*float64(f.largest()):
		e.High = new(f.most(acked, sh.cfg.BufferFactor))
		e.Method = "at most: more was acknowledged than the receiver can have kept, so its application read before"
	default:
		e.Value = new(acked)
		e.Method = "all that was acknowledged until the window first closed, if nothing was read before: reading can't be told from a growing buffer until then"
	}
}

// largest is the largest window in bytes; while the scale is unknown, the
// largest that it can have been.
func (f *flow) largest() int64 {
	if f.shift == Unknown {
		return int64(f.maxWnd) << maxShift
	}
	return int64(f.maxWnd)
}

// most bounds what a receiver can have kept of acked bytes: a window never
// exceeds 65,535 shifted, and the buffer is at most factor times as large.
func (f *flow) most(acked int64, factor float64) int64 {
	return min(acked, int64(math.Round(factor*float64(f.largest()))))
}

// absorbed is the payload that the receiver took while nobody read: the most
// that was unread in any stall, as far as known.
func absorbed(stalls []Stall) *int64 {
	var most *int64
	for i := range stalls {
		s := &stalls[i]
		if s.Unread.Value == nil {
			continue
		}
		if v := *s.Unread.Value + s.taken; most == nil || v > *most {
			most = &v
		}
	}
	return most
}

// buffer infers the receiver's buffer.
func (f *flow) buffer(cfg *Config, stalls []Stall) Buffer {
	var b Buffer
	if f.has(hasWnd) && f.shift != Unknown {
		b.LargestWindow = Estimate{
			Value:  new(int64(f.maxWnd)),
			Method: "the largest window that was advertised; the buffer is larger, by a ratio that differs from kernel to kernel",
		}
	} else {
		b.LargestWindow.Method = "unknown: the window scale was not captured"
	}
	took := absorbed(stalls)
	if took == nil {
		b.Absorbed.Method = "unknown: the window never closed on data that nobody had read"
		b.RcvBuf.Method = b.Absorbed.Method
		return b
	}
	b.Absorbed = Estimate{
		Value: took, Low: took,
		Method: "payload acknowledged until the window closed, with nobody reading: the receive buffer can hold at least that much",
	}
	b.RcvBuf, b.ExplicitlySet = f.rcvBuf(*took, cfg.PacketOverhead)
	return b
}

// rcvBuf bounds the receiver's SO_RCVBUF as getsockopt returns it. The buffer
// counts memory, not payload: it is at least about the payload it took (the
// check comes before the last packet is added), and at most the memory that so
// many packets of this size can need. A small shift says more: Linux takes it
// from the largest buffer the socket may grow to, 7 or more with its defaults
// (tcp_select_initial_window), and the BSDs begin at 6: one below is of a buffer
// that was set.
func (f *flow) rcvBuf(took, overhead int64) (Estimate, *bool) {
	packet := max(int64(f.mss), 536) // the data was not captured
	if f.dataSegs > 0 {
		packet = max(f.bytes/int64(f.dataSegs), 1)
	}
	low := took - took/20 - int64(f.maxSeg)
	high := took*2 + took*overhead/packet + 2*int64(f.maxSeg) + 4096
	e := Estimate{Method: "from the payload absorbed and the memory that packets of this size need in the kernels known"}
	var set *bool
	if f.shift > 0 && f.shift < 6 {
		shiftLow, shiftHigh := int64(1)<<(f.shift+15), int64(1)<<(f.shift+17)
		if low < shiftHigh && high > shiftLow {
			low, high = max(low, shiftLow), min(high, shiftHigh)
			set = new(true)
			e.Method += fmt.Sprintf(", and from the shift of %d, too small for a buffer that tunes itself (Linux): SO_RCVBUF was set", f.shift)
		}
	}
	e.Low, e.High = new(max(low, 1)), new(high)
	return e, set
}

// reader infers how the receiving application reads.
func (f *flow) reader(t *flowstate, worst *Stall, begin int64) Reader {
	var r Reader
	if t == nil || t.edge.closedAt == 0 {
		r.Rate.Method = "unknown: until the window has closed once, reading can't be told from a growing buffer"
		r.avoid(nil, 0)
		return r
	}
	if t.edge.rise > 0 && t.edge.riseAt > t.edge.closedAt {
		r.LastRead, r.LastReadFrame = new(t.edge.riseTime), t.edge.riseFrame
		r.Rate = Estimate{
			Value:  new(int64(float64(t.edge.rise) / (float64(t.edge.riseAt-t.edge.closedAt) / 1e9))),
			Method: "rise of the right edge since the window first closed, over the time until it rose last",
		}
	} else {
		r.Rate = Estimate{Value: new(int64(0)), Method: "the right edge has not risen since the window closed: nothing was read"}
	}
	r.avoid(worst, begin)
	return r
}

// avoid tells what would have avoided the worst stall.
func (r *Reader) avoid(worst *Stall, begin int64) {
	const why = "unknown: it takes a stall whose begin and end, and what was unread, are known"
	r.AvoidBuffer.Method, r.AvoidRate.Method = why, why
	if worst == nil || worst.Released == nil || worst.Unread.Value == nil {
		return
	}
	r.AvoidBuffer = Estimate{
		Low:    new(*worst.Unread.Value + *worst.Released),
		Method: "what was unread when the window closed, and what came out when it opened: room for both, in payload bytes",
	}
	if came := worst.ZeroBegin - begin; came > 0 {
		r.AvoidRate = Estimate{
			Low:    new(int64(float64(*worst.Unread.Value) / (float64(came) / 1e9))),
			Method: "what was unread, over the time in which it had come: reading as fast as that",
		}
	}
}

// backlog infers what the sender held back.
func backlog(worst *Stall) Estimate {
	if worst == nil || worst.Burst == nil {
		return Estimate{Method: "unknown: what is in the sender's socket does not reach the wire until the window opens"}
	}
	return Estimate{
		Low:    worst.Burst,
		Method: "what came out after the stall before any of it was acknowledged: at least that much was waiting",
	}
}

// backoff fits the factor by which the gaps of probes grow, as the geometric mean
// over those that do, and returns it with the gap that is to be expected next.
// Gaps of less than Config.Promptly are between probes of one timer. The factor is 0 for
// less than two gaps.
func backoff(probes []Probe, cfg *Config) (ratio float64, next time.Duration) {
	var last time.Duration
	var grown []float64
	steady := false
	for _, p := range probes {
		if p.Gap < cfg.Promptly {
			continue
		}
		if last > 0 {
			r := float64(p.Gap) / float64(last)
			if steady = r < cfg.ProbeGrowth; !steady {
				grown = append(grown, r)
			}
		}
		last = p.Gap
	}
	if len(grown) == 0 {
		return 0, 2 * last // RFC 9293 3.8.6.1, SHLD-30
	}
	ratio = 1
	for _, r := range grown {
		ratio *= r
	}
	ratio = math.Pow(ratio, 1/float64(len(grown)))
	if steady {
		return ratio, last // at the longest that this stack waits
	}
	return ratio, min(time.Duration(float64(last)*ratio), max(cfg.MaxProbeGap, last))
}

// timing fits the back-off of a stall's probes and says when the next is due.
func (w *Stall) timing(cfg *Config) {
	ratio, next := backoff(w.Probes, cfg)
	w.Backoff = ratio
	if w.EndedBy == EndCaptureEnded && next > 0 {
		w.NextProbeDue = new(w.Probes[len(w.Probes)-1].Time + int64(next))
	}
}

// blame says who could have ended the stall sooner.
func (w *Stall) blame() string {
	switch {
	case w.SenderWaiting != nil && !*w.SenderWaiting:
		return "nobody: the sender had nothing to send"
	case w.EndedBy == EndGaveUp:
		return "the receiver's host, which answered no more"
	case w.ZeroFrame == 0:
		return "the receiving application, by reading; or the sender, by sending less than the window left"
	}
	return "the receiving application, by reading"
}
