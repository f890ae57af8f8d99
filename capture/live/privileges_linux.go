package live

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody is the overflow user and group, which own nothing.
const nobody = 65534

// Invoker returns the user and group to become when this process has root's
// rights: those of whoever called sudo, else nobody's.
func Invoker() (uid, gid int) {
	uid, errUID := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, errGID := strconv.Atoi(os.Getenv("SUDO_GID"))
	if errUID != nil || errGID != nil || uid <= 0 || gid <= 0 {
		return nobody, nobody
	}
	return uid, gid
}

// DropPrivileges gives up, for good and on every thread, what a capture no
// longer needs once it is open, be it a file or live. Call it before the first
// packet is parsed.
//
// If this process is root it becomes the given user and group, with no
// supplementary groups; with the last user id that is 0 the kernel takes all
// capabilities away (capabilities(7)). A user who is root only in a namespace of
// their own, with nobody else in it to become, has nothing to give up, nor has one
// in a container that took the right to become another away. Then, for every user,
// what capabilities are left are dropped, such as those that a private namespace or
// the binary's file gave, no_new_privs is set, and a seccomp filter denies what no
// capture needs: programs, debugging, namespaces, mounts, modules, raw and packet
// sockets. Files that are open stay open; new ones, and renaming, are subject to
// the user's rights. A kernel without seccomp filters leaves it at the user.
//
// User and group ids are changed by the C library, which does it on all threads;
// the kernel hands no_new_privs on with a seccomp filter that is set with TSYNC.
// Landlock has nothing of the kind before its ABI 8, and is left out. The bounding
// set of capabilities stays; without exec nothing can be drawn from it.
//
// A process that was root can't be dumped or attached to by the user's others.
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

// DenySockets takes the making of sockets away, for good and on every thread. Call
// it after DropPrivileges, where no names have to be looked up any more.
func DenySockets() error { return installFilter(noSockets()) }

// rootInName reports whether root is but the name that an ordinary user has in a
// namespace where there is nobody else (user_namespaces(7)).
func rootInName() bool {
	b, err := os.ReadFile("/proc/self/uid_map")
	ids := strings.Fields(string(b)) // inside, outside, how many; and so on
	return err == nil && len(ids) == 3 && ids[1] != "0" && ids[2] == "1"
}

// become changes the ids of all threads and makes sure that there is no way back.
func become(uid, gid int) error {
	if uid <= 0 || gid <= 0 {
		return fmt.Errorf("user %d, group %d are no ordinary user's", uid, gid)
	}
	if err := syscall.Setgroups(nil); err != nil {
		return fmt.Errorf("drop the supplementary groups: %w", err)
	}
	if err := syscall.Setresgid(gid, gid, gid); err != nil {
		return fmt.Errorf("become group %d: %w", gid, err)
	}
	if err := syscall.Setresuid(uid, uid, uid); err != nil {
		return fmt.Errorf("become user %d: %w", uid, err)
	}
	if syscall.Setresuid(-1, 0, -1) == nil || syscall.Setresgid(-1, 0, -1) == nil {
		return errors.New("root could be had back")
	}
	return nil
}

// confine drops the capabilities, and sets no_new_privs and the filter, on all
// threads.
func confine() error {
	if err := dropCapabilities(); err != nil {
		return fmt.Errorf("drop the capabilities: %w", err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("set no_new_privs: %w", err)
	}
	return installFilter(denials())
}
