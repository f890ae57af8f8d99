package experiment

import (
	"fmt"
	"net/netip"

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

// LinkConfig returns the link between the hosts of the scenario, or nil if it takes
// place on loopback.
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
	// Link is the link to capture in the middle of; nil elsewhere.
	Link *link.Link

	host *link.Host
}

// Do runs f in the network namespace of the place, where its interface is.
func (p *Place) Do(f func() error) error {
	if p.host == nil {
		return f()
	}
	return p.host.Do(f)
}

// filter returns the filter for the traffic of a server.
func filter(server netip.AddrPort) string {
	return fmt.Sprintf("tcp port %d and host %s", server.Port(), server.Addr())
}
