package analyze

import (
	"math"
	"time"
)

func nanos(n int64) time.Duration { return time.Duration(n) }

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
	if worst == nil || worst.Burst == nil || worst.Unread.Value() == nil {
		return
	}
	unread := *worst.Unread.Value()
	r.AvoidBuffer = NewEstimate("unread bytes when the window closed, plus what the sender sent at once when it opened, before it learned of any reading: a buffer for both, in payload bytes",
		nil, new(unread+*worst.Burst), nil)
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
