//go:build linux

package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// lab is one running experiment: a connection, the threads that use it, and
// what the kernel has said so far. All waiting is done by the scenario's own
// goroutine, which never blocks in the kernel, so that a cancelled context
// always gets through.
type lab struct {
	ctx      context.Context
	cfg      Config
	hooks    Hooks
	w        *kernel.Witness
	client   *socket
	server   *socket
	sender   *socket
	receiver *socket
	threads  []*thread
	sampler  *sampler
	before   kernel.Counts
	rested   bool // MomentEnd was read
	quieted  bool // Hooks.Quiet was called
}

// Run runs the scenario and returns what the kernel said. It returns a Witness
// of what was seen so far beside an error, if there was a connection. When ctx
// is cancelled it stops and returns the context's error. The context's end does
// not skip Hooks.Quiet.
func (s Scenario) Run(ctx context.Context, cfg Config, hooks Hooks) (*kernel.Witness, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	cfg = cfg.withDefaults(s)
	isolated := Isolated()
	if s.NeedsIsolation && !isolated {
		return nil, fmt.Errorf("%s: %w: it sets kernel parameters", s.Name, ErrNeedsIsolation)
	}
	if cfg.MTU != 0 {
		if !isolated {
			return nil, fmt.Errorf("%s: set the MTU: %w", s.Name, ErrNeedsIsolation)
		}
		if err := setLoopbackMTU(cfg.MTU); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	timeUp := fmt.Errorf("did not end within %v", cfg.Timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.Timeout, timeUp)
	defer cancel()
	l := &lab{ctx: ctx, cfg: cfg, hooks: hooks}
	l.w = &kernel.Witness{
		Scenario: s.Name, Started: time.Now().UnixNano(), Isolated: isolated, Kernel: kernel.Release(),
		ChunkBytes: int64(cfg.Chunk), RcvBufAsked: int64(cfg.RcvBuf), SndBufAsked: int64(cfg.SndBuf),
		Sender: s.sender, Probes: kernel.Unknown, MTU: loopbackMTU(), Tick: kernel.Tick(),
	}
	err := s.run(l)
	if err != nil {
		err = fmt.Errorf("%s: %w", s.Name, err)
	}
	if l.sender == nil {
		return nil, err
	}
	err = errors.Join(err, l.quiet())
	l.close()
	l.w.Ended = time.Now().UnixNano()
	return l.w, err
}

// connect makes the connection, lets the capture start in time, and begins
// sampling.
func (l *lab) connect() error {
	senderIs := func(e kernel.End, n int) int {
		if l.w.Sender == e {
			return n
		}
		return 0
	}
	receiverIs := func(e kernel.End, n int) int { return senderIs(e.Peer(), n) }

	listener, err := listen(l.cfg.address(), receiverIs(kernel.ServerEnd, l.cfg.RcvBuf),
		senderIs(kernel.ServerEnd, l.cfg.SndBuf), l.cfg.Congestion)
	if err != nil {
		return err
	}
	defer listener.close()
	if l.w.Server, err = listener.local(); err != nil {
		return err
	}
	// Before the hook, which may give up the right to set all of this.
	client, err := newClient(l.w.Server, receiverIs(kernel.ClientEnd, l.cfg.RcvBuf),
		senderIs(kernel.ClientEnd, l.cfg.SndBuf), l.cfg.Congestion)
	if err != nil {
		return err
	}
	server, err := l.meet(listener, client)
	if err != nil {
		client.discard()
		return err
	}
	l.use(client, server)
	return l.read(kernel.MomentEstablished)
}

// meet starts the capture, connects the client and accepts its connection.
func (l *lab) meet(listener, client *socket) (*socket, error) {
	if l.hooks.Listening != nil {
		if err := l.hooks.Listening(l.w.Server); err != nil {
			return nil, err
		}
	}
	var err error
	if l.before, err = kernel.ReadCounts(); err != nil {
		return nil, err
	}
	if err := client.connect(l.w.Server); err != nil {
		return nil, err
	}
	if l.w.Client, err = client.local(); err != nil {
		return nil, err
	}
	return listener.accept(l.w.Client)
}

// use takes both ends into service.
func (l *lab) use(client, server *socket) {
	l.client, l.server = client, server
	l.sender, l.receiver = client, server
	if l.w.Sender == kernel.ServerEnd {
		l.sender, l.receiver = server, client
	}
	l.w.Congestion, _ = unix.GetsockoptString(l.sender.fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
	l.sampler = &sampler{client: client, server: server, sender: l.sender,
		interval: l.cfg.SampleInterval, sample: l.hooks.Sample}
	l.sampler.start()
}

// close wakes every thread, waits for it and closes both sockets.
func (l *lab) close() {
	l.client.shutdown(unix.SHUT_RDWR)
	l.server.shutdown(unix.SHUT_RDWR)
	for _, t := range l.threads {
		<-t.done
	}
	l.sampler.halt()
	l.client.discard()
	l.server.discard()
}

// step tells what is going on.
func (l *lab) step(format string, args ...any) {
	if l.hooks.Step != nil {
		l.hooks.Step(fmt.Sprintf(format, args...))
	}
}

// find books a finding.
func (l *lab) find(holds bool, claim, evidence string, args ...any) {
	l.w.Findings = append(l.w.Findings, kernel.Finding{Claim: claim, Holds: holds, Evidence: fmt.Sprintf(evidence, args...)})
}

// pause waits, or returns the reason the experiment has to end early.
func (l *lab) pause(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-l.ctx.Done():
		return context.Cause(l.ctx)
	}
}

// await polls until cond holds. what says what was waited for.
func (l *lab) await(what string, limit time.Duration, cond func() bool) error {
	const poll = 2 * time.Millisecond
	for deadline := time.Now().Add(limit); !cond(); {
		if time.Now().After(deadline) {
			return fmt.Errorf("waited %v in vain until %s", limit, what)
		}
		if err := l.pause(poll); err != nil {
			return fmt.Errorf("while waiting until %s: %w", what, err)
		}
	}
	return nil
}

// join waits for a thread and returns its error.
func (l *lab) join(t *thread, what string, limit time.Duration) error {
	if err := l.await(what, limit, t.ended); err != nil {
		return err
	}
	return t.err
}
