//go:build linux && cgo

package live

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"winwatch/capture"
)

// downEnv makes the test binary the child with a private loopback interface.
const downEnv = "WINWATCH_TEST_DOWN"

// TestInterfaceGoesDown takes a private loopback interface down during a capture:
// the capture must deliver everything it saw and then return ErrInterfaceDown.
func TestInterfaceGoesDown(t *testing.T) {
	if os.Getenv(downEnv) != "" {
		downInside(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestInterfaceGoesDown$", "-test.v")
	cmd.Env = append(os.Environ(), downEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		t.Skipf("no private network here: %v", err)
	case err != nil || !strings.Contains(string(out), "--- PASS"):
		t.Errorf("the child: %v", err)
	}
}

func downInside(t *testing.T) {
	setUp(t, true)
	l, filter := listen(t)
	s := open(t, Config{Filter: filter})
	exchange(t, l, 10)
	setUp(t, false)
	batch := make([]capture.Segment, 16)
	for seen := 0; ; {
		n, err := s.NextBatch(batch)
		seen += n
		if err == nil {
			continue
		}
		if !errors.Is(err, ErrInterfaceDown) || seen < 5 {
			t.Errorf("after %d segments: %v", seen, err)
		}
		return
	}
}

// setUp brings lo up, or down.
func setUp(t *testing.T, up bool) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	if up {
		lo.SetUint16(unix.IFF_UP)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		t.Fatal(err)
	}
}
