//go:build linux

package experiment

import (
	"time"

	"winwatch/capture/kernel"
)

// reading reads both sockets now.
func (l *lab) reading(moment string) kernel.Reading {
	r := kernel.Reading{
		Moment:        moment,
		Time:          time.Now().UnixNano(),
		Sender:        l.sender.state(),
		Receiver:      l.receiver.state(),
		AcceptedBytes: l.sender.sends.bytes.Load(),
		ReadBytes:     l.receiver.recvs.bytes.Load(),
	}
	l.sampler.watch(&r.Sender)
	return r
}

// read waits until nothing moves and books a reading.
func (l *lab) read(moment string) error {
	r, err := l.settle(moment)
	l.w.Readings = append(l.w.Readings, r)
	return err
}

const (
	// settleFor is how long nothing may have moved before a reading is believed:
	// longer than a delayed ACK (TCP_DELACK_MIN, 40 ms).
	settleFor = 60 * time.Millisecond
	// settleLimit is how long to wait for that.
	settleLimit = 3 * time.Second
	// probeMargin is how far away the next probe must be, so that it does not
	// fall between the last reading and the end of the capture.
	probeMargin = 150 * time.Millisecond
)

// settle waits until neither socket has moved for settleFor and no probe is
// about to be sent, and returns the last reading. If it does not come to rest
// within settleLimit the reading is returned as it is.
func (l *lab) settle(moment string) (kernel.Reading, error) {
	last := l.reading(moment)
	since := time.Now()
	var err error
	for deadline := since.Add(settleLimit); time.Now().Before(deadline); {
		if err = l.pause(10 * time.Millisecond); err != nil {
			break
		}
		r := l.reading(moment)
		if !stillReading(&last, &r) || l.probeNear() {
			since = time.Now()
		}
		last = r
		if time.Since(since) >= settleFor {
			break
		}
	}
	return last, err
}

func stillReading(a, b *kernel.Reading) bool {
	return a.AcceptedBytes == b.AcceptedBytes && a.ReadBytes == b.ReadBytes &&
		stillSocket(&a.Sender, &b.Sender) && stillSocket(&a.Receiver, &b.Receiver)
}

// probeNear reports whether a probe is due now or very soon.
func (l *lab) probeNear() bool {
	probes := l.sampler.count()
	next := probes.next()
	if next == 0 {
		return false
	}
	away := time.Duration(next - time.Now().UnixNano())
	return away < probeMargin && away > -probeMargin
}

// rest books the last reading, the counts of the calls and the probes: from
// here on the scenario only closes. It may be called twice.
func (l *lab) rest() {
	if l.rested {
		return
	}
	l.rested = true
	// A cancelled experiment is read as it stands.
	r, _ := l.settle(kernel.MomentEnd)
	l.w.Readings = append(l.w.Readings, r)
	l.w.AcceptedBytes = r.AcceptedBytes
}

// quiet ends the part that a capture has to hold: it takes the last readings,
// if the scenario did not, reads the counters and calls Hooks.Quiet. It may be
// called twice.
func (l *lab) quiet() error {
	if l.quieted {
		return nil
	}
	l.quieted = true
	l.rest()
	after, err := kernel.ReadCounts()
	l.w.Send, l.w.Recv = l.sender.sends.stats(), l.receiver.recvs.stats()
	if l.hooks.Quiet != nil {
		l.hooks.Quiet()
	}
	if err != nil {
		return err
	}
	l.w.Counters = after.Since(l.before)
	l.countProbes()
	return nil
}

// countProbes takes the probe count from the namespace's counter if nobody else
// can have moved it, else from the sender's socket.
func (l *lab) countProbes() {
	probes := l.sampler.count()
	l.w.Probes, l.w.ProbesFrom = probes.total, "icsk_backoff"
	if !l.w.Isolated {
		return
	}
	if n, ok := l.w.Counter("TCPWinProbe"); ok {
		l.w.Probes, l.w.ProbesFrom = n, "TCPWinProbe"
	}
}
