//go:build linux

package experiment

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// socket is one end of the connection. Threads call send and recv on it; it is
// closed only after they have ended, or by its own thread.
type socket struct {
	fd           int
	sends, recvs calls

	mu     sync.RWMutex // read-locked while the descriptor is in use
	closed bool
}

// newSocket returns a TCP socket for the address's family.
func newSocket(addr netip.AddrPort) (*socket, error) {
	family := unix.AF_INET
	if addr.Addr().Is6() {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	return &socket{fd: fd}, nil
}

// set sets an integer option of level SOL_SOCKET or IPPROTO_TCP.
func (s *socket) set(level, option, value int, name string) error {
	if err := unix.SetsockoptInt(s.fd, level, option, value); err != nil {
		return fmt.Errorf("set %s to %d: %w", name, value, err)
	}
	return nil
}

// tune sets the given buffer sizes (bytes) and congestion control; zero values
// leave the defaults.
func (s *socket) tune(rcvbuf, sndbuf int, congestion string) error {
	if rcvbuf > 0 {
		if err := s.set(unix.SOL_SOCKET, unix.SO_RCVBUF, rcvbuf, "SO_RCVBUF"); err != nil {
			return err
		}
	}
	if sndbuf > 0 {
		if err := s.set(unix.SOL_SOCKET, unix.SO_SNDBUF, sndbuf, "SO_SNDBUF"); err != nil {
			return err
		}
	}
	if congestion != "" {
		return s.setCongestion(congestion)
	}
	return nil
}

// setCongestion sets the congestion control. Its errors list the available ones, or
// those that ordinary users may choose (tcp(7)).
func (s *socket) setCongestion(name string) error {
	list := func(which string) string {
		names, _ := os.ReadFile("/proc/sys/net/ipv4/tcp_" + which + "_congestion_control")
		return string(bytes.TrimSpace(names))
	}
	err := unix.SetsockoptString(s.fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, name)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.ENOENT):
		return fmt.Errorf("no congestion control named %q; available: %s", name, list("available"))
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("congestion control %q: %w; allowed: %s", name, err, list("allowed"))
	}
	return fmt.Errorf("set congestion control %q: %w", name, err)
}

// state returns everything the kernel reports about the socket; once it is
// closed all numbers are kernel.Unknown.
func (s *socket) state() kernel.SocketState {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return kernel.ReadSocket(-1)
	}
	return kernel.ReadSocket(s.fd)
}

// timeouts bounds blocking calls; 0 means no limit. With a time-out set, a signal
// ends a call with EINTR instead of restarting it (signal(7)).
func (s *socket) timeouts(d time.Duration) error {
	tv := unix.NsecToTimeval(int64(d))
	for _, option := range []int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} {
		if err := unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, option, &tv); err != nil {
			return fmt.Errorf("set a socket time-out of %v: %w", d, err)
		}
	}
	return nil
}

// nonblocking sets or clears O_NONBLOCK.
func (s *socket) nonblocking(on bool) error {
	if err := unix.SetNonblock(s.fd, on); err != nil {
		return fmt.Errorf("set O_NONBLOCK to %v: %w", on, err)
	}
	return nil
}

// shutdown wakes every thread that is blocked on the socket.
func (s *socket) shutdown(how int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.closed {
		_ = unix.Shutdown(s.fd, how) // ENOTCONN: it is down already
	}
}

// close closes the descriptor like a program would. It may be called twice.
func (s *socket) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		_ = unix.Close(s.fd)
	}
}

// discard closes the socket at once, with an RST if it is still connected, so that
// no orphan with unsent data stays in the kernel.
func (s *socket) discard() {
	s.mu.RLock()
	if !s.closed {
		_ = unix.SetsockoptLinger(s.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	s.mu.RUnlock()
	s.close()
}

// bind binds the socket to an address and any port.
func (s *socket) bind(a netip.Addr) error {
	if err := unix.Bind(s.fd, sockaddr(netip.AddrPortFrom(a, 0))); err != nil {
		return fmt.Errorf("bind to %s: %w", a, err)
	}
	return nil
}

// local returns the address the socket is bound to.
func (s *socket) local() (netip.AddrPort, error) {
	sa, err := unix.Getsockname(s.fd)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("getsockname: %w", err)
	}
	return addrPort(sa), nil
}

// sockaddr and addrPort convert addresses.
func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
}
