package link

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inMiddleEnv tells the re-executed test binary that its network namespace is private.
const inMiddleEnv = "WINWATCH_TEST_LINK_MIDDLE"

// inMiddle runs the rest of a test in a child process whose network namespace is
// private, as Open demands: with uid 65534 if asNobody is set, and in a user namespace
// unless the user is root. It reports whether this is that process.
func inMiddle(tb testing.TB, asNobody bool) bool {
	tb.Helper()
	if os.Getenv(inMiddleEnv) != "" {
		return true
	}
	if asNobody && os.Getuid() != 0 {
		tb.Skip("only root can become an ordinary user; the other tests run as one already")
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+strings.ReplaceAll(tb.Name(), "/", "$/^")+"$", "-test.v", "-test.timeout=2m")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), inMiddleEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	switch uid := os.Getuid(); {
	case asNobody:
		ordinary(cmd.SysProcAttr, 65534, 65534)
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534, NoSetGroups: true}
	case uid != 0:
		ordinary(cmd.SysProcAttr, uid, os.Getgid())
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	tb.Log(out.String())
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EACCES) {
		tb.Skipf("private namespaces are not allowed here: %v", err)
	}
	switch {
	case err != nil:
		tb.Error(err)
	case strings.Contains(out.String(), "--- SKIP: "):
		tb.Skip("the child skipped it")
	case !strings.Contains(out.String(), "--- PASS: "):
		tb.Error("the child ran no test")
	}
	return false
}

// ordinary gives a child of an ordinary user the rights that Open needs, in a user
// namespace of its own.
func ordinary(attr *syscall.SysProcAttr, uid, gid int) {
	attr.Cloneflags |= unix.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	attr.AmbientCaps = []uintptr{unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_SYS_ADMIN}
}

// open opens a link that ends with the test.
func open(tb testing.TB, spec string) *Link {
	tb.Helper()
	cfg, err := Parse(spec)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := Open(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}
