//go:build linux

package experiment

import (
	"runtime"
	"sync"
	"time"

	"winwatch/capture/kernel"
)

// maxStretch is how far the sampling interval grows while nothing changes: to
// 40 ms by default, a fifth of the shortest time between two probes.
const maxStretch = 4

// sampler repeatedly reads both sockets on its own thread. Only the sampler calls
// Hooks.Sample.
type sampler struct {
	client, server *socket
	sender         *socket
	interval       time.Duration
	sample         func(kernel.Sample)
	stop, done     chan struct{}

	mu     sync.Mutex
	probes probeCount
	// back are the probes of the receiver, which may send data too.
	back probeCount
	// window is the largest window the sender was offered.
	window int64
}

// start begins sampling.
func (p *sampler) start() {
	p.stop, p.done = make(chan struct{}), make(chan struct{})
	go p.loop()
}

// halt ends sampling and waits for the thread. It may be called twice.
func (p *sampler) halt() {
	select {
	case <-p.stop:
	default:
		close(p.stop)
	}
	<-p.done
}

func (p *sampler) loop() {
	runtime.LockOSThread()
	defer close(p.done)
	wait := p.interval
	timer := time.NewTimer(0)
	defer timer.Stop()
	var last kernel.Sample
	for {
		select {
		case <-p.stop:
			return
		case <-timer.C:
		}
		s := p.read()
		if still(&last, &s) {
			wait = min(wait+p.interval/2, maxStretch*p.interval)
		} else {
			wait = p.interval
		}
		last = s
		timer.Reset(wait)
	}
}

// read takes one sample and passes it on.
func (p *sampler) read() kernel.Sample {
	receiver := p.server
	if p.sender == p.server {
		receiver = p.client
	}
	s := kernel.Sample{
		Time:   time.Now().UnixNano(),
		Client: p.client.state(),
		Server: p.server.state(),
		Send:   p.sender.sends.stats(),
		Recv:   receiver.recvs.stats(),
	}
	sender, back := &s.Client, &s.Server
	if p.sender == p.server {
		sender, back = back, sender
	}
	probes := p.watch(sender, back)
	s.Probes, s.NextProbe = probes.total, probes.next()
	if p.sample != nil {
		p.sample(s)
	}
	return s
}

// watch updates the probe counts and the largest window of the sender, and returns the
// sender's probes seen so far.
func (p *sampler) watch(sender, receiver *kernel.SocketState) probeCount {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.probes.add(sender)
	p.back.add(receiver)
	p.window = max(p.window, sender.SndWnd)
	return p.probes
}

// count returns the sender's probes so far.
func (p *sampler) count() probeCount {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.probes
}

// countBack returns the receiver's probes so far.
func (p *sampler) countBack() probeCount {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.back
}

// largestWindow returns the largest window the sender was seen to have, in bytes.
func (p *sampler) largestWindow() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.window
}

// still reports whether nothing moved between two samples.
func still(a, b *kernel.Sample) bool {
	return a.Send.Calls == b.Send.Calls && a.Recv.Calls == b.Recv.Calls &&
		stillSocket(&a.Client, &b.Client) && stillSocket(&a.Server, &b.Server)
}

// stillSocket reports whether a socket sent and received no segment and its queues
// did not change.
func stillSocket(a, b *kernel.SocketState) bool {
	return a.UnreadBytes == b.UnreadBytes && a.SendQueueBytes == b.SendQueueBytes &&
		a.SegsOut == b.SegsOut && a.SegsIn == b.SegsIn && a.Unacked == b.Unacked &&
		a.Backoff == b.Backoff && a.State == b.State
}

// probeCount follows icsk_backoff of a sender. While nothing is in flight it belongs
// to the probe timer: tcp_send_probe0 increments it with each probe, and
// tcp_ack_probe resets it when the window opens. With data in flight it counts
// retransmissions, which are not probes.
type probeCount struct {
	total int64
	last  int64
	// lastAt is when the last probe was noticed and rto the sender's RTO then, both
	// in ns; the next probe is due at about next().
	lastAt, rto int64
}

// minProbeInterval is TCP_RTO_MIN, the shortest wait of the probe timer.
const minProbeInterval = int64(200 * time.Millisecond)

func (c *probeCount) add(st *kernel.SocketState) {
	if st.Backoff == kernel.Unknown {
		return
	}
	if st.Unacked == 0 && st.Backoff > c.last {
		c.total += st.Backoff - c.last
		c.lastAt, c.rto = st.Time, st.RTO
	}
	c.last = st.Backoff
}

// next returns when the next probe is due (Unix, ns), or 0 if none was sent yet.
func (c *probeCount) next() int64 {
	if c.last == 0 {
		return 0
	}
	return c.lastAt + max(c.rto, minProbeInterval)<<c.last
}
