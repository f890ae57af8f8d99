package link

import (
	"errors"
	"io"
	"net/netip"

	"winwatch/capture"
	"winwatch/capture/kernel"
)

// Link is a running link between two hosts.
type Link struct{ hosts [2]*Host }

// Host is one end: a private network namespace with one interface besides loopback.
type Host struct {
	// Interface is the name of the interface towards the link.
	Interface string
	// Addr4 and Addr6 are its addresses.
	Addr4, Addr6 netip.Addr
}

// Packet is an IP packet on its way through the link.
type Packet struct {
	// From is the End that sent it.
	From kernel.End
	// Data is the packet from its IP header on, valid during the call.
	Data []byte
}

// Open makes both hosts and starts the link. The process needs the right to make
// network namespaces and to configure them; it must be alone in its network
// namespace, which becomes the middle of the link.
func Open(cfg Config) (*Link, error) { return nil, errors.ErrUnsupported }

// Host returns the host at one end.
func (l *Link) Host(e kernel.End) *Host { return l.hosts[e] }

// Do runs f on a thread in the host's network namespace: sockets that it opens belong
// to the host.
func (h *Host) Do(f func() error) error { return f() }

// Drop sets a function that chooses packets to drop before they enter the queue; nil
// drops none. It is called from one goroutine a direction.
func (l *Link) Drop(f func(Packet) bool) {}

// Capture returns a source of the packets in the middle of the link, from now on.
// It has the methods of live.Source, and saves all frames as live.Config.Save says.
func (l *Link) Capture(save io.Writer) (*Tap, error) {
	return nil, errors.ErrUnsupported
}

// Tap is a capture in the middle of the link.
type Tap struct{}

// NextBatch is like live.Source's.
func (t *Tap) NextBatch(dst []capture.Segment) (int, error) { return 0, errors.ErrUnsupported }

// Counters is like live.Source's.
func (t *Tap) Counters() capture.Counters { return capture.Counters{} }

// Stop is like live.Source's.
func (t *Tap) Stop() {}

// Close is like live.Source's.
func (t *Tap) Close() error { return nil }

// MTU returns the MTU of both hosts' interfaces, in bytes.
func (l *Link) MTU() int64 { return 0 }

// Report returns what the link did so far.
func (l *Link) Report() kernel.Path { return kernel.Path{} }

// Close ends both hosts.
func (l *Link) Close() error { return nil }
