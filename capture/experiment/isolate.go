//go:build linux

package experiment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// isolatedEnv passes the parent's network namespace to the re-executed process.
const isolatedEnv = "WINWATCH_ISOLATED_FROM"

// Isolated reports whether this process was started by Isolation.Run and has a
// private network namespace.
func Isolated() bool {
	outside := os.Getenv(isolatedEnv)
	return outside != "" && outside != networkNamespace()
}

// networkNamespace returns a name such as "net:[4026531840]".
var networkNamespace = sync.OnceValue(func() string {
	name, _ := os.Readlink("/proc/self/ns/net")
	return name
})

// Isolation is a run of this program in a private network namespace and, for an
// ordinary user, a private user namespace that grants the right to use it. The
// namespace holds only a private loopback interface, on which the user may capture
// and whose settings the user may change. Files and the user's identity stay the
// same.
type Isolation struct {
	// Args are the program's arguments, without its name.
	Args []string
	// Hosts grants the right to make further namespaces, for a link between two hosts.
	Hosts          bool
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Run starts the program, waits for it and returns its exit status. When ctx ends,
// the child gets SIGINT; if this process dies, it is killed. The child must call
// EnterIsolation before anything else. If namespaces are forbidden, the error wraps
// ErrCannotIsolate.
func (i Isolation) Run(ctx context.Context) (exitStatus int, err error) {
	// The parent-death signal is tied to the thread that forks.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	cmd := exec.CommandContext(ctx, "/proc/self/exe", i.Args...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = i.Stdin, i.Stdout, i.Stderr
	cmd.Env = append(os.Environ(), isolatedEnv+"="+networkNamespace())
	cmd.SysProcAttr = namespaces(i.Hosts)
	cmd.Cancel = func() error { return interruptChild(cmd.Process) }
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case cmd.ProcessState != nil && cmd.ProcessState.Exited():
		return cmd.ProcessState.ExitCode(), nil
	case errors.As(err, &exit):
		return 1, fmt.Errorf("the isolated run ended by %w", exit)
	case isForbidden(err):
		return 1, fmt.Errorf("%w: %w", ErrCannotIsolate, err)
	}
	return 1, fmt.Errorf("start the isolated run: %w", err)
}

// interruptChild sends SIGINT. In the foreground of a terminal, Ctrl-C has already
// sent one, and the child treats a second as a demand to quit at once. So the
// second is sent only if the child ignores the first.
func interruptChild(p *os.Process) error {
	if inForeground() {
		time.Sleep(time.Second)
	}
	return p.Signal(os.Interrupt)
}

// inForeground reports whether this process gets its terminal's signals.
func inForeground() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// namespaces returns the attributes that isolate the child. The user keeps its id:
// the capabilities needed to capture and configure pass through exec as ambient
// capabilities (capabilities(7)). hosts adds the one needed to make namespaces.
func namespaces(hosts bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if mayMakeNamespaces() {
		return attr
	}
	uid, gid := os.Getuid(), os.Getgid()
	attr.Cloneflags |= unix.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	attr.AmbientCaps = []uintptr{unix.CAP_NET_ADMIN, unix.CAP_NET_RAW}
	if hosts {
		attr.AmbientCaps = append(attr.AmbientCaps, unix.CAP_SYS_ADMIN)
	}
	if _, permitted := capabilities(); permitted != 0 {
		// A binary with file capabilities gets those instead of the ambient ones,
		// unless it is executed from another namespace's mount (mnt_may_suid).
		attr.Cloneflags |= unix.CLONE_NEWNS
	}
	return attr
}

// mayMakeNamespaces reports whether CAP_SYS_ADMIN is in effect.
func mayMakeNamespaces() bool {
	effective, _ := capabilities()
	return effective&(1<<unix.CAP_SYS_ADMIN) != 0
}

// capabilities returns the first 32 effective and permitted capabilities.
func capabilities() (effective, permitted uint32) {
	var data [2]unix.CapUserData
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	if err := unix.Capget(&header, &data[0]); err != nil {
		return 0, 0
	}
	return data[0].Effective, data[0].Permitted
}

// isForbidden reports whether the kernel refused the namespaces: by policy, by
// a limit of 0 (user_namespaces(7)), or because it was built without them.
func isForbidden(err error) bool {
	return slices.ContainsFunc([]error{unix.EPERM, unix.EACCES, unix.ENOSPC, unix.EUSERS, unix.EINVAL, unix.ENOSYS},
		func(e error) bool { return errors.Is(err, e) })
}
