package live

import (
	"unsafe"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// capabilities returns the capabilities of the calling thread, 32 per element.
func capabilities() (sets [2]unix.CapUserData, err error) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	err = unix.Capget(&header, &sets[0])
	return sets, err
}

// mayBecome reports whether this process may become another user or group. Either
// of the two capabilities counts: a process with only one must not pass as having
// none.
func mayBecome() bool {
	have, err := capabilities()
	return err != nil || have[0].Permitted&(1<<unix.CAP_SETUID|1<<unix.CAP_SETGID) != 0
}

// dropCapabilities drops all capabilities on all threads. The kernel changes only
// the calling thread, and the runtime's AllThreadsSyscall does not work with cgo;
// psx runs the call in a signal handler on each thread.
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
