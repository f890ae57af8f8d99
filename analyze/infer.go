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
func (sh *shard) unread(f *flow, t *flowstate) Estimate {
	acked := f.acked()
	most := f.most(acked, sh.cfg.BufferFactor)
	atMost := func(method string) Estimate { return NewEstimate(method, nil, nil, &most) }
	kept, method := acked, "everything acknowledged until the window first closed, if nothing was read by then: until a window closes, reading looks the same as a growing buffer"
	answered := f.is(isAnswered) && after(f.readTo, f.base+1) && !after(f.readTo, f.una)
	if answered {
		kept = acked - f.payload(f.readTo)
		method = "acknowledged since the receiver last sent data of its own; by then its application had read what came before"
	}
	switch {
	case !f.is(hasISN):
		return unknown("unknown: the stream began before the capture")
	case t.edge.closedAt != t.stall.zeroAt:
		return atMost("at most what the receiver acknowledged and could hold: its application has read since the first zero window")
	case kept > min(most, f.surely(sh.cfg.BufferFactor)):
		return atMost("upper bound: the receiver acknowledged more than it could hold, so its application read some")
	case answered:
		return NewEstimate(method, &kept, nil, &most)
	case t.edge.doubled:
		return atMost("upper bound: before it closed, the window doubled while no data arrived, so the application read some")
	}
	return NewEstimate(method, &kept, nil, nil)
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
	return min(acked, f.capacity(factor))
}

// capacity is the most payload that a receiver can hold: factor times the largest
// window.
func (f *flow) capacity(factor float64) int64 {
	return int64(math.Round(factor * float64(f.largest())))
}

// surely is the capacity even under the smallest possible scale.
func (f *flow) surely(factor float64) int64 {
	return int64(math.Round(factor * float64(int64(f.maxWnd)<<f.minShift)))
}

// absorbed is the payload that the receiver accepted while nobody read: the
// largest known number of unread bytes in any stall, or nil if none is known. If it
// accepted more than its capacity, somebody read.
func absorbed(stalls []Stall, capacity int64) *int64 {
	var most *int64
	for i := range stalls {
		s := &stalls[i]
		unread := s.Unread.Value()
		if unread == nil || s.early {
			continue
		}
		if v := *unread + s.taken; v <= capacity && (most == nil || v > *most) {
			most = &v
		}
	}
	return most
}

// buffer infers the receiver's buffer.
func (f *flow) buffer(cfg *Config, stalls []Stall) Buffer {
	var b Buffer
	b.LargestWindow = unknown("unknown: the window scale was not captured")
	if f.has(hasWnd) && f.shift != Unknown {
		b.LargestWindow = NewEstimate("the largest advertised window; the buffer is larger, by a ratio that depends on the kernel",
			new(int64(f.maxWnd)), nil, nil)
	}
	took := absorbed(stalls, f.capacity(cfg.BufferFactor))
	if took == nil {
		b.Absorbed = unknown("unknown: the window never closed with a known amount of unread data")
		b.RcvBuf = b.Absorbed
		return b
	}
	b.Absorbed = NewEstimate("payload acknowledged until the window closed, with nobody reading: the receive buffer holds at least that much",
		took, took, nil)
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
	method := "from the payload absorbed and the memory that known kernels need for packets of this size"
	var set *bool
	if f.shift > 0 && f.shift < 6 {
		shiftLow, shiftHigh := int64(1)<<(f.shift+15), int64(1)<<(f.shift+17)
		if low < shiftHigh && high > shiftLow {
			low, high = max(low, shiftLow), min(high, shiftHigh)
			set = new(true)
			method += fmt.Sprintf(", and from the shift of %d, too small for an auto-tuned buffer (Linux): SO_RCVBUF was set", f.shift)
		}
	}
	return NewEstimate(method, nil, new(max(low, 1)), &high), set
}

// reader infers how the receiving application reads.
func (f *flow) reader(t *flowstate, worst *Stall, begin int64) Reader {
	var r Reader
	r.avoid(worst, begin)
	switch {
	case t.edge.closedAt == 0:
		r.Rate = unknown("unknown: until a window closes, reading looks the same as a growing buffer")
	case t.edge.rise > 0 && t.edge.riseAt > t.edge.closedAt:
		r.LastRead, r.LastReadFrame = new(t.edge.riseAt), t.edge.riseFrame
		r.Rate = NewEstimate("rise of the right edge since the window first closed, divided by the time until its last rise",
			perSecond(t.edge.rise, t.edge.riseAt-t.edge.closedAt), nil, nil)
	default:
		r.Rate = NewEstimate("the right edge has not risen since the window closed: nothing was read", new(int64(0)), nil, nil)
	}
	return r
}

// perSecond returns the rate of bytes in ns, or nil if no time passed or an int64
// can't hold it.
func perSecond(bytes, ns int64) *int64 {
	if rate := float64(bytes) / (float64(ns) / 1e9); ns > 0 && rate < math.MaxInt64 {
		return new(int64(rate))
	}
	return nil
}

// avoid sets the buffer and the rate that would have avoided the worst stall.
func (r *Reader) avoid(worst *Stall, begin int64) {
	r.AvoidBuffer = unknown("unknown: no stall with a known begin, end and number of unread bytes")
	r.AvoidRate = r.AvoidBuffer
	if worst == nil || worst.Released == nil || worst.Unread.Value() == nil {
		return
	}
	unread := *worst.Unread.Value()
	r.AvoidBuffer = NewEstimate("unread bytes when the window closed, plus the data sent when it opened: a buffer for both, in payload bytes",
		nil, new(unread+*worst.Released), nil)
	if rate := perSecond(unread, worst.ZeroBegin-begin); rate != nil {
		r.AvoidRate = NewEstimate("unread bytes, divided by the time in which they arrived: reading at that rate keeps up",
			nil, rate, nil)
	}
}

// backlog infers how much data the sender had waiting in the worst stall.
func backlog(worst *Stall) Estimate {
	if worst == nil || worst.Burst == nil {
		return unknown("unknown: data in the sender's socket does not reach the wire until the window opens")
	}
	return NewEstimate("data sent after the stall before any of it was acknowledged: at least that much was waiting",
		nil, worst.Burst, nil)
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
	if w.EndedBy == EndCaptureEnded && next > 0 && w.Silent == 0 {
		w.NextProbeDue = new(w.Probes[len(w.Probes)-1].Time + int64(next))
	}
}

// blame names, in words, what could have ended the stall sooner.
func (w *Stall) blame() string {
	switch {
	case w.idle():
		return "nobody: the sender had nothing to send"
	case w.early:
		return "the receiver's host, or a proxy or firewall before it, by opening the window"
	case w.Silent > 0:
		return "until the receiver's last sign of life, its application, by reading; after that, its host or the path, by answering"
	case w.ZeroFrame == 0:
		return "the receiving application, by reading; or the sender, by sending a smaller segment that fits the window"
	}
	return "the receiving application, by reading"
}
