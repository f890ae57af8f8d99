package link

import (
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// A relay carries the packets of one direction, on a thread of its own.
type relay struct {
	link  *Link
	from  kernel.End
	in    *ring
	out   int // the socket that sends to the other host
	stop  int // an eventfd that is readable once the link closes
	model *schedule
	strip *stripper
	wanted
	header  [12]byte // the Ethernet addresses of what is sent
	buffers [][]byte // to be used again
	stats   kernel.Way
	done    chan struct{}

	mu        sync.Mutex
	published kernel.Way // what stats were a moment ago
	ringDrops int64
}

// batch bounds how many packets are read or sent before the other is done again.
const batch = 64

// run carries packets until the link closes.
func (r *relay) run() {
	defer close(r.done)
	runtime.LockOSThread() // for good: the thread keeps its timer slack to itself
	// By default the kernel wakes a thread up to 50 µs late (prctl(2)).
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	for {
		read := r.read()
		sent := r.send()
		if read+sent > 0 {
			r.publish()
		}
		if read < batch && sent < batch && !r.wait() {
			return
		}
	}
}

// wait waits for the next packet to arrive or to be due, and reports whether the link
// still runs.
func (r *relay) wait() bool {
	var timeout *unix.Timespec
	if due, ok := r.due(); ok {
		now, _ := r.link.clock.now()
		t := unix.NsecToTimespec(max(due-now, 0))
		timeout = &t
	}
	fds := []unix.PollFd{{Fd: int32(r.stop), Events: unix.POLLIN}, {Fd: int32(r.in.fd), Events: unix.POLLIN}}
	_, err := unix.Ppoll(fds, timeout, nil)
	return err != nil || fds[0].Revents == 0 // EINTR is the only error that may happen
}

// due returns when the next packet is to be delivered.
func (r *relay) due() (int64, bool) {
	exit, ok := r.model.next()
	return exit + int64(r.model.way.Delay), ok
}

// read takes the packets that have arrived, and returns how many.
func (r *relay) read() (n int) {
	for ; n < batch; n++ {
		frame, stamp, whole := r.in.read()
		if frame == nil {
			break
		}
		switch {
		case !r.wants(frame):
		case !whole:
			r.stats.Missed++
		default:
			r.take(frame, r.link.clock.arrival(stamp))
		}
		r.in.release()
	}
	return n
}

// take passes a packet to the model. The frame is valid only until it returns.
func (r *relay) take(frame []byte, at int64) {
	size := len(frame) - etherHeader
	r.stats.Packets++
	r.stats.Bytes += int64(size)
	if drop := r.link.drop.Load(); drop != nil && (*drop)(Packet{From: r.from, Data: frame[etherHeader:]}) {
		r.stats.Filtered++
		return
	}
	p := &packet{frame: append(r.buffer(), frame...)}
	copy(p.frame, r.header[:])
	switch r.model.arrive(at, size, p) {
	case lost:
		r.stats.Lost++
	case queueFull:
		r.stats.QueueFull++
	default:
		if r.strip != nil && r.strip.strip(p.frame[etherHeader:]) {
			r.stats.Rewritten++
		}
		return
	}
	r.buffers = append(r.buffers, p.frame)
}

// newRelay opens what the relay needs: the packets arrive at the interface in and leave
// from the interface out, both by index.
func newRelay(l *Link, from kernel.End, cfg Config, in, out int) (*relay, error) {
	to := 1 - from
	r := &relay{
		link: l, from: from, out: -1, stop: l.stop, done: make(chan struct{}),
		model:  newSchedule(cfg.Ways[from], cfg.Seed, uint64(from)),
		strip:  newStripper(cfg.Ways[from].Strip),
		wanted: newWanted(l.hosts[from], l.hosts[to]),
	}
	copy(r.header[:6], l.hosts[to].mac[:])
	copy(r.header[6:], l.hosts[from].mac[:])
	var err error
	if r.in, err = openRing(in, l.mtu); err == nil {
		r.out, err = openSender(out)
	}
	if err != nil {
		r.close()
		return nil, fmt.Errorf("from the %v: %w", from, err)
	}
	return r, nil
}

func (r *relay) close() {
	if r.in != nil {
		r.in.close()
	}
	if r.out >= 0 {
		unix.Close(r.out)
	}
}
