package link

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Host is one end: a private network namespace with one interface besides loopback.
type Host struct {
	// Interface is the name of the interface towards the link.
	Interface string
	// Addr4 and Addr6 are its addresses. Addr6 is invalid if the kernel has no IPv6.
	Addr4, Addr6 netip.Addr

	mac   [6]byte
	calls chan call
	quit  chan struct{}
	done  chan struct{}
	conn  *netlink.Conn // configures the host
	index int           // of the interface
}

type call struct {
	f      func() error
	result chan<- error
}

// ErrClosed is returned for calls of a link that has been closed.
var ErrClosed = errors.New("the link is closed")

// start makes the host's namespace and the thread that lives in it.
func (h *Host) start() error {
	h.calls, h.quit, h.done = make(chan call), make(chan struct{}), make(chan struct{})
	made := make(chan error, 1)
	go func() {
		defer close(h.done)
		runtime.LockOSThread() // for good: the thread ends with the goroutine, and the namespace with both
		err := unix.Unshare(unix.CLONE_NEWNET)
		made <- err
		if err == nil {
			h.serve()
		}
	}()
	if err := <-made; err != nil {
		return fmt.Errorf("make a network namespace: %w", err)
	}
	err := h.Do(func() (err error) {
		h.conn, err = netlink.Dial(unix.NETLINK_ROUTE, nil)
		return err
	})
	if err != nil {
		h.close()
	}
	return err
}

func (h *Host) serve() {
	for {
		select {
		case c := <-h.calls:
			c.result <- c.f()
		case <-h.quit:
			return
		}
	}
}

// Do runs f on a thread in the host's network namespace and returns its error: sockets
// that f opens belong to the host, wherever they are used later. It runs one call at a
// time, so f must not call Do of the same host. After Close it returns ErrClosed.
func (h *Host) Do(f func() error) error {
	result := make(chan error, 1)
	select {
	case h.calls <- call{f, result}:
	case <-h.done:
		return ErrClosed
	}
	select {
	case err := <-result:
		return err
	case <-h.done: // f ended its goroutine
		return ErrClosed
	}
}

// close ends the host's thread. The namespace goes with its last socket.
func (h *Host) close() {
	if h.conn != nil {
		h.conn.Close()
	}
	close(h.quit)
	<-h.done
}

// namespace returns a descriptor of the host's network namespace.
func (h *Host) namespace() (file *os.File, err error) {
	err = h.Do(func() (err error) {
		file, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	return file, err
}

// configure brings the host's interfaces up. It runs on the host's thread.
func (h *Host) configure(addrs [2]netip.Prefix) error {
	const loopback = 1 // the index of lo in every network namespace
	if err := bringUp(h.conn, loopback, 0); err != nil {
		return err
	}
	if err := disableOffloads(h.Interface); err != nil {
		return err
	}
	iface, err := net.InterfaceByName(h.Interface)
	if err != nil {
		return err
	}
	h.index = iface.Index
	if err := bringUp(h.conn, h.index, unix.IFF_NOARP); err != nil {
		return err
	}
	if err := addAddress(h.conn, h.index, addrs[0]); err != nil {
		return err
	}
	h.Addr4 = addrs[0].Addr()
	switch err := addAddress(h.conn, h.index, addrs[1]); {
	case err == nil:
		h.Addr6 = addrs[1].Addr()
	case !lacksIPv6(err):
		return err
	}
	return nil
}
