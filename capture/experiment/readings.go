//go:build linux

package experiment

import (
	"time"

	"winwatch/capture/kernel"
)

// reading reads both sockets now.
func (rn *runner) reading(moment string) kernel.Reading {
	r := kernel.Reading{
		Moment:        moment,
		Time:          time.Now().UnixNano(),
		Sender:        rn.sender.state(),
		Receiver:      rn.receiver.state(),
		AcceptedBytes: rn.sender.sends.bytes.Load(),
		ReadBytes:     rn.receiver.recvs.bytes.Load(),

		BackAcceptedBytes: rn.receiver.sends.bytes.Load(),
		BackReadBytes:     rn.sender.recvs.bytes.Load(),
	}
	rn.sampler.watch(&r.Sender, &r.Receiver)
	return r
}

// read waits until nothing moves and records a reading.
func (rn *runner) read(moment string) error {
	r, err := rn.settle(moment)
	rn.w.Readings = append(rn.w.Readings, r)
	return err
}

// mark records a reading while data flows.
func (rn *runner) mark(moment string) {
	rn.w.Readings = append(rn.w.Readings, rn.reading(moment))
}

// pauseSteady waits while data flows. The pace counts as steady from a quarter of the time on.
func (rn *runner) pauseSteady(d time.Duration) error {
	if err := rn.pause(d / 4); err != nil {
		return err
	}
	rn.mark(kernel.MomentSteady)
	err := rn.pause(d - d/4)
	rn.mark(kernel.MomentStop)
	return err
}

const (
	// settleFor is how long nothing may move before a reading counts as settled:
	// longer than a delayed ACK (TCP_DELACK_MIN, 40 ms).
	settleFor = 60 * time.Millisecond
	// settleLimit bounds the wait for that.
	settleLimit = 3 * time.Second
	// probeMargin is how far away the next probe must be, so that it does not fall
	// between the last reading and the end of the capture.
	probeMargin = 150 * time.Millisecond
)

// settle waits until neither socket has moved for settleFor and the time of two round
// trips, and no probe is about to be sent, and returns the last reading. If the
// connection does not come to rest within settleLimit, it returns the last reading
// anyway.
func (rn *runner) settle(moment string) (kernel.Reading, error) {
	last := rn.reading(moment)
	since := time.Now()
	var err error
	for deadline := since.Add(settleLimit + 20*rn.rtt); time.Now().Before(deadline); {
		if err = rn.pause(10 * time.Millisecond); err != nil {
			break
		}
		r := rn.reading(moment)
		if !stillReading(&last, &r) || rn.probeNear() {
			since = time.Now()
		}
		last = r
		if time.Since(since) >= settleFor+2*rn.rtt {
			break
		}
	}
	return last, err
}

func stillReading(a, b *kernel.Reading) bool {
	return a.AcceptedBytes == b.AcceptedBytes && a.ReadBytes == b.ReadBytes &&
		a.BackAcceptedBytes == b.BackAcceptedBytes && a.BackReadBytes == b.BackReadBytes &&
		stillSocket(&a.Sender, &b.Sender) && stillSocket(&a.Receiver, &b.Receiver)
}

// probeNear reports whether either end is due to send a probe now or very soon.
func (rn *runner) probeNear() bool {
	there, back := rn.sampler.count(), rn.sampler.countBack()
	return there.near() || back.near()
}

// near reports whether a probe is due now or very soon.
func (c *probeCount) near() bool {
	next := c.next()
	if next == 0 {
		return false
	}
	away := time.Duration(next - time.Now().UnixNano())
	return away < probeMargin && away > -probeMargin
}

// rest records the last reading: from here on the scenario only closes. It may be
// called twice.
func (rn *runner) rest() {
	if rn.rested {
		return
	}
	rn.rested = true
	// If the experiment was cancelled, settle returns the current state.
	r, _ := rn.settle(kernel.MomentEnd)
	rn.w.Readings = append(rn.w.Readings, r)
	rn.w.AcceptedBytes = r.AcceptedBytes
}

// quiet ends the part that a capture must cover: it takes the last readings unless
// the scenario did, reads the counters and calls Hooks.Quiet. It may be called twice.
func (rn *runner) quiet() error {
	if rn.quieted {
		return nil
	}
	rn.quieted = true
	rn.rest()
	after, err := rn.counts()
	if rn.link != nil {
		rn.w.Path = new(rn.link.Report())
	}
	rn.w.Send, rn.w.Recv = rn.sender.sends.stats(), rn.receiver.recvs.stats()
	if rn.hooks.Quiet != nil {
		rn.hooks.Quiet()
	}
	if err != nil {
		return err
	}
	rn.w.Counters = after.Since(rn.before)
	rn.countProbes()
	return nil
}

// countProbes takes the probe count from the namespace's counter if no other
// connection can have moved it, else from the sender's socket.
func (rn *runner) countProbes() {
	probes := rn.sampler.count()
	rn.w.Probes, rn.w.ProbesFrom = probes.total, "icsk_backoff"
	if !rn.w.Isolated {
		return
	}
	if n, ok := rn.w.Counter("TCPWinProbe"); ok {
		rn.w.Probes, rn.w.ProbesFrom = n, "TCPWinProbe"
	}
}
