package link

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// buffer returns an empty buffer for a frame.
func (r *relay) buffer() []byte {
	if n := len(r.buffers); n > 0 {
		b := r.buffers[n-1]
		r.buffers = r.buffers[:n-1]
		return b[:0]
	}
	return make([]byte, 0, r.link.mtu+etherHeader)
}

// send delivers the packets that are due, and returns how many.
func (r *relay) send() (n int) {
	for ; n < batch; n++ {
		now, _ := r.link.clock.now()
		p := r.model.pop(now - int64(r.model.way.Delay))
		if p == nil {
			break
		}
		r.stats.Latest = max(r.stats.Latest, time.Duration(now-p.exit)-r.model.way.Delay)
		if tap := r.link.tap.Load(); tap != nil {
			tap.put(r.from, p)
		}
		for range p.copies {
			r.deliver(p.frame)
		}
		r.buffers = append(r.buffers, p.frame)
	}
	return n
}

// deliver sends a frame to the other host.
func (r *relay) deliver(frame []byte) {
	_, err := unix.Write(r.out, frame)
	for errors.Is(err, unix.EINTR) {
		_, err = unix.Write(r.out, frame)
	}
	switch {
	case err == nil:
		r.stats.Delivered++
		r.stats.DeliveredBytes += int64(len(frame) - etherHeader)
	case errors.Is(err, unix.ENOBUFS): // the device dropped it and counts it
	default:
		r.stats.Missed++
	}
}

func (r *relay) publish() {
	r.stats.Duplicated, r.stats.Reordered = r.model.duplicated, r.model.reordered
	r.stats.QueuePeakBytes = r.model.queuePeak
	r.mu.Lock()
	r.published = r.stats
	r.mu.Unlock()
}

// report returns the counts with what the ring dropped.
func (r *relay) report() kernel.Way {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ringDrops += r.in.dropped()
	w := r.published
	w.Missed += r.ringDrops
	return w
}
