package link

import (
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// Link is a running link between two hosts.
type Link struct {
	spec   string
	rtt    time.Duration
	mtu    int
	clock  clock
	hosts  [2]*Host
	relays [2]*relay
	conn   *netlink.Conn // configures the middle
	middle [2]int        // the indexes of the interfaces towards the hosts, 0 if there is none
	stop   int           // an eventfd, readable once the link closes
	drop   atomic.Pointer[func(Packet) bool]
	tap    atomic.Pointer[Tap]

	closing sync.Mutex // held while Report reads what Close closes
	final   *kernel.Path
}

// Packet is an IP packet on its way through the link.
type Packet struct {
	// From is the End that sent it.
	From kernel.End
	// Data is the packet from its IP header on, valid during the call.
	Data []byte
}

// The hosts' private addresses (RFC 1918, RFC 4193). Nothing outside of the private
// namespaces sees them.
var addresses = [2][2]netip.Prefix{
	kernel.ClientEnd: {netip.MustParsePrefix("10.0.0.1/24"), netip.MustParsePrefix("fd00::1/64")},
	kernel.ServerEnd: {netip.MustParsePrefix("10.0.0.2/24"), netip.MustParsePrefix("fd00::2/64")},
}

// Open makes both hosts and starts the link. The process needs CAP_SYS_ADMIN,
// CAP_NET_ADMIN and CAP_NET_RAW in the user namespace that owns its network namespace.
// It must be alone in that network namespace, which becomes the middle of the link: its
// interfaces towards the hosts are named "to-client" and "to-server".
//
// The link carries the IP packets that one host's addresses send to the other's. The
// hosts send nothing else but multicast, which is dropped and not counted.
func Open(cfg Config) (*Link, error) {
	cfg = cfg.withDefaults()
	l := &Link{spec: cfg.String(), rtt: cfg.RTT(), mtu: cfg.MTU, clock: clock{time.Now()}, stop: -1}
	if err := l.open(cfg); err != nil {
		l.Close()
		return nil, fmt.Errorf("open the link: %w", err)
	}
	return l, nil
}

func (l *Link) open(cfg Config) (err error) {
	if l.stop, err = unix.Eventfd(0, unix.EFD_CLOEXEC); err != nil {
		return err
	}
	if l.conn, err = netlink.Dial(unix.NETLINK_ROUTE, nil); err != nil {
		return err
	}
	for e := range l.hosts {
		if err := l.addHost(kernel.End(e)); err != nil {
			return fmt.Errorf("the %v: %w", kernel.End(e), err)
		}
	}
	for e := range l.relays {
		from := kernel.End(e)
		if l.relays[e], err = newRelay(l, from, cfg, l.middle[from], l.middle[1-from]); err != nil {
			return err
		}
	}
	for _, r := range l.relays {
		go r.run()
	}
	addProcessors(len(l.relays))
	return nil
}

// addHost makes a host and joins it to the middle.
func (l *Link) addHost(e kernel.End) error {
	h := &Host{Interface: e.String() + "0", mac: [6]byte{2, 0, 0, 0, 0, 1 + byte(e)}} // 2: locally administered
	if err := h.start(); err != nil {
		return err
	}
	l.hosts[e] = h
	name := "to-" + e.String()
	if err := createVeth(l.conn, name, h, l.mtu); err != nil {
		return err
	}
	middle, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	l.middle[e] = middle.Index
	if err := bringUp(l.conn, middle.Index, unix.IFF_NOARP); err != nil {
		return err
	}
	return h.Do(func() error { return h.configure(addresses[e]) })
}

// Host returns the host at one end.
func (l *Link) Host(e kernel.End) *Host { return l.hosts[e] }

// MTU returns the MTU of both hosts' interfaces, in bytes.
func (l *Link) MTU() int64 { return int64(l.mtu) }

// Drop sets a function that chooses packets to drop before they enter the queue; nil
// drops none. It may be called while packets flow. f is called from one goroutine a
// direction, and holds up the packets of that direction while it runs.
func (l *Link) Drop(f func(Packet) bool) {
	if f == nil {
		l.drop.Store(nil)
		return
	}
	l.drop.Store(&f)
}

// addProcessors changes how many goroutines may run at once. Without more than there
// are processors, a relay that wakes up waits until the program's other goroutines give
// way, which they do only every 10 ms; the kernel is quicker to let a thread run that
// has slept.
func addProcessors(n int) { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + n) }
