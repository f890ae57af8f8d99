package experiment

import (
	"fmt"
	"io"
	"net/netip"
	"time"

	"winwatch/capture"
	"winwatch/capture/experiment/link"
)

// Point is a point of the path where packets can be captured.
type Point uint8

// The points: at the client, at the server, and in the middle of the link between them
// (link.Tap). On loopback both ends are the same place.
const (
	AtClient Point = iota
	AtServer
	AtLink
)

var pointNames = [...]string{AtClient: "client", AtServer: "server", AtLink: "link"}

// String returns "client", "server" or "link".
func (p Point) String() string { return pointNames[p] }

// ParsePoint returns the point of that name.
func ParsePoint(name string) (Point, error) {
	for p, n := range pointNames {
		if n == name {
			return Point(p), nil
		}
	}
	return 0, fmt.Errorf("%q is no place to capture: want client, server or link", name)
}

// maxRTT is the longest round trip of a link. Experiments wait some seconds for answers
// that take a few round trips.
const maxRTT = time.Second

// maxLinkMTU is ETH_MAX_MTU, in bytes.
const maxLinkMTU = 65535

// LinkConfig returns the link between the hosts of the scenario, or nil if it takes
// place on loopback. A link over which no connection can be made is an error.
func (s Scenario) LinkConfig(cfg *Config) (*link.Config, error) {
	if s.Link == "" && cfg.Link == "" {
		return nil, nil
	}
	var l link.Config
	for _, spec := range []string{s.Link, cfg.Link} {
		if err := l.Set(spec); err != nil {
			return nil, err
		}
	}
	if l.RTT() > maxRTT {
		return nil, fmt.Errorf("link: a round trip of %v: want at most %v", l.RTT(), maxRTT)
	}
	if cfg.MTU > maxLinkMTU {
		return nil, fmt.Errorf("link: MTU %d: want at most %d bytes, the most that a veth device takes", cfg.MTU, maxLinkMTU)
	}
	l.MTU = cfg.MTU
	return &l, nil
}

// Place is where to capture an experiment.
type Place struct {
	Point Point
	// Filter selects the experiment's packets (pcap-filter(7)).
	Filter string
	// Interface is the interface to capture on; "" on loopback, where the caller
	// knows it, and in the middle of a link.
	Interface string
	// Do runs a function in the network namespace that the interface is in.
	Do func(func() error) error
	// Capture starts a capture in the middle of a link, which saves all packets as
	// live.Config.Save says. It is nil elsewhere.
	Capture func(save io.Writer) (Source, error)
}

// Source is a running capture in the middle of a link; its methods are those of
// live.Source.
type Source interface {
	NextBatch(dst []capture.Segment) (n int, err error)
	Counters() capture.Counters
	Stop()
	Close() error
}

// here is the Do of a place in the network namespace of this process.
func here(f func() error) error { return f() }

// filter returns the filter for the traffic of a server.
func filter(server netip.AddrPort) string {
	return fmt.Sprintf("tcp port %d and host %s", server.Port(), server.Addr())
}
