//go:build cgo

package live

import (
	"golang.org/x/sys/unix"
)

// isUp reports whether the interface is up. It uses an ioctl because netlink
// sockets are raw sockets, which a confined process may not open. If the state
// can't be read it returns true.
func isUp(name string) bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq(name)
	if err != nil {
		return true
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, request); err != nil {
		return err != unix.ENODEV
	}
	return request.Uint16()&unix.IFF_UP != 0
}
