// Package experiment demonstrates how TCP connections and the programs that use them
// behave, over loopback or a link between two hosts in private network namespaces: it
// makes real blocking system calls on dedicated threads and asks the kernel for the state
// of both sockets.
//
// Every scenario ends on its own, checks its findings against the kernel's numbers,
// and leaves no thread, socket or host behind, however it ends. It touches no network
// but these, and needs Linux.
package experiment

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

// Config holds the settings of an experiment. Zero values select the scenario's or
// the kernel's default; Port 0 is any free port.
type Config struct {
	// Port is where the server listens.
	Port uint16
	// IPv6 chooses the hosts' IPv6 addresses (on loopback ::1) over those of IPv4.
	IPv6 bool
	// Chunk is the size of one send() in bytes. 0: Scenario.Chunk.
	Chunk int
	// RcvBuf and SndBuf are given to SO_RCVBUF of the receiver and SO_SNDBUF of
	// the sender, in bytes. 0: the kernel's default, with auto-tuning.
	RcvBuf, SndBuf int
	// Congestion is the congestion control of both ends. "": the default.
	Congestion string
	// ReadSize is the size of one recv() in bytes, ReadInterval the pause between
	// two calls. 0: the scenario's default.
	ReadSize     int
	ReadInterval time.Duration
	// Hold is how long a stall is held. 0: until the fifth probe, or as long as
	// the scenario needs.
	Hold time.Duration
	// MTU is the MTU of the interfaces, in bytes. 0: unchanged. Setting it needs
	// isolation.
	MTU int
	// Link changes the scenario's own link, or sets one (link.Config.Set). "": the
	// scenario's link or, if it has none, loopback. A link needs isolation.
	Link string
	// At are the places where Hooks.Listening is to capture. nil: the client.
	At []Point
	// SampleInterval is the time between two readings of both sockets. 0: 10 ms.
	// It grows up to fourfold while nothing changes.
	SampleInterval time.Duration
	// Timeout ends a scenario that does not end on its own. 0: 60 s plus Hold.
	Timeout time.Duration
}

// DefaultPort is where the server of the classic demonstration listens.
const DefaultPort = 3000

const (
	defaultSampleInterval = 10 * time.Millisecond
	defaultTimeout        = time.Minute
	// defaultProbes is the number of probes that a stall lasts: enough to see the
	// interval double, about 7 s with Linux's smallest RTO of 200 ms.
	defaultProbes = 5
	maxChunk      = 64 << 20
	minMTU        = 1280 // RFC 8200 5
	maxMTU        = 65536
	// connectTimeout bounds connect and accept; on loopback they take microseconds.
	connectTimeout = 5 * time.Second
)

// Hooks are called while an experiment runs. Each may be nil.
type Hooks struct {
	// Listening is called when the server listens, before the client connects: the
	// moment to start the captures, one at each place. An error ends the run.
	Listening func(places []Place) error
	// Step receives a short description of each step.
	Step func(what string)
	// Sample is called from the sampling thread, one call at a time. The callee
	// owns the sample.
	Sample func(kernel.Sample)
	// Quiet is called once, when everything is at rest and the kernel has been read
	// for the last time: a capture that ends here covers exactly the readings and
	// counters. It is called before the sockets are closed, unless the scenario is
	// about closing them, and also on failure and cancellation if there was a
	// connection.
	Quiet func()
}

// Scenario is one experiment.
type Scenario struct {
	Name, Summary string
	// Teaches is the heading under which lists show the scenario.
	Teaches Lesson
	// Link is the default link (link.Parse). "": loopback.
	Link string
	// Expected is what it sets up.
	Expected kernel.Expected
	// Sensitive are the settings that can change the cause or what the kernel calls the
	// limit: if one of them is given, neither is judged. A link can, unless it only delays
	// (Scenario.keepsKey).
	Sensitive []Setting
	// OwnLink is set if a link with another delay can change them, too. Brief is set if what
	// the scenario sets up is over soon, so that with another delay the kernel may call
	// something else the limit.
	OwnLink, Brief bool
	// Chunk is the default size of one send(), in bytes.
	Chunk int
	// NeedsIsolation is set if the scenario changes kernel parameters and therefore
	// needs a private network namespace (Isolation).
	NeedsIsolation bool

	sender kernel.End
	// check returns an error for settings with which the scenario makes no sense; the link
	// is nil on loopback. nil: it makes sense with all valid ones.
	check func(*Config, *link.Config) error
	run   func(*runner) error
}

