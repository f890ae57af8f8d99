// Package experiment makes TCP connections on loopback and shows with them how
// send() and recv() behave: it calls the real blocking system calls on threads
// of their own, and asks the kernel for the truth about both sockets.
//
// Every scenario ends by itself, judges its findings by the kernel's numbers,
// and leaves no thread and no socket behind, however it ended. Nothing but
// loopback is touched. It works on Linux.
package experiment

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"winwatch/capture/kernel"
)

// Config says how an experiment is set up. Zero values stand for a scenario's
// or the kernel's own choice, except for Port, where 0 is any free port.
type Config struct {
	// Port is where the server listens.
	Port uint16
	// IPv6 chooses ::1 over 127.0.0.1.
	IPv6 bool
	// Chunk is the size of one send() in bytes. 0: Scenario.Chunk.
	Chunk int
	// RcvBuf and SndBuf are given to SO_RCVBUF of the receiver and SO_SNDBUF of
	// the sender, in bytes. 0: the kernel's default, with auto-tuning.
	RcvBuf, SndBuf int
	// Congestion is the congestion control of both ends. "": the default.
	Congestion string
	// ReadSize is the size of one recv() in bytes, and ReadInterval the pause
	// between two. 0: the scenario's own.
	ReadSize     int
	ReadInterval time.Duration
	// Hold is how long a stall is held. 0: until the fifth probe was sent, or
	// what the scenario needs.
	Hold time.Duration
	// MTU is set on the loopback interface, in bytes. 0: left alone. It needs
	// isolation.
	MTU int
	// SampleInterval is the time between two readings of both sockets. 0: 10 ms.
	// Where nothing changes it is stretched, up to 4 times.
	SampleInterval time.Duration
	// Timeout ends a scenario that does not end by itself. 0: 60 s and Hold.
	Timeout time.Duration
}

// DefaultPort is where the server of the classic demonstration listens.
const DefaultPort = 3000

const (
	defaultSampleInterval = 10 * time.Millisecond
	defaultTimeout        = time.Minute
	// defaultProbes is how many probes a stall is held for: enough to see the
	// doubling, about 7 s with Linux's smallest RTO of 200 ms.
	defaultProbes = 5
	maxChunk      = 64 << 20
	minMTU        = 1280 // RFC 8200 5
	maxMTU        = 65536
)

// Hooks are called while an experiment runs. Each may be nil.
type Hooks struct {
	// Listening is called when the server listens and before the client
	// connects: the moment to start the capture. An error ends the run.
	Listening func(server netip.AddrPort) error
	// Step tells in a few words what is going on.
	Step func(what string)
	// Sample is called from the sampling thread, one call at a time. The sample
	// is the callee's.
	Sample func(kernel.Sample)
	// Quiet is called once, when nothing moves any more and the kernel has been
	// read for the last time: a capture that ends here holds what the readings
	// and counters tell of. It is called before the sockets are closed, unless
	// the closing is what the scenario shows. It is called on failure and
	// cancellation too, if there was a connection.
	Quiet func()
}

// Scenario is one experiment.
type Scenario struct {
	Name, Summary string
	// Chunk is the default size of one send(), in bytes.
	Chunk int
	// NeedsIsolation says that it sets kernel parameters, and so must have a
	// network namespace of its own (Isolate).
	NeedsIsolation bool

	sender kernel.End
	run    func(*runner) error
}

// DefaultScenario is the one to run if none is named.
const DefaultScenario = "send-blocking"

// ErrCannotIsolate says that the kernel forbids private namespaces to this user.
var ErrCannotIsolate = errors.New("private network namespaces are not allowed here")

// ErrNeedsIsolation is returned by Run for what would change the host's
// network settings.
var ErrNeedsIsolation = errors.New("needs a private network namespace")

// PortTakenError says that the server's port is in use.
type PortTakenError struct{ Addr netip.AddrPort }

func (e *PortTakenError) Error() string {
	return fmt.Sprintf("listen on %s: port %d is in use by another program", e.Addr, e.Addr.Port())
}

// UnknownScenarioError is returned for a name that Scenarios does not hold.
type UnknownScenarioError struct{ Name string }

func (e *UnknownScenarioError) Error() string {
	return fmt.Sprintf("no scenario is called %q", e.Name)
}

// Find returns the named scenario, or an *UnknownScenarioError.
func Find(name string) (Scenario, error) {
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, nil
		}
	}
	return Scenario{}, &UnknownScenarioError{name}
}

// Validate reports the first setting that cannot work.
func (c *Config) Validate() error {
	switch {
	case c.Chunk < 0 || c.Chunk > maxChunk:
		return fmt.Errorf("chunk size %d: want 1 to %d bytes", c.Chunk, maxChunk)
	case c.RcvBuf < 0 || c.SndBuf < 0:
		return fmt.Errorf("socket buffer size %d: want a positive number of bytes", min(c.RcvBuf, c.SndBuf))
	case c.ReadSize < 0 || c.ReadSize > maxChunk:
		return fmt.Errorf("read size %d: want 1 to %d bytes", c.ReadSize, maxChunk)
	case min(c.ReadInterval, c.Hold, c.SampleInterval, c.Timeout) < 0:
		return fmt.Errorf("a time of %v: want a positive one", min(c.ReadInterval, c.Hold, c.SampleInterval, c.Timeout))
	case c.MTU != 0 && (c.MTU < minMTU || c.MTU > maxMTU):
		return fmt.Errorf("MTU %d: want %d to %d bytes", c.MTU, minMTU, maxMTU)
	}
	return nil
}

// withDefaults fills in what was left to the scenario.
func (c Config) withDefaults(s Scenario) Config {
	if c.Chunk == 0 {
		c.Chunk = s.Chunk
	}
	if c.SampleInterval == 0 {
		c.SampleInterval = defaultSampleInterval
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout + c.Hold
	}
	return c
}

// address is where the server listens.
func (c *Config) address() netip.AddrPort {
	ip := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if c.IPv6 {
		ip = netip.IPv6Loopback()
	}
	return netip.AddrPortFrom(ip, c.Port)
}
