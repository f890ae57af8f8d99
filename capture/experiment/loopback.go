//go:build linux

package experiment

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// EnterIsolation reports whether this process was started in a private network
// namespace and, if so, makes it usable by bringing loopback up.
func EnterIsolation() (isolated bool, err error) {
	if !Isolated() {
		return false, nil
	}
	err = withLoopback(func(fd int, lo *unix.Ifreq) error {
		if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, lo); err != nil {
			return err
		}
		lo.SetUint16(lo.Uint16() | unix.IFF_UP)
		return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
	})
	if err != nil {
		return true, fmt.Errorf("%w: bring the private loopback interface up: %w", ErrCannotIsolate, err)
	}
	return true, nil
}

// setLoopbackMTU sets the MTU of lo, in bytes.
func setLoopbackMTU(mtu int) error {
	err := withLoopback(func(fd int, lo *unix.Ifreq) error {
		lo.SetUint32(uint32(mtu))
		return unix.IoctlIfreq(fd, unix.SIOCSIFMTU, lo)
	})
	if err != nil {
		return fmt.Errorf("set the MTU of lo to %d: %w", mtu, err)
	}
	return nil
}

// loopbackMTU returns the MTU of lo in bytes, or kernel.Unknown.
func loopbackMTU() int64 {
	mtu := kernel.Unknown
	_ = withLoopback(func(fd int, lo *unix.Ifreq) error {
		if err := unix.IoctlIfreq(fd, unix.SIOCGIFMTU, lo); err != nil {
			return err
		}
		mtu = int64(lo.Uint32())
		return nil
	})
	return mtu
}

// withLoopback calls f with a socket and a request for lo.
func withLoopback(f func(fd int, lo *unix.Ifreq) error) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	return f(fd, lo)
}

// setSysctl sets a net.ipv4 parameter and returns a function that restores the old
// value. Only an isolated experiment may call it.
func setSysctl(name, value string) (restore func(), err error) {
	file := "/proc/sys/net/ipv4/" + name
	old, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(value), 0o644)
	}
	if err != nil {
		return nil, fmt.Errorf("set net.ipv4.%s to %s: %w", name, value, err)
	}
	return func() { _ = os.WriteFile(file, old, 0o644) }, nil
}