// Validate returns an error for the first setting that is invalid, or with which the
// scenario would show nothing.
func (s Scenario) Validate(cfg *Config) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	l, err := s.LinkConfig(cfg)
	if err != nil || s.check == nil {
		return err
	}
	return s.check(cfg, l)
}

// Sender returns the end whose data the scenario is about.
func (s Scenario) Sender() kernel.End { return s.sender }

// Lesson groups scenarios by what they teach.
type Lesson string

// The lessons, in the order in which to take them.
const (
	LessonCalls  Lesson = "What send() and recv() do"
	LessonWindow Lesson = "The window and the buffers behind it"
	LessonPath   Lesson = "What the path does"
	LessonTimers Lesson = "Small writes and timers"
	LessonEnds   Lesson = "How connections begin and end"
	LessonApps   Lesson = "What programs do to each other"
)

// Lessons returns all lessons in the order in which to take them.
func Lessons() []Lesson {
	return []Lesson{LessonCalls, LessonWindow, LessonPath, LessonTimers, LessonEnds, LessonApps}
}

// DefaultScenario is the scenario to run if none is named.
const DefaultScenario = "send-blocking"

// ErrCannotIsolate means that the kernel denies this user private namespaces.
var ErrCannotIsolate = errors.New("private network namespaces are not allowed here")

// ErrNeedsIsolation is returned by Run for scenarios and settings that would change
// the host's network settings.
var ErrNeedsIsolation = errors.New("needs a private network namespace")

// PortTakenError means that the server's port is in use.
type PortTakenError struct{ Addr netip.AddrPort }

func (e *PortTakenError) Error() string {
	return fmt.Sprintf("listen on %s: port %d is in use by another program", e.Addr, e.Addr.Port())
}

// UnknownScenarioError is returned for a name that Scenarios does not hold.
type UnknownScenarioError struct{ Name string }

func (e *UnknownScenarioError) Error() string {
	return fmt.Sprintf("no scenario named %q", e.Name)
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

// Validate returns an error for the first invalid setting.
func (c *Config) Validate() error {
	switch {
	case c.Chunk < 0 || c.Chunk > maxChunk:
		return fmt.Errorf("chunk size %d: want 1 to %d bytes", c.Chunk, maxChunk)
	case c.RcvBuf < 0 || c.SndBuf < 0:
		return fmt.Errorf("socket buffer size %d: want a positive number of bytes", min(c.RcvBuf, c.SndBuf))
	case c.ReadSize < 0 || c.ReadSize > maxChunk:
		return fmt.Errorf("read size %d: want 1 to %d bytes", c.ReadSize, maxChunk)
	case min(c.ReadInterval, c.Hold, c.SampleInterval, c.Timeout) < 0:
		return fmt.Errorf("negative duration %v: want a positive one", min(c.ReadInterval, c.Hold, c.SampleInterval, c.Timeout))
	case c.MTU != 0 && (c.MTU < minMTU || c.MTU > maxMTU):
		return fmt.Errorf("MTU %d: want %d to %d bytes", c.MTU, minMTU, maxMTU)
	}
	return nil
}

// withDefaults fills in the defaults for zero values.
func (c Config) withDefaults(s Scenario) Config {
	c.Chunk = cmp.Or(c.Chunk, s.Chunk)
	c.SampleInterval = cmp.Or(c.SampleInterval, defaultSampleInterval)
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout+c.Hold)
	return c
}
