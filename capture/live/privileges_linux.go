package live

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody is the overflow user and group, which own nothing.
const nobody = 65534

// Invoker returns the user and group that a process running as root should become:
// the user who ran sudo, else nobody. The error is that of Sudoer.
func Invoker() (uid, gid int, err error) {
	uid, gid, ok, err := Sudoer()
	if err != nil || !ok || uid == 0 || gid == 0 {
		return nobody, nobody, err
	}
	return uid, gid, nil
}

// DropPrivileges permanently drops, on every thread, the privileges that are not
// needed once a capture, file or live, is open. Call it before the first packet is
// parsed.
//
// A process running as root becomes the given user and group, without
// supplementary groups; when its last user id of 0 goes, the kernel clears all
// capabilities (capabilities(7)). This step is skipped for a user who is root only
// in a private namespace without other users, and in a container without the
// capabilities to change user and group.
//
// Then, for every user, DropPrivileges drops the remaining capabilities, such as
// those granted by a private namespace or the binary's file, sets no_new_privs, and
// installs a seccomp filter that denies what no capture needs: starting programs,
// debugging, namespaces, mounts, modules, raw and packet sockets. Open files stay
// open; opening and renaming files is subject to the user's permissions. Kernels
// without seccomp filters only get the user change and the dropped capabilities.
//
// The C library changes user and group ids on all threads; the kernel spreads
// no_new_privs together with a seccomp filter that is set with TSYNC. Landlock has
// no equivalent before ABI 8 and is not used. The bounding set of capabilities
// stays: without exec it grants nothing.
//
// Other processes of the user can't attach to a process that was root, or dump it.
func DropPrivileges(uid, gid int) error {
	if os.Geteuid() == 0 && !rootInName() && mayBecome() {
		if err := become(uid, gid); err != nil {
			return fmt.Errorf("give up root: %w", err)
		}
	}
	if err := confine(); err != nil {
		return fmt.Errorf("restrict the process: %w", err)
	}
	return nil
}

// DenySockets permanently denies the creation of sockets on every thread. Call it
// after DropPrivileges, if no names have to be resolved any more.
func DenySockets() error { return installFilter(noSockets()) }

// rootInName reports whether root is merely an ordinary user, mapped to 0 in a
// namespace without other users (user_namespaces(7)).
func rootInName() bool {
	b, err := os.ReadFile("/proc/self/uid_map")
	ids := strings.Fields(string(b)) // lines of: id inside, id outside, count
	return err == nil && len(ids) == 3 && ids[1] != "0" && ids[2] == "1"
}

// become changes the ids of all threads and checks that there is no way back.
func become(uid, gid int) error {
	if uid <= 0 || gid <= 0 {
		return fmt.Errorf("user %d, group %d is not an ordinary user", uid, gid)
	}
	if err := syscall.Setgroups(nil); err != nil {
		return fmt.Errorf("drop supplementary groups: %w", err)
	}
	if err := syscall.Setresgid(gid, gid, gid); err != nil {
		return fmt.Errorf("become group %d: %w", gid, err)
	}
	if err := syscall.Setresuid(uid, uid, uid); err != nil {
		return fmt.Errorf("become user %d: %w", uid, err)
	}
	if syscall.Setresuid(-1, 0, -1) == nil || syscall.Setresgid(-1, 0, -1) == nil {
		return errors.New("privileges could be regained")
	}
	return nil
}

// confine drops the capabilities, and sets no_new_privs and the filter, on all
// threads.
func confine() error {
	if err := dropCapabilities(); err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("set no_new_privs: %w", err)
	}
	return installFilter(denials())
}
