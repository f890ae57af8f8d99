package link

import (
	"errors"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// Report returns what the link did so far, or until Close. It may be called at any
// time, but not from a function given to Drop or Host.Do.
func (l *Link) Report() kernel.Path {
	l.closing.Lock()
	defer l.closing.Unlock()
	if l.final != nil {
		return *l.final
	}
	return l.report()
}

func (l *Link) report() kernel.Path {
	path := kernel.Path{Spec: l.spec, RTT: l.rtt}
	for e, r := range l.relays {
		w := r.report()
		// The devices drop packets when the processor's backlog is full
		// (net.core.netdev_max_backlog): on the way to the relay, and from there on.
		w.Missed += l.deviceDrops(l.hosts[e].conn, l.hosts[e].index) + l.deviceDrops(l.conn, l.middle[1-e])
		path.Ways[e] = w
	}
	return path
}

// deviceDrops returns how many packets a device failed to send.
func (l *Link) deviceDrops(conn *netlink.Conn, index int) int64 {
	n, err := sendDrops(conn, index)
	if err != nil {
		return 0 // cannot happen while the interface exists
	}
	return n
}

// Close ends the link and both hosts. Packets on their way are lost. Sockets that the
// hosts opened stay open, without a link. It must not be called from a function given to
// Drop or Host.Do. Further calls do nothing.
func (l *Link) Close() error {
	l.closing.Lock()
	defer l.closing.Unlock()
	if l.final != nil {
		return nil
	}
	l.final = &kernel.Path{Spec: l.spec}
	running := l.relays[0] != nil && l.relays[1] != nil
	if running {
		addProcessors(-len(l.relays))
		unix.Write(l.stop, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		for _, r := range l.relays {
			<-r.done
			r.publish()
		}
		*l.final = l.report()
	}
	return l.release()
}

// release closes what is open.
func (l *Link) release() error {
	var errs []error
	for e, r := range l.relays {
		if r != nil {
			r.close()
		}
		if l.middle[e] == 0 {
			continue
		}
		// A process that has given up its rights may not delete the interface, but also
		// not make another of that name; it goes with the host's namespace.
		if err := deleteLink(l.conn, l.middle[e]); !errors.Is(err, unix.EPERM) {
			errs = append(errs, err)
		}
	}
	for _, h := range l.hosts {
		if h != nil {
			h.close()
		}
	}
	if l.conn != nil {
		errs = append(errs, l.conn.Close())
	}
	if l.stop >= 0 {
		errs = append(errs, unix.Close(l.stop))
	}
	return errors.Join(errs...)
}
