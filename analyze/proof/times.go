package proof

import (
	"math"
	"time"

	"winwatch/analyze"
	"winwatch/analyze/chart"
	"winwatch/capture/kernel"
)

// times compares the time budget. The kernel was read at one moment, and the packets
// may end before it: a stall still on at the last packet lasted until then.
func (p *Proof) times(st *analyze.Stream, dir analyze.Dir, w *kernel.Witness, tl *chart.Timeline, end kernel.Reading) {
	d := &st.Dirs[dir]
	silence, after := max(time.Duration(end.Time-st.End), 0), max(time.Duration(st.End-end.Time), 0)
	x := newDoubt(st, dir, w, tl, &end)
	// until is the silence if it is known to belong to a stall, open if not.
	var until, open time.Duration
	if stalled(d) || x.waits {
		until = silence
	} else {
		open = silence
	}
	// span is the interval around v in which the kernel counts from least to most.
	span := func(least, v, most time.Duration, method string) analyze.Estimate {
		tolerance := timeTolerance(v, st.Span+until, d, w.Tick)
		return analyze.NewEstimate(method, new(int64(v)), new(int64(max(least-tolerance-after, 0))), new(int64(most+tolerance+open)))
	}
	b := &d.Budget
	if b.Total <= 0 {
		span = func(_, _, _ time.Duration, _ string) analyze.Estimate {
			return analyze.NewEstimate("all segments have the same time", nil, nil, nil)
		}
	}
	limited := b.ReceiverLimited() + until
	least := max(limited-x.less, 0)
	method := "zero window + small window + window full" + tolerated
	if w.Congestion == "bbr" {
		// BBR paces, and tcp_write_xmit does not look at the window while the timer runs.
		least = max(least-b.WindowFull, 0)
		method += "; the kernel may not count a full window, because BBR paces"
	}
	p.within("time limited by the window", "ns", span(least, limited, max(limited, x.most), method+x.why()),
		end.Sender.RwndLimited, "tcpi_rwnd_limited at the sender")
	busy := b.Total - b.SenderIdle - b.Unjudged + until
	p.within("time busy", "ns",
		span(max(busy-x.opening, 0), busy, busy, "all time except the sender's idle time"+tolerated),
		end.Sender.Busy, "tcpi_busy_time at the sender")
}

const tolerated = ", within 5% plus the resolution of the kernel's clock"

// timeTolerance returns by how much a time v of a stream that lasted for total may differ
// from the kernel's. The kernel reads its clock, with the resolution of a tick, at each
// change of state. Stalls begin and end with timers, on a tick or just after, so that
// each may be a whole tick off at either end. Of short times, of which there is at most one
// a data segment, the errors are random with a deviation of 1/sqrt(6) tick: three
// deviations of their sum are likely enough. Beyond that the difference must be within 5%
// of v, and in any case within 5% of the total.
func timeTolerance(v, total time.Duration, d *analyze.Direction, tick time.Duration) time.Duration {
	random := time.Duration(3 * float64(tick) * math.Sqrt(float64(d.DataSegments)/6))
	return min(total/20, v/20+random) + tick*time.Duration(2+2*d.StallCount)
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
