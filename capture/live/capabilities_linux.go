package live

import (
	"unsafe"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// capabilities returns those of the calling thread, 32 in each.
func capabilities() (sets [2]unix.CapUserData, err error) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	err = unix.Capget(&header, &sets[0])
	return sets, err
}

// mayBecome reports whether this process has, or could have, any right to become
// another user or group. Whoever lacks but one of the two does not pass for having
// none.
func mayBecome() bool {
	have, err := capabilities()
	return err != nil || have[0].Permitted&(1<<unix.CAP_SETUID|1<<unix.CAP_SETGID) != 0
}

// dropCapabilities takes all capabilities from all threads. The kernel knows those
// of a thread only, and the runtime's own way to all threads does not work with
// cgo; psx has a signal handler do it on each.
func dropCapabilities() error {
	var none [2]unix.CapUserData
	if have, err := capabilities(); err != nil || have == none {
		return err
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	_, _, errno := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none[0])), 0)
	if errno != 0 {
		return errno
	}
	return nil
}
