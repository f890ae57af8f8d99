//go:build linux

package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

// runner is one running experiment: a connection, the threads that use it, and the
// kernel's readings so far. The scenario's goroutine does all the waiting and never
// blocks in the kernel, so cancelling the context always works.
type runner struct {
	ctx      context.Context
	cfg      Config
	hooks    Hooks
	w        *kernel.Witness
	client   *socket
	server   *socket
	sender   *socket
	receiver *socket
	others   []*socket // of further connections
	threads  []*thread
	link     *link.Link    // nil on loopback
	ways     [2]link.Way   // how the link was set up, by the end that sends
	rtt      time.Duration // of the empty link
	sampler  *sampler
	before   kernel.Counts
	rested   bool // MomentEnd was read
	quieted  bool // Hooks.Quiet was called
}

// Run runs the scenario and returns the kernel's readings. If there was a
// connection, it returns what it saw so far along with an error. When ctx is
// cancelled, it calls Hooks.Quiet, stops and returns the context's error.
func (s Scenario) Run(ctx context.Context, cfg Config, hooks Hooks) (*kernel.Witness, error) {
	if err := s.Validate(&cfg); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	expected := s.expected(&cfg)
	cfg = cfg.withDefaults(s)
	timeUp := fmt.Errorf("did not end within %v", cfg.Timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.Timeout, timeUp)
	defer cancel()
	rn := &runner{ctx: ctx, cfg: cfg, hooks: hooks}
	rn.w = &kernel.Witness{
		Scenario: s.Name, Started: time.Now().UnixNano(), Isolated: Isolated(), Kernel: kernel.Release(),
		ChunkBytes: int64(cfg.Chunk), RcvBufAsked: int64(cfg.RcvBuf), SndBufAsked: int64(cfg.SndBuf),
		Sender: s.sender, Expected: expected, Probes: kernel.Unknown, Tick: kernel.Tick(),
	}
	err := rn.makeHosts(s)
	if rn.link != nil {
		defer rn.link.Close()
	}
	if err == nil {
		rn.w.MTU = rn.mtu()
		err = s.run(rn)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", s.Name, err)
	}
	if rn.sender == nil {
		return nil, err
	}
	err = errors.Join(err, rn.quiet())
	rn.close()
	rn.w.Ended = time.Now().UnixNano()
	return rn.w, err
}

// connect starts the capture, makes the connection and starts sampling.
func (rn *runner) connect() error {
	p, err := rn.open()
	if err != nil {
		return err
	}
	return rn.establish(p, rn.meet)
}

// establish starts the capture, makes the connection with meet, which returns the
// accepted socket, and starts sampling. All sockets must be open before, because starting
// the capture may drop the privileges to set their options.
func (rn *runner) establish(p *pair, meet func(*pair) (*socket, error)) error {
	defer p.listener.close()
	err := rn.begin()
	var server *socket
	if err == nil {
		server, err = meet(p)
	}
	if err != nil {
		p.client.discard()
		return err
	}
	rn.use(p.client, server)
	return rn.read(kernel.MomentEstablished)
}

// begin starts the capture.
func (rn *runner) begin() (err error) {
	if rn.hooks.Listening != nil {
		if err := rn.hooks.Listening(rn.places()); err != nil {
			return err
		}
	}
	rn.before, err = rn.counts()
	return err
}

// meet connects the client and accepts its connection.
func (rn *runner) meet(p *pair) (server *socket, err error) {
	server, rn.w.Client, err = p.connect()
	return server, err
}

// use records both ends of the connection and starts the sampler.
func (rn *runner) use(client, server *socket) {
	rn.client, rn.server = client, server
	rn.sender, rn.receiver = client, server
	if rn.w.Sender == kernel.ServerEnd {
		rn.sender, rn.receiver = server, client
	}
	rn.w.Congestion, _ = unix.GetsockoptString(rn.sender.fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
	rn.sampler = &sampler{client: client, server: server, sender: rn.sender,
		interval: rn.cfg.SampleInterval, sample: rn.hooks.Sample}
	rn.sampler.start()
}

// close wakes every thread, waits for it and closes all sockets.
func (rn *runner) close() {
	rn.client.shutdown(unix.SHUT_RDWR)
	rn.server.shutdown(unix.SHUT_RDWR)
	for _, s := range rn.others {
		s.shutdown(unix.SHUT_RDWR)
	}
	for _, t := range rn.threads {
		<-t.done
	}
	rn.sampler.halt()
	rn.client.discard()
	rn.server.discard()
	for _, s := range rn.others {
		s.discard()
	}
}

// step reports a step to Hooks.Step.
func (rn *runner) step(format string, args ...any) {
	if rn.hooks.Step != nil {
		rn.hooks.Step(words.Sprintf(format, args...))
	}
}

// find records a finding. Integers in its evidence are grouped (words.Sprintf).
func (rn *runner) find(holds bool, claim, evidence string, args ...any) {
	rn.w.Findings = append(rn.w.Findings, kernel.Finding{Claim: claim, Holds: holds, Evidence: words.Sprintf(evidence, args...)})
}

// pause waits, or returns the reason why the experiment must end early.
func (rn *runner) pause(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-rn.ctx.Done():
		return context.Cause(rn.ctx)
	}
}

// await polls until cond holds. what describes the condition, for errors.
func (rn *runner) await(what string, limit time.Duration, cond func() bool) error {
	const poll = 2 * time.Millisecond
	for deadline := time.Now().Add(limit); !cond(); {
		if time.Now().After(deadline) {
			return fmt.Errorf("timed out after %v while waiting until %s", limit, what)
		}
		if err := rn.pause(poll); err != nil {
			return fmt.Errorf("while waiting until %s: %w", what, err)
		}
	}
	return nil
}

// join waits for a thread and returns its error.
func (rn *runner) join(t *thread, what string, limit time.Duration) error {
	if err := rn.await(what, limit, t.ended); err != nil {
		return err
	}
	return t.err
}
