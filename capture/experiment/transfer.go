//go:build linux

package experiment

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"winwatch/capture/kernel"
)

// transferSettings are the settings that can make a window, a buffer or a program the limit
// of a transfer.
var transferSettings = append([]Setting{SetChunk, SetRcvBuf, SetSndBuf}, reading...)

// transfer sends as fast as send() accepts it for that long, or for Config.Hold, while
// the receiver reads what comes, and waits until all of it was read. It returns the
// reader, which ends when the sender closes (closeOrderly).
func (rn *runner) transfer(d time.Duration) (*thread, error) {
	f := rn.flood()
	r := rn.reader(rn.readSize(), rn.cfg.ReadInterval, nil, nil)
	if err := rn.pauseSteady(cmp.Or(rn.cfg.Hold, d)); err != nil {
		return nil, err
	}
	return r, rn.finish(f)
}

// finish ends a flood and waits until all of it was read.
func (rn *runner) finish(f *flood) error {
	f.limit.Store(1) // it has sent more: it stops
	if err := rn.join(f.thread, "the sender stopped", rn.cfg.Timeout); err != nil {
		return err
	}
	return rn.readAll(rn.cfg.Timeout)
}

// readSize is the size of one recv() of a reader that keeps up, unless Config says
// otherwise.
func (rn *runner) readSize() int { return cmp.Or(rn.cfg.ReadSize, defaultReadSize) }

// congestion makes a congestion control the default of both ends.
func (rn *runner) congestion(name string) {
	rn.cfg.Congestion = cmp.Or(rn.cfg.Congestion, name)
}

// record keeps the samples of a run, for findings about what happened meanwhile.
type record struct {
	sender  kernel.End
	mu      sync.Mutex
	samples []kernel.Sample
}

// record starts a record. It must be called before connect.
func (rn *runner) record() *record {
	r := &record{sender: rn.w.Sender}
	next := rn.hooks.Sample
	rn.hooks.Sample = func(s kernel.Sample) {
		r.mu.Lock()
		r.samples = append(r.samples, s)
		r.mu.Unlock()
		if next != nil {
			next(s)
		}
	}
	return r
}

// moment is one sample, with the ends by what they do.
type moment struct {
	sender, receiver *kernel.SocketState
	// lasted is the time until the next sample.
	lasted time.Duration
}

// moments returns the samples so far but for the last one.
func (r *record) moments() []moment {
	r.mu.Lock()
	samples := slices.Clone(r.samples)
	r.mu.Unlock()
	var list []moment
	for i := range samples[:max(len(samples), 1)-1] {
		s := &samples[i]
		m := moment{sender: &s.Client, receiver: &s.Server, lasted: time.Duration(samples[i+1].Time - s.Time)}
		if r.sender == kernel.ServerEnd {
			m.sender, m.receiver = m.receiver, m.sender
		}
		list = append(list, m)
	}
	return list
}

// sending returns the moments at which the sender had data that was not sent yet.
func (r *record) sending() []moment {
	return slices.DeleteFunc(r.moments(), func(m moment) bool { return m.sender.NotSentBytes <= 0 })
}
