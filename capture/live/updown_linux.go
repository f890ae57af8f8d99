//go:build cgo

package live

import (
	"golang.org/x/sys/unix"
)

// state tells whether an interface is up. It uses an ioctl because netlink sockets are
// raw sockets, which a confined process may not open, and keeps its own socket open
// because the interface may be in a network namespace that only Open was called in.
type state struct {
	fd      int
	request *unix.Ifreq
}

// watchState prepares to read the state of the named interface.
func watchState(name string) (state, error) {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return state{}, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return state{}, err
	}
	return state{fd, request}, nil
}

// isUp reports whether the interface is up. If that can't be read it returns true.
func (s *state) isUp() bool {
	if err := unix.IoctlIfreq(s.fd, unix.SIOCGIFFLAGS, s.request); err != nil {
		return err != unix.ENODEV
	}
	return s.request.Uint16()&unix.IFF_UP != 0
}

// close closes the socket, if there is one: an interface that is not watched has none.
func (s *state) close() {
	if s.request != nil {
		unix.Close(s.fd)
	}
}
