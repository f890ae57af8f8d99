package analyze

import (
	"fmt"
	"math"
	"time"
)

func nanos(n int64) time.Duration { return time.Duration(n) }

// unread estimates what the receiver's application had not read when the window
// closed: everything acknowledged, unless something shows that it had read. If
// that exceeds what the receiver can have kept, only an upper bound is known.
func (sh *shard) unread(st *stream, f *flow, t *flowstate) {
	e := &t.stall.Unread
	acked := f.acked()
	switch {
	case !f.is(hasISN):
		e.Method = "unknown: the stream began before the capture"
	case t.edge.closedAt != t.stall.zeroAt:
		e.High = new(f.most(acked, sh.cfg.BufferFactor))
		e.Method = "at most what the receiver acknowledged and could hold: its application has read since the first zero window"
	case f.is(isAnswered) && after(f.readTo, f.base+1):
		e.Value, e.High = new(acked-f.payload(f.readTo)), new(acked)
		e.Method = "acknowledged since the receiver last sent data of its own; by then its application had read what came before"
	case t.edge.doubled:
		e.High = new(f.most(acked, sh.cfg.BufferFactor))
		e.Method = "upper bound: before it closed, the window doubled while no data arrived, so the application read some"
	case float64(acked) > sh.cfg.BufferFactor*float64(f.largest()):
		e.High = new(f.most(acked, sh.cfg.BufferFactor))
		e.Method = "upper bound: the receiver acknowledged more than it could hold, so its application read some"
	default:
		e.Value = new(acked)
		e.Method = "everything acknowledged until the window first closed, if nothing was read by then: until a window closes, reading looks the same as a growing buffer"
	}
}

// largest is the largest window in bytes or, while the scale is unknown, the
// largest that is possible.
func (f *flow) largest() int64 {
	if f.shift == Unknown {
		return int64(f.maxWnd) << maxShift
	}
	return int64(f.maxWnd)
}

// most bounds how much of the acked bytes a receiver can have kept: at most factor
// times the largest window.
func (f *flow) most(acked int64, factor float64) int64 {
	return min(acked, int64(math.Round(factor*float64(f.largest()))))
}

// absorbed is the payload that the receiver accepted while nobody read: the
// largest known number of unread bytes in any stall, or nil if none is known.
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
			Method: "the largest advertised window; the buffer is larger, by a ratio that depends on the kernel",
		}
	} else {
		b.LargestWindow.Method = "unknown: the window scale was not captured"
	}
	took := absorbed(stalls)
	if took == nil {
		b.Absorbed.Method = "unknown: the window never closed with a known amount of unread data"
		b.RcvBuf.Method = b.Absorbed.Method
		return b
	}
	b.Absorbed = Estimate{
		Value: took, Low: took,
		Method: "payload acknowledged until the window closed, with nobody reading: the receive buffer holds at least that much",
	}
	b.RcvBuf, b.ExplicitlySet = f.rcvBuf(*took, cfg.PacketOverhead)
	return b
}

// rcvBuf bounds the receiver's SO_RCVBUF as getsockopt returns it. The buffer
// counts memory, not payload: it is at least about the payload it took (the kernel
// checks before it adds the last packet), and at most the memory that this many
// packets of this size can need. A small shift narrows it further: Linux derives
// the shift from the largest size the buffer may grow to, which gives 7 or more by
// default (tcp_select_initial_window), and the BSDs start at 6, so a smaller shift
// means that the buffer size was set.
func (f *flow) rcvBuf(took, overhead int64) (Estimate, *bool) {
	packet := max(int64(f.mss), 536) // if the data was not captured
	if f.dataSegs > 0 {
		packet = max(f.bytes/int64(f.dataSegs), 1)
	}
	low := took - took/20 - int64(f.maxSeg)
	high := took*2 + took*overhead/packet + 2*int64(f.maxSeg) + 4096
	e := Estimate{Method: "from the payload absorbed and the memory that known kernels need for packets of this size"}
	var set *bool
	if f.shift > 0 && f.shift < 6 {
		shiftLow, shiftHigh := int64(1)<<(f.shift+15), int64(1)<<(f.shift+17)
		if low < shiftHigh && high > shiftLow {
			low, high = max(low, shiftLow), min(high, shiftHigh)
			set = new(true)
			e.Method += fmt.Sprintf(", and from the shift of %d, too small for an auto-tuned buffer (Linux): SO_RCVBUF was set", f.shift)
		}
	}
	e.Low, e.High = new(max(low, 1)), new(high)
	return e, set
}

