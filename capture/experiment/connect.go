//go:build linux

package experiment

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// errNoAnswer is why connect or accept gave up.
var errNoAnswer = fmt.Errorf("no answer within %v", connectTimeout)

// listen opens a server's socket. It sets the buffer sizes because accepted
// sockets inherit them and the SYN's window scale depends on them.
func listen(addr netip.AddrPort, rcvbuf, sndbuf int, congestion string) (*socket, error) {
	s, err := newSocket(addr)
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		s.set(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1, "SO_REUSEADDR"),
		s.tune(rcvbuf, sndbuf, congestion),
		s.timeouts(connectTimeout),
	)
	if err == nil {
		err = bindAndListen(s.fd, addr)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func bindAndListen(fd int, addr netip.AddrPort) error {
	if err := unix.Bind(fd, sockaddr(addr)); err != nil {
		if errors.Is(err, unix.EADDRINUSE) {
			return &PortTakenError{addr}
		}
		return fmt.Errorf("bind to %s: %w", addr, err)
	}
	if err := unix.Listen(fd, 1); err != nil {
		if errors.Is(err, unix.EADDRINUSE) {
			return &PortTakenError{addr}
		}
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	return nil
}

// newClient opens the client's socket.
func newClient(server netip.AddrPort, rcvbuf, sndbuf int, congestion string) (*socket, error) {
	s, err := newSocket(server)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.tune(rcvbuf, sndbuf, congestion), s.timeouts(connectTimeout)); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// connect connects a client's socket.
func (s *socket) connect(server netip.AddrPort) error {
	err := unix.Connect(s.fd, sockaddr(server))
	if errors.Is(err, unix.EINTR) { // it goes on all the same
		err = s.connected()
	}
	if errors.Is(err, unix.EINPROGRESS) { // SO_SNDTIMEO (socket(7))
		err = errNoAnswer
	}
	if err != nil {
		return fmt.Errorf("connect to %s: %w", server, err)
	}
	return s.timeouts(0)
}

// connected waits until a connect has ended that goes on without the caller, and returns
// its error.
func (s *socket) connected() error {
	fds := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLOUT}}
	for deadline := time.Now().Add(connectTimeout); ; {
		n, err := unix.Poll(fds, int(time.Until(deadline).Milliseconds()))
		switch {
		case n > 0:
			if e, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || e != 0 {
				return errors.Join(err, unix.Errno(e))
			}
			return nil
		case err != nil && !errors.Is(err, unix.EINTR):
			return err
		case time.Now().After(deadline):
			return errNoAnswer
		}
	}
}

// accept accepts the client's connection and resets connections from anywhere else.
func (s *socket) accept(client netip.AddrPort) (*socket, error) {
	for {
		fd, sa, err := unix.Accept4(s.fd, unix.SOCK_CLOEXEC)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if errors.Is(err, unix.EAGAIN) { // SO_RCVTIMEO
			err = errNoAnswer
		}
		if err != nil {
			return nil, fmt.Errorf("accept the connection from %s: %w", client, err)
		}
		a := &socket{fd: fd}
		if addrPort(sa) != client {
			a.discard()
			continue
		}
		if err := a.timeouts(0); err != nil {
			a.close()
			return nil, err
		}
		return a, nil
	}
}
