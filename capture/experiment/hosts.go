//go:build linux

package experiment

import (
	"fmt"
	"io"
	"net/netip"

	"winwatch/capture/experiment/link"
	"winwatch/capture/kernel"
)

// makeHosts makes the two hosts and the link between them, or sets up loopback.
func (rn *runner) makeHosts(s Scenario) error {
	l, err := s.LinkConfig(&rn.cfg)
	if err != nil {
		return err
	}
	switch isolated := rn.w.Isolated; {
	case !isolated && l != nil:
		return fmt.Errorf("make a link between two hosts: %w", ErrNeedsIsolation)
	case !isolated && s.NeedsIsolation:
		return fmt.Errorf("set kernel parameters: %w", ErrNeedsIsolation)
	case !isolated && rn.cfg.MTU != 0:
		return fmt.Errorf("set the MTU: %w", ErrNeedsIsolation)
	case l != nil:
		rn.ways, rn.rtt = l.Ways, l.RTT()
		if rn.link, err = link.Open(*l); isForbidden(err) {
			err = fmt.Errorf("%w: %w", ErrCannotIsolate, err)
		}
		return err
	case rn.cfg.MTU != 0:
		return setLoopbackMTU(rn.cfg.MTU)
	}
	return nil
}

// mtu returns the MTU of the hosts' interfaces in bytes, or kernel.Unknown.
func (rn *runner) mtu() int64 {
	if rn.link != nil {
		return rn.link.MTU()
	}
	return loopbackMTU()
}

// on runs f in the network namespace of one end, so that the sockets, files and
// counters of f are those of that host.
func (rn *runner) on(e kernel.End, f func() error) error {
	if rn.link == nil {
		return f()
	}
	return rn.link.Host(e).Do(f)
}

// address returns the address that the server listens on.
func (rn *runner) address() netip.AddrPort {
	return netip.AddrPortFrom(rn.host(kernel.ServerEnd), rn.cfg.Port)
}

// host returns the address of one end's host.
func (rn *runner) host(e kernel.End) netip.Addr {
	switch {
	case rn.link != nil && rn.cfg.IPv6:
		return rn.link.Host(e).Addr6
	case rn.link != nil:
		return rn.link.Host(e).Addr4
	case rn.cfg.IPv6:
		return netip.IPv6Loopback()
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// places returns where to capture. On loopback all points are one.
func (rn *runner) places() []Place {
	if rn.link == nil {
		return []Place{{Filter: filter(rn.w.Server), Do: here}}
	}
	points := rn.cfg.At
	if len(points) == 0 {
		points = []Point{AtClient}
	}
	rn.w.CapturedAt = points[0].String()
	var places []Place
	for _, p := range points {
		place := Place{Point: p, Filter: filter(rn.w.Server), Do: here}
		switch p {
		case AtLink:
			place.Capture = func(save io.Writer) (Source, error) { return rn.link.Capture(save) }
		default:
			host := rn.link.Host(kernel.End(p))
			place.Interface, place.Do = host.Interface, host.Do
		}
		places = append(places, place)
	}
	return places
}

// counts returns the event counters of the hosts, added up. On loopback there is one.
func (rn *runner) counts() (sum kernel.Counts, err error) {
	if rn.link == nil {
		return kernel.ReadCounts()
	}
	sum = kernel.Counts{}
	for _, e := range []kernel.End{kernel.ClientEnd, kernel.ServerEnd} {
		var c kernel.Counts
		if err := rn.on(e, func() (err error) { c, err = kernel.ReadCounts(); return err }); err != nil {
			return nil, err
		}
		for name, n := range c {
			sum[name] += n
		}
	}
	return sum, nil
}

// sysctl sets a net.ipv4 parameter of all hosts and returns a function that restores
// the old values. Only an isolated experiment may call it.
func (rn *runner) sysctl(name, value string) (restore func(), err error) {
	ends := []kernel.End{kernel.ClientEnd}
	if rn.link != nil {
		ends = append(ends, kernel.ServerEnd)
	}
	var undo []func()
	for _, e := range ends {
		err := rn.on(e, func() error {
			old, err := setSysctl(name, value)
			if err == nil {
				undo = append(undo, func() { _ = rn.on(e, func() error { old(); return nil }) })
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return func() {
		for _, f := range undo {
			f()
		}
	}, nil
}