// reader infers how the receiving application reads.
func (f *flow) reader(t *flowstate, worst *Stall, begin int64) Reader {
	var r Reader
	if t == nil || t.edge.closedAt == 0 {
		r.Rate.Method = "unknown: until a window closes, reading looks the same as a growing buffer"
		r.avoid(nil, 0)
		return r
	}
	if t.edge.rise > 0 && t.edge.riseAt > t.edge.closedAt {
		r.LastRead, r.LastReadFrame = new(t.edge.riseTime), t.edge.riseFrame
		r.Rate = Estimate{
			Value:  new(int64(float64(t.edge.rise) / (float64(t.edge.riseAt-t.edge.closedAt) / 1e9))),
			Method: "rise of the right edge since the window first closed, divided by the time until its last rise",
		}
	} else {
		r.Rate = Estimate{Value: new(int64(0)), Method: "the right edge has not risen since the window closed: nothing was read"}
	}
	r.avoid(worst, begin)
	return r
}

// avoid sets the buffer and the rate that would have avoided the worst stall.
func (r *Reader) avoid(worst *Stall, begin int64) {
	const why = "unknown: no stall with a known begin, end and number of unread bytes"
	r.AvoidBuffer.Method, r.AvoidRate.Method = why, why
	if worst == nil || worst.Released == nil || worst.Unread.Value == nil {
		return
	}
	r.AvoidBuffer = Estimate{
		Low:    new(*worst.Unread.Value + *worst.Released),
		Method: "unread bytes when the window closed, plus the data sent when it opened: a buffer for both, in payload bytes",
	}
	if came := worst.ZeroBegin - begin; came > 0 {
		r.AvoidRate = Estimate{
			Low:    new(int64(float64(*worst.Unread.Value) / (float64(came) / 1e9))),
			Method: "unread bytes, divided by the time in which they arrived: reading at that rate keeps up",
		}
	}
}

// backlog infers how much data the sender had waiting in the worst stall.
func backlog(worst *Stall) Estimate {
	if worst == nil || worst.Burst == nil {
		return Estimate{Method: "unknown: data in the sender's socket does not reach the wire until the window opens"}
	}
	return Estimate{
		Low:    worst.Burst,
		Method: "data sent after the stall before any of it was acknowledged: at least that much was waiting",
	}
}

// backoff fits the factor by which the gaps between probes grow, the geometric mean
// over those that do, and returns it with the next gap to expect. Gaps shorter than
// Config.Promptly separate probes of the same timer and do not count. The factor is
// 0 if no gap grew.
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
		return ratio, last // this stack has reached its longest gap
	}
	return ratio, min(time.Duration(float64(last)*ratio), max(cfg.MaxProbeGap, last))
}

// timing sets the back-off of a stall's probes and when the next one is due.
func (w *Stall) timing(cfg *Config) {
	ratio, next := backoff(w.Probes, cfg)
	w.Backoff = ratio
	if w.EndedBy == EndCaptureEnded && next > 0 {
		w.NextProbeDue = new(w.Probes[len(w.Probes)-1].Time + int64(next))
	}
}

// blame names, in words, what could have ended the stall sooner.
func (w *Stall) blame() string {
	switch {
	case w.SenderWaiting != nil && !*w.SenderWaiting:
		return "nobody: the sender had nothing to send"
	case w.EndedBy == EndGaveUp:
		return "the receiver's host, which stopped answering"
	case w.ZeroFrame == 0:
		return "the receiving application, by reading; or the sender, by sending a smaller segment that fits the window"
	}
	return "the receiving application, by reading"
}
